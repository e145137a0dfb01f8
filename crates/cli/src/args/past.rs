//! What is read of the time before the trouble.

use std::path::PathBuf;

use clap::Args;

/// What is read of the time before.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PastArgs {
    /// An earlier recording of the same cluster, or of both for cluster/NAME: what differs is told as
    /// changes.
    #[arg(long, value_name = "PATH", requires = "from", conflicts_with_all = ["kubeconfig", "context", "server"])]
    pub(crate) before: Option<PathBuf>,
    /// An audit log of the API server (JSON lines or an EventList), or a folder of them; may be given
    /// several times. For cluster/NAME that of the workload cluster.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit_log: Vec<PathBuf>,
    /// Open the Secrets of Helm releases for chart and version; values and manifests are never kept.
    #[arg(long)]
    pub(crate) helm_releases: bool,
}
