//! Components of a control plane that runs as Pods of the cluster. Managed control planes show none.

use dogwatch_model::{
    Kind, Source,
    snapshot::{Condition, Lease, Pod},
};
use jiff::{SignedDuration, Timestamp};

use super::leaders;
use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// Names of the components that run as Pods of the nodes of the control plane.
const COMPONENTS: &[&str] = &[
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
];

/// The component that a Pod is an instance of.
pub(crate) fn component(pod: &Pod) -> Option<&'static str> {
    let label = pod.meta.labels.get("component")?;
    let known = COMPONENTS.iter().copied().find(|known| *known == label)?;
    (pod.meta.namespace == *leaders::SYSTEM).then_some(known)
}

/// True for a Pod of the control plane.
pub(crate) fn is_component(pod: &Pod) -> bool {
    component(pod).is_some()
}

/// Pods of one component.
pub(crate) fn pods<'a>(view: &View<'a>, name: &str) -> Vec<&'a Pod> {
    let pods = view.snapshot.pods.iter();
    pods.filter(|pod| component(pod) == Some(name)).collect()
}

/// True when the node of the Pod says that it is ready: on others no Pod counts as ready.
pub(crate) fn is_on_ready_node(view: &View<'_>, pod: &Pod) -> bool {
    let node = view.snapshot.node(&pod.node);
    let ready = node.and_then(|node| node.condition("Ready"));
    ready.is_none_or(Condition::is_true)
}

/// What shows whether a controller works, besides its Lease.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signs {
    /// The last time at which something was done that only it does.
    pub(crate) worked: Option<Timestamp>,
    /// Something waits that only it does.
    pub(crate) is_awaited: bool,
}

/// A Lease that is silent for longer may be a leftover of another way to elect leaders.
const LEFTOVER: SignedDuration = SignedDuration::from_hours(24);

/// Reports a controller whose Lease nobody renews, unless its work goes on all the same.
pub(crate) fn report_silent(view: &View<'_>, name: &str, signs: Signs, report: &mut Report<'_>) {
    for lease in &view.snapshot.leases {
        let is_meant = lease.meta.namespace == *leaders::SYSTEM && lease.meta.name == *name;
        if is_meant && is_silent(view, lease, signs) {
            let object = cite::object(Kind::Lease, &lease.meta);
            let subject = Subject::of(object)
                .detail(name)
                .since(lease.spec.renew_time);
            report.found(subject, leaders::quote(lease), None);
        }
    }
}

fn is_silent(view: &View<'_>, lease: &Lease, signs: Signs) -> bool {
    if !leaders::is_stale(view, lease) || signs.worked > lease.spec.renew_time {
        return false;
    }
    let is_recent = leaders::silence(view, lease).is_some_and(|silent| silent < LEFTOVER);
    // Whoever knows nothing of the Pods cannot see that the work goes on.
    let sees_work = view.snapshot.ledger.has(Source::Objects(Kind::Pod));
    signs.is_awaited || is_recent && sees_work
}
