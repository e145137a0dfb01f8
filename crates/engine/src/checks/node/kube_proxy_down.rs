#![doc = include_str!("kube_proxy_down.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, FindingKind, Kind, NodeFinding,
    snapshot::{Condition, Pod},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{components, problems},
    view::View,
};

/// kube-proxy does not work on a node that is ready.
#[derive(Debug)]
pub(crate) struct KubeProxyDown;

static META: Meta = Meta {
    id: CheckId::new("node/kube-proxy-down"),
    kind: FindingKind::Node(NodeFinding::KubeProxyDown),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Look at the kube-proxy Pod of the node: how it ends, and its configuration."],
    casebook: include_str!("kube_proxy_down.md"),
};

impl Check for KubeProxyDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut down: BTreeMap<&str, &Pod> = BTreeMap::new();
        for suspect in view.suspects.iter().filter(|suspect| is_proxy(suspect.pod)) {
            if components::is_down(view, suspect.pod) {
                down.insert(&suspect.pod.node, suspect.pod);
            }
        }
        for node in &view.snapshot.nodes {
            let object = cite::object(Kind::Node, &node.meta);
            if let Some(hit) = problems::read(view, node, &problems::KUBE_PROXY) {
                report.found_all(hit.subject(&object), hit.evidence);
                continue;
            }
            // On a node that is not ready, no Pod counts as ready.
            let is_ready = node.condition("Ready").is_some_and(Condition::is_true);
            let pod = down.get(&*node.meta.name).filter(|_| is_ready);
            if let Some(pod) = pod {
                let subject = Subject::of(object)
                    .detail(&*pod.meta.name)
                    .since(components::unready_since(pod));
                report.found(subject, components::state(pod), None);
            }
        }
    }
}

/// A Pod of the DaemonSet that clusters with kube-proxy run, wherever its name carries more.
fn is_proxy(pod: &Pod) -> bool {
    let is_owned = |owner: &dogwatch_model::snapshot::Owner| {
        owner.kind == "DaemonSet" && owner.name.starts_with("kube-proxy")
    };
    !pod.node.is_empty()
        && pod.meta.namespace == "kube-system"
        && pod.meta.controller().is_some_and(is_owned)
}
