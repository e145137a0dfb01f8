//! Conditions and taints of nodes.

use dogwatch_model::{
    Kind,
    snapshot::{Condition, Node},
};
use jiff::SignedDuration;

use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// A new node is initialised within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(3);

/// True for a node that registered a moment ago: it does so before its network is up.
pub(crate) fn is_joining(view: &View<'_>, node: &Node) -> bool {
    let created = node.meta.created;
    created.is_some_and(|at| view.now().duration_since(at) < PATIENCE)
}

/// Label that virtual kubelets give their node.
pub(crate) const VIRTUAL: &str = "virtual-kubelet";

/// True for a node that stands for a service of the provider: known by its label or its taint; one
/// provider names it so.
pub(crate) fn is_virtual(node: &Node) -> bool {
    node.meta.labels.get("type") == Some(VIRTUAL)
        || node.taint("virtual-kubelet.io/provider").is_some()
        || node.meta.name == "bursting-node"
}

/// What comes last while a node joins: the network, and the first word of its kubelet.
const SET_UP_LAST: &[&str] = &["Ready", "NetworkUnavailable"];

/// Reports every node whose condition of one type has one status, except what is usual while it joins.
pub(crate) fn report_condition(
    view: &View<'_>,
    kind: &str,
    status: &str,
    detail: impl Fn(&Condition) -> String,
    report: &mut Report<'_>,
) {
    for node in &view.snapshot.nodes {
        let known = node.condition(kind).filter(|known| known.status == status);
        // Whoever fell silent had spoken before: that is no way to join.
        let is_silent = known.is_some_and(|known| known.reason == "NodeStatusUnknown");
        let is_usual = SET_UP_LAST.contains(&kind) && is_joining(view, node) && !is_silent;
        let Some(condition) = known.filter(|_| !is_usual) else {
            continue;
        };
        let object = cite::object(Kind::Node, &node.meta);
        let subject = Subject::of(object.clone())
            .detail(detail(condition))
            .since(condition.since);
        report.found(subject, cite::condition(&object, condition), None);
    }
}

/// The condition with which the kubelet says that it is not ready for one of these reasons.
pub(crate) fn not_ready_for<'a>(node: &'a Node, words: &[&str]) -> Option<&'a Condition> {
    let ready = node
        .condition("Ready")
        .filter(|known| known.status == "False")?;
    words
        .iter()
        .any(|word| ready.message.contains(word))
        .then_some(ready)
}

/// Reports every node that carries a taint of initialisation for longer than that takes.
pub(crate) fn report_uninitialized(view: &View<'_>, key: &str, report: &mut Report<'_>) {
    for node in &view.snapshot.nodes {
        let Some(taint) = node.taint(key) else {
            continue;
        };
        // The node is registered with these taints; only `NoExecute` taints carry a time.
        let since = taint.time_added.or(node.meta.created);
        if since.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
            continue;
        }
        let object = cite::object(Kind::Node, &node.meta);
        let provider = if node.spec.provider_id.is_empty() {
            "not set"
        } else {
            "set"
        };
        let words = format!("{}:{}", taint.key, taint.effect);
        report.found(
            Subject::of(object.clone()).detail(key).since(since),
            cite::spec(&object, "spec.taints", words),
            [cite::spec(&object, "spec.providerID", provider)],
        );
    }
}
