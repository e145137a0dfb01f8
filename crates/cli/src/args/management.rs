//! Which management cluster a Cluster of Cluster API has.

use std::path::PathBuf;

use clap::Args;

/// Where the management cluster of a Cluster is.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ManagementArgs {
    /// For TYPE cluster: the context of its management cluster; the workload cluster is reached
    /// through the Secret NAME-kubeconfig there.
    #[arg(long, value_name = "CONTEXT", conflicts_with_all = ["from", "before"])]
    pub(crate) management_context: Option<String>,
    /// For TYPE cluster with --from: the recording of its management cluster, where --from holds the
    /// workload cluster only.
    #[arg(
        long,
        value_name = "PATH",
        requires = "from",
        conflicts_with = "management_context"
    )]
    pub(crate) management_from: Option<PathBuf>,
}

impl ManagementArgs {
    /// True when a management cluster was named.
    pub(crate) fn is_given(&self) -> bool {
        self.management_context.is_some() || self.management_from.is_some()
    }
}
