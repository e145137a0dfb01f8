//! What is read of the time before the trouble.

use std::path::PathBuf;

use clap::Args;

/// What is read of the time before.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PastArgs {
    /// An earlier recording of the same cluster: what differs is told as changes.
    #[arg(long, value_name = "PATH", requires = "from")]
    pub(crate) before: Option<PathBuf>,
    /// An audit log of the API server (JSON lines or an EventList), or a folder of them; may be given
    /// several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit_log: Vec<PathBuf>,
    /// Open the Secrets of Helm releases for chart and version; values and manifests are never kept.
    #[arg(long)]
    pub(crate) helm_releases: bool,
}

impl PastArgs {
    /// True when something of the past was asked for.
    pub(crate) fn is_given(&self) -> bool {
        self.before.is_some() || !self.audit_log.is_empty() || self.helm_releases
    }
}
