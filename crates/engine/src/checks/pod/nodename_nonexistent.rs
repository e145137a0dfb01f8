#![doc = include_str!("nodename_nonexistent.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, PodFinding, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Pod is bound to a node that does not exist.
#[derive(Debug)]
pub(crate) struct NodeNameNonexistent;

static META: Meta = Meta {
    id: CheckId::new("pod/nodename-nonexistent"),
    kind: FindingKind::Pod(PodFinding::NodeNameNonexistent),
    needs: sources::PODS_AND_NODES,
    advice: &["Remove the fixed nodeName from the template, or correct it."],
    casebook: include_str!("nodename_nonexistent.md"),
};

impl Check for NodeNameNonexistent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            if pod.node.is_empty() || pod.is_finished() || view.snapshot.node(&pod.node).is_some() {
                continue;
            }
            // A kubelet that said anything about the Pod proves that the node was there.
            if pod.status.start_time.is_some() || pod.container_statuses().next().is_some() {
                continue;
            }
            let nodes = Source::Objects(Kind::Node);
            if !view.snapshot.ledger.is_complete(nodes) {
                report.undecided(suspect.object.clone(), nodes);
                continue;
            }
            let subject = Subject::of(suspect.object.clone()).detail(pod.node.to_string());
            let known = view.snapshot.nodes.len();
            report.found(
                subject,
                cite::spec(&suspect.object, "spec.nodeName", &pod.node),
                [cite::status(
                    &suspect.object,
                    "nodes",
                    format!("none of {known} nodes has this name"),
                )],
            );
        }
    }
}
