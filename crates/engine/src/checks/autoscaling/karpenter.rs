#![doc = include_str!("karpenter.md")]

use dogwatch_model::{
    AutoscalingFinding, CheckId, FindingKind, ObjectRef,
    snapshot::{Condition, CustomObject},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Karpenter cannot bring up a node, or a pool cannot be used.
#[derive(Debug)]
pub(crate) struct Karpenter;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/karpenter"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::Karpenter),
    needs: sources::NODES,
    advice: &[
        "Read the condition: capacity at the provider, the node class, or a machine that does not join.",
    ],
    casebook: include_str!("karpenter.md"),
};

impl Check for Karpenter {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let claims = view.snapshot.customs_of(GROUP, "NodeClaim");
        for claim in claims.filter(|known| !known.meta.is_terminating()) {
            let mut steps = STEPS.iter();
            let failed = steps.find_map(|step| is_stuck(view, claim, step));
            found(claim, failed, report);
        }
        let pools = view.snapshot.customs_of(GROUP, "NodePool");
        for pool in pools.filter(|known| !known.meta.is_terminating()) {
            found(pool, is_stuck(view, pool, &("Ready", PATIENCE)), report);
        }
    }
}

const GROUP: &str = "karpenter.sh";

/// A failure that is tried again at once is over within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// The steps of a node, and how long each may take while nothing is known against it.
const STEPS: &[(&str, SignedDuration)] = &[
    ("Launched", SignedDuration::from_mins(5)),
    ("Registered", SignedDuration::from_mins(15)),
    ("Initialized", SignedDuration::from_mins(15)),
];

/// The condition of a step that failed, or of which nothing is heard for too long.
fn is_stuck<'a>(
    view: &View<'_>,
    object: &'a CustomObject,
    step: &(&str, SignedDuration),
) -> Option<&'a Condition> {
    let condition = object.condition(step.0).filter(|known| !known.is_true())?;
    let patience = if condition.status == "False" {
        PATIENCE
    } else {
        step.1
    };
    let since = condition.since.or(object.meta.created);
    let is_young = since.is_some_and(|at| view.now().duration_since(at) < patience);
    (!is_young).then_some(condition)
}

fn found(object: &CustomObject, condition: Option<&Condition>, report: &mut Report<'_>) {
    let Some(condition) = condition else { return };
    let reference = ObjectRef::of(object.kind, &object.meta);
    let subject = Subject::of(reference.clone())
        .detail(&*condition.kind)
        .since(condition.since);
    report.found(subject, cite::condition(&reference, condition), None);
}
