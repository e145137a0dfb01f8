//! The DNS server of the cluster, and which Pods ask it.

use dogwatch_model::snapshot::{LogExcerpt, Pod};

use crate::{rollout::Rollout, view::View};

/// The Namespace of the DNS server.
const NAMESPACE: &str = "kube-system";

/// The label that its Pods carry everywhere, whatever the program is called.
const LABEL: (&str, &str) = ("k8s-app", "kube-dns");

/// True for the workload of the DNS server.
pub(crate) fn is_resolver(rollout: &Rollout<'_>) -> bool {
    let labels = &rollout.workload.template().labels;
    rollout.meta().namespace == NAMESPACE && labels.get(LABEL.0) == Some(LABEL.1)
}

/// The Pods of the DNS server that nobody is deleting.
pub(crate) fn pods<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'a Pod> + 'v {
    view.snapshot.pods.iter().filter(|pod| {
        pod.meta.namespace == NAMESPACE
            && pod.meta.labels.get(LABEL.0) == Some(LABEL.1)
            && !pod.meta.is_terminating()
            && !pod.is_finished()
    })
}

/// Every log of a Pod.
pub(crate) fn logs<'a>(view: &View<'a>, pod: &'a Pod) -> impl Iterator<Item = &'a LogExcerpt> {
    let logs = view.snapshot.logs.iter();
    logs.filter(|log| log.key.namespace == pod.meta.namespace && log.key.pod == pod.meta.name)
}

/// The DNS policy of a Pod.
pub(crate) fn policy(pod: &Pod) -> &str {
    match &*pod.spec.dns_policy {
        "" => "ClusterFirst",
        policy => policy,
    }
}

/// True when a Pod asks the DNS server of the cluster. In the network of the node `ClusterFirst`
/// means `Default`.
pub(crate) fn asks_cluster(pod: &Pod) -> bool {
    match policy(pod) {
        "ClusterFirst" => !pod.spec.host_network,
        "ClusterFirstWithHostNet" => true,
        _ => false,
    }
}
