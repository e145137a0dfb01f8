#![doc = include_str!("cni_not_initialized.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::has_any,
    view::View,
};

/// The network plugin of a node is not set up.
#[derive(Debug)]
pub(crate) struct CniNotInitialized;

static META: Meta = Meta {
    id: CheckId::new("network/cni-not-initialized"),
    kind: FindingKind::Network(NetworkFinding::CniNotInitialized),
    needs: sources::NODES,
    advice: &[
        "Look at the Pod of the network agent on this node: it writes the configuration of the plugin when it starts.",
    ],
    casebook: include_str!("cni_not_initialized.md"),
};

impl Check for CniNotInitialized {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let ready = node
                .condition("Ready")
                .filter(|known| known.status == "False");
            let Some(condition) = ready.filter(|known| has_any(&known.message, WORDS)) else {
                continue;
            };
            let since = condition.since.max(node.meta.created);
            if since.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
                continue;
            }
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}

/// What kubelets say of a plugin that is not there yet.
const WORDS: &[&str] = &[
    "cni plugin not initialized",
    "cni config uninitialized",
    "no network config found",
];

/// An agent pulls its image and starts within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
