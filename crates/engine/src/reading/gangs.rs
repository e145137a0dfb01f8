//! Groups of Pods that run all together or not at all.

use dogwatch_model::{Evidence, snapshot::Pod};

use crate::{cite, view::View};

/// Where a Pod says to which group it belongs: labels of the plugin of the scheduler project, and the
/// annotation of Volcano.
const LABELS: &[&str] = &[
    "scheduling.x-k8s.io/pod-group",
    "pod-group.scheduling.sigs.k8s.io",
];
const ANNOTATION: &str = "scheduling.k8s.io/group-name";

/// The group of a Pod.
pub(crate) fn group(pod: &Pod) -> Option<&str> {
    let meta = &pod.meta;
    let mut labels = LABELS.iter().filter_map(|key| meta.labels.get(key));
    labels
        .next()
        .or_else(|| meta.annotations.get(ANNOTATION))
        .filter(|name| !name.is_empty())
}

/// How many Pods of a group there are, and how many of them have a node. `None` for a Pod that is
/// the only one: that says nothing.
pub(crate) fn state(view: &View<'_>, pod: &Pod, name: &str) -> Option<Evidence> {
    let members = view.snapshot.pods.iter().filter(|other| {
        other.meta.namespace == pod.meta.namespace
            && !other.is_finished()
            && !other.meta.is_terminating()
            && group(other) == Some(name)
    });
    let (mut all, mut placed) = (0_usize, 0_usize);
    for member in members {
        all += 1;
        placed += usize::from(!member.node.is_empty());
    }
    let words = format!("{placed} of {all} Pods of group {name} have a node");
    (all > 1).then(|| cite::status(&cite::pod(pod), "Pods of the group", words))
}
