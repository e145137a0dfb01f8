//! Higher bounds of a Namespace: which ones, and how much higher at once.

use dogwatch_model::{
    plan::{Draft, Expectation, Fact, PlanOption, PlanRefusal, ResourceAmount, Target},
    wire::{Quantity, Resources},
};

use super::{ground::Ground, room, sketch};
use crate::{
    capacity::{self, Ask, Rejection},
    reading::rejections::Rejection as Refused,
    rollout::Rollout,
};

/// One bound that is raised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raise<'r> {
    /// The resource, as the bound calls it.
    pub(crate) resource: &'r str,
    /// The bound as it is.
    pub(crate) now: Quantity,
    /// The bound that is wanted.
    pub(crate) to: Quantity,
}

impl Raise<'_> {
    /// `limits.memory from 8Gi to 10Gi`.
    pub(crate) fn words(&self) -> String {
        let Self { resource, now, to } = self;
        format!("{resource} from {now} to {to}")
    }
}

/// What is asked for, as raises of present bounds. Refuses what is no raise of a bound that there is,
/// and what is more than twice as much: a budget is somebody's decision.
pub(crate) fn raises<'r>(
    target: &Target,
    bounds: &Resources,
    amounts: &'r [ResourceAmount],
) -> Result<Vec<Raise<'r>>, PlanRefusal> {
    let not = |because: String| Err(PlanRefusal::NotSupported { because });
    if amounts.is_empty() {
        return not(format!("nothing of {target} is to be raised"));
    }
    let mut raises: Vec<Raise<'r>> = Vec::new();
    for ResourceAmount { resource, amount } in amounts {
        let Ok(to) = amount.parse::<Quantity>() else {
            return not(format!("\"{amount}\" is no quantity: write 10Gi or 500m"));
        };
        let Some(now) = bounds.get(resource) else {
            return not(format!("{target} does not bound {resource}"));
        };
        if raises.iter().any(|known| known.resource == resource) {
            return not(format!("{resource} is named twice"));
        }
        if to <= now {
            let because =
                format!("{target} bounds {resource} at {now} already, and is only raised");
            return Err(PlanRefusal::NothingToDo { because });
        }
        if to > now.plus(now) {
            let because = format!("{to} of {resource} is more than twice the {now} of now");
            return Err(PlanRefusal::TooMuch { because });
        }
        raises.push(Raise { resource, now, to });
    }
    Ok(raises)
}

/// How many Pods of a workload the API server refuses at present.
pub(crate) fn refused(ground: &Ground<'_>, rollout: &Rollout<'_>) -> u32 {
    let mut all = ground.view.rejections.iter();
    let found = all.find(|known: &&Refused| known.workload.as_ref() == Some(&rollout.object));
    let missing = found.map_or(0, |known| known.desired - known.created);
    u32::try_from(missing).unwrap_or(0)
}

/// Why the API server refuses them, by the arithmetic of today.
pub(crate) fn reasons(ground: &Ground<'_>, rollout: &Rollout<'_>) -> Vec<Rejection> {
    let count = refused(ground, rollout);
    if count == 0 {
        return Vec::new();
    }
    let snapshot = ground.view.snapshot;
    capacity::predict(snapshot, &ask(ground, rollout, count), &[]).admission
}

/// The Pods that are refused, as they would be asked for again.
pub(crate) fn ask<'a>(ground: &Ground<'a>, rollout: &'a Rollout<'_>, count: u32) -> Ask<'a> {
    let object = &rollout.object;
    let known = Ask::of_workload(ground.view.snapshot, object, count);
    let mut ask = known
        .unwrap_or_else(|| Ask::of_template(&object.namespace, rollout.workload.template(), count));
    if let Some(claims) = &mut ask.claims {
        // They are the last ones that are wanted, and no further ones.
        claims.first_ordinal -= i64::from(count);
    }
    ask
}

/// What higher bounds do for the Pods that are refused.
pub(crate) struct Relief<'r> {
    /// The mode that must be gone afterwards.
    pub(crate) mode: &'static str,
    /// Pods that are refused.
    pub(crate) count: u32,
    /// What becomes of a reason to refuse them; `None` when it is none any more.
    pub(crate) lift: &'r dyn Fn(Rejection) -> Option<Rejection>,
}

/// What both remedies say of the workload that waits: how many of its Pods find a place with the new
/// bounds, and what must be true afterwards.
pub(crate) fn relieve(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    (rollout, workload): (&Rollout<'_>, &Target),
    relief: &Relief<'_>,
) -> Result<(), PlanRefusal> {
    let fields = ground.relied_on(rollout);
    draft.observed.push(sketch::relies_on(workload, fields));
    let count = relief.count;
    if count == 0 {
        let words = format!("the API server refuses no Pod of {workload} at present");
        draft.warnings.push(words);
    } else {
        room::for_refused(ground, draft, rollout, relief)?;
        let words = format!("{count} Pods of {workload} wait for it");
        draft.impact.summary.push(words);
    }
    // The controller that was refused tries again less and less often.
    draft.impact.expected_seconds = 300;
    draft.verification.push(Expectation::NotFound {
        mode: relief.mode.to_owned(),
        object: workload.clone(),
    });
    draft.verification.push(Expectation::RolledOut {
        workload: workload.clone(),
        replicas: rollout.desired,
    });
    Ok(())
}

/// What is relied on and promised of the bounds themselves.
pub(crate) fn bind(
    draft: &mut PlanOption<Draft>,
    target: &Target,
    raises: &[Raise<'_>],
    field: impl Fn(&str) -> String,
) {
    let fields: Vec<String> = raises.iter().map(|raise| field(raise.resource)).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    draft.observed.push(sketch::relies_on(target, &fields));
    for (raise, field) in raises.iter().zip(fields) {
        let words = format!("{target}: {}", raise.words());
        draft.impact.summary.push(words);
        draft.verification.push(Expectation::FieldIs {
            object: target.clone(),
            fact: Fact::new(field, raise.to.to_string()),
        });
    }
}

/// A name as a part of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Refuses a bound that holds in another Namespace than the workload lives in.
pub(crate) fn check_place(target: &Target, workload: &Target) -> Result<(), PlanRefusal> {
    if target.namespace == workload.namespace {
        return Ok(());
    }
    let because = format!("{target} bounds its own Namespace only, and {workload} lies elsewhere");
    Err(PlanRefusal::NotSupported { because })
}
