//! What custom resources say of themselves: conditions that mean the same for almost every
//! controller, read with their polarity and with patience.

use dogwatch_model::snapshot::{Condition, CustomObject};
use jiff::SignedDuration;

use super::has_any;
use crate::view::View;

/// Groups whose conditions have readings and checks of their own, with everything below them.
const ELSEWHERE: &[&str] = &[
    "cluster.x-k8s.io",
    "toolkit.fluxcd.io",
    "argoproj.io",
    "keda.sh",
    "karpenter.sh",
    "karpenter.k8s.aws",
    "autoscaling.k8s.io",
    "cert-manager.io",
    "gateway.networking.k8s.io",
    "external-secrets.io",
    "bitnami.com",
    "snapshot.storage.k8s.io",
    "metrics.k8s.io",
    "policy.open-cluster-management.io",
    "wgpolicyk8s.io",
];

/// Kinds that stand for one piece of work: how it ended is history, as with a Job.
const WORK: &[&str] = &[
    "Job",
    "Run",
    "Workflow",
    "Task",
    "Backup",
    "Restore",
    "Build",
    "Request",
    "Report",
    "Test",
    "Snapshot",
    "Scan",
    "Migration",
    "Execution",
];

/// Conditions that are bad when False.
const GOOD: &[&str] = &[
    "Ready",
    "Available",
    "Healthy",
    "Synced",
    "Reconciled",
    "ReconcileSuccess",
    "ReconcileSucceeded",
];

/// Conditions that are bad when True.
const BAD: &[&str] = &[
    "Stalled",
    "Degraded",
    "Failed",
    "ReconcileError",
    "ReconcileFailed",
];

/// Reasons that say that somebody wants it so.
const WANTED: &[&str] = &[
    "paus",
    "suspend",
    "disabled",
    "stopped",
    "idle",
    "inactive",
    "hibernat",
    "standby",
    "skipped",
    "vminotexists",
    "notapplicable",
    "notrequired",
    "deleting",
    "terminating",
    "deleted",
    "scaledtozero",
    "completed",
    "succeeded",
    "finished",
];

/// Reasons that say that it is on its way.
const COMING: &[&str] = &[
    "progress",
    "pending",
    "creating",
    "provisioning",
    "waiting",
    "initiali",
    "reconciling",
    "starting",
    "updating",
    "upgrading",
    "scaling",
    "deploying",
    "installing",
    "configuring",
];

/// Controllers try again within minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Databases and clusters take longer to come up.
const LONG_PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// True for objects whose conditions are read here.
pub(crate) fn is_ours(object: &CustomObject) -> bool {
    let info = object.kind.info();
    let is_elsewhere = ELSEWHERE.iter().any(|group| {
        let rest = info.group.strip_suffix(group);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let is_work = WORK.iter().any(|word| info.name.ends_with(word));
    !is_elsewhere && !is_work
}

/// Words for the state as a whole that some controllers write instead of conditions.
const FAILED: &[&str] = &["failed", "error", "errored", "degraded", "unhealthy"];

/// The field in which an object without telling conditions says that it failed, and its value.
pub(crate) fn failed_state<'a>(
    view: &View<'_>,
    object: &'a CustomObject,
) -> Option<(&'static str, &'a str)> {
    let is_new = object
        .meta
        .created
        .is_none_or(|at| view.now().duration_since(at) < PATIENCE);
    // Who writes a condition for it says there whether it still holds.
    let types = object.conditions.iter().map(|known| &*known.kind);
    let is_told = types
        .into_iter()
        .any(|kind| GOOD.contains(&kind) || BAD.contains(&kind));
    if is_new || is_told || is_held(object) || !is_ours(object) {
        return None;
    }
    ["status.phase", "status.state"]
        .into_iter()
        .find_map(|field| {
            let value = object.field(field)?;
            let is_failed = FAILED.contains(&&*value.to_ascii_lowercase());
            is_failed.then_some((field, value))
        })
}

/// True for objects that somebody holds on purpose, or that are on their way out.
fn is_held(object: &CustomObject) -> bool {
    object.flag("spec.paused")
        || object.flag("spec.suspend")
        || object.number("spec.replicas") == Some(0)
        || object.meta.is_terminating()
}

/// The conditions of an object that say that it is not well, for longer than that takes. Empty for
/// objects that are young, on their way out, or held on purpose.
pub(crate) fn bad_conditions<'a>(view: &View<'_>, object: &'a CustomObject) -> Vec<&'a Condition> {
    if !is_ours(object) || is_held(object) {
        return Vec::new();
    }
    let conditions = object.conditions.iter();
    conditions
        .filter(|known| is_bad(known) && is_lasting(view, object, known))
        .collect()
}

/// True when the polarity of the type says that this status is bad.
fn is_bad(condition: &Condition) -> bool {
    let kind = &&*condition.kind;
    let is_wrong = match &*condition.status {
        "False" => GOOD.contains(kind),
        "True" => BAD.contains(kind),
        _ => false,
    };
    is_wrong && !has_any(&condition.reason, WANTED)
}

fn is_lasting(view: &View<'_>, object: &CustomObject, condition: &Condition) -> bool {
    let is_coming = has_any(&condition.reason, COMING);
    let patience = if is_coming { LONG_PATIENCE } else { PATIENCE };
    // Some controllers write no times: then the age of the object is all there is.
    let begun = condition.since.max(object.meta.created);
    begun.is_some_and(|at| view.now().duration_since(at) >= patience)
}

/// True when the controller turns the spec down, and only a person can correct it.
pub(crate) fn is_refused(condition: &Condition) -> bool {
    const REASONS: &[&str] = &[
        "invalid",
        "validation",
        "badspec",
        "misconfigur",
        "unsupported",
    ];
    const MESSAGES: &[&str] = &[
        "invalid value",
        "required value",
        "unsupported value",
        "validation failed",
        "validation error",
        "is invalid",
        "spec is not valid",
        "must be specified",
        "forbidden: ",
    ];
    has_any(&condition.reason, REASONS) || has_any(&condition.message, MESSAGES)
}

/// True when the controller has not seen the present spec.
pub(crate) fn is_behind(object: &CustomObject) -> bool {
    object
        .observed_generation
        .is_some_and(|seen| seen < object.meta.generation)
}
