#![doc = include_str!("kubelet_down.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, NodeFinding, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{leaders, problems},
    view::View,
};

/// The kubelet of a node does not work while its machine does.
#[derive(Debug)]
pub(crate) struct KubeletDown;

static META: Meta = Meta {
    id: CheckId::new("node/kubelet-down"),
    kind: FindingKind::Node(NodeFinding::KubeletDown),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Look at the kubelet on the node: its service, its log, its certificate and its configuration.",
    ],
    casebook: include_str!("kubelet_down.md"),
};

impl Check for KubeletDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let holders = leaders::by_node(view);
        for node in &view.snapshot.nodes {
            let object = cite::object(Kind::Node, &node.meta);
            if let Some(hit) = problems::read(view, node, &problems::KUBELET) {
                report.found_all(hit.subject(&object), hit.evidence);
                continue;
            }
            let silent = node
                .condition("Ready")
                .filter(|known| known.status == "Unknown");
            let Some(silent) = silent else { continue };
            if !view.snapshot.ledger.has(Source::Objects(Kind::Lease)) {
                report.undecided(object, Source::Objects(Kind::Lease));
                continue;
            }
            let alive = holders.get(&*node.meta.name).into_iter().flatten();
            let proof: Option<Evidence> = alive
                .filter(|lease| lease.spec.renew_time > silent.since)
                .find_map(|lease| leaders::is_fresh(view, lease).then(|| leaders::quote(lease)));
            if let Some(proof) = proof {
                let subject = Subject::of(object.clone())
                    .detail(&*silent.reason)
                    .since(silent.since);
                report.found(subject, cite::condition(&object, silent), [proof]);
            }
        }
    }
}
