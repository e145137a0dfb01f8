#![doc = include_str!("gateway_not_programmed.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding, ObjectRef, snapshot::CustomObject};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A Gateway or a route of one is not accepted, not programmed, or names what does not exist.
#[derive(Debug)]
pub(crate) struct GatewayNotProgrammed;

static META: Meta = Meta {
    id: CheckId::new("network/gateway-not-programmed"),
    kind: FindingKind::Network(NetworkFinding::GatewayNotProgrammed),
    needs: sources::SERVICES,
    advice: &[
        "Read the reason of the condition: a missing backend, a listener that allows no such route, or no ReferenceGrant for another Namespace.",
    ],
    casebook: include_str!("gateway_not_programmed.md"),
};

impl Check for GatewayNotProgrammed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (name, kinds) in KINDS {
            for object in view.snapshot.customs_of(GROUP, name) {
                if !object.meta.is_terminating() {
                    judge(view, object, kinds, report);
                }
            }
        }
    }
}

const GROUP: &str = "gateway.networking.k8s.io";

/// Kinds, and the conditions that must hold.
const KINDS: &[(&str, &[&str])] = &[
    ("Gateway", &["Accepted", "Programmed"]),
    ("HTTPRoute", &["Accepted", "ResolvedRefs"]),
    ("GRPCRoute", &["Accepted", "ResolvedRefs"]),
];

/// Controllers take minutes to make an address.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

fn judge(view: &View<'_>, object: &CustomObject, kinds: &[&str], report: &mut Report<'_>) {
    let reference = ObjectRef::of(object.kind, &object.meta);
    let failed = object.conditions.iter().find(|known| {
        let is_settled = known
            .since
            .is_none_or(|at| view.now().duration_since(at) >= PATIENCE);
        kinds.contains(&&*known.kind) && known.status == "False" && is_settled
    });
    if let Some(condition) = failed {
        let subject = Subject::of(reference.clone())
            .detail(&*condition.reason)
            .since(condition.since);
        report.found(subject, cite::condition(&reference, condition), None);
    }
}
