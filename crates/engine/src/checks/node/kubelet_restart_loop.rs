#![doc = include_str!("kubelet_restart_loop.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::problems,
    view::{View, is_within},
};

/// The kubelet of a node starts again and again.
#[derive(Debug)]
pub(crate) struct KubeletRestartLoop;

static META: Meta = Meta {
    id: CheckId::new("node/kubelet-restart-loop"),
    kind: FindingKind::Node(NodeFinding::KubeletRestartLoop),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Read the log of the kubelet: its last lines before each end name the reason."],
    casebook: include_str!("kubelet_restart_loop.md"),
};

impl Check for KubeletRestartLoop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let object = cite::object(Kind::Node, &node.meta);
            if let Some(hit) = problems::read(view, node, &problems::KUBELET_RESTARTS) {
                report.found_all(hit.subject(&object), hit.evidence);
                continue;
            }
            // kube-proxy says `Starting` too.
            let starts = problems::recent(view, node, &["Starting"]);
            let starts = starts
                .into_iter()
                .filter(|event| event.message.contains("kubelet"));
            let starts: Vec<_> = starts.collect();
            let begun = starts.first().and_then(|event| event.first_seen);
            let is_quick = begun.is_some_and(|at| is_within(view.now(), at, WINDOW));
            let count: i64 = starts.iter().map(|event| event.count.max(1)).sum();
            if count >= MANY && is_quick {
                let subject = Subject::of(object)
                    .detail(format!("{count} starts"))
                    .since(begun);
                report.found_all(subject, starts.last().map(|event| cite::event(event)));
            }
        }
    }
}

/// One start belongs to a reboot, a second one to a change of configuration.
const MANY: i64 = 3;

/// The starts must lie within this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);
