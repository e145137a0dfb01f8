#![doc = include_str!("bound_autoscaler.md")]

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{
        Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    snapshot::HorizontalPodAutoscaler,
};

use super::{
    Ground, Remedy, RemedyMeta,
    autoscaler_aims::{Changes, check_requests},
    ground::is_same,
    room, sketch,
};
use crate::rollout::Rollout;

/// Other bounds of an autoscaler.
#[derive(Debug)]
pub(crate) struct BoundAutoscaler;

/// A larger growth at once is somebody's mistake more often than somebody's need.
const MAX_FACTOR: i64 = 3;

static META: RemedyMeta = RemedyMeta {
    id: "bound-autoscaler",
    does: "Changes minReplicas and maxReplicas of a HorizontalPodAutoscaler, and what it aims at.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for BoundAutoscaler {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("bound_autoscaler.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::BoundAutoscaler {
            autoscaler,
            min,
            max,
            aims,
            behavior,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let known = find(ground, autoscaler)?;
        let now = (
            known.spec.min_replicas.unwrap_or(1),
            known.spec.max_replicas,
        );
        let new = (min.unwrap_or(now.0), max.unwrap_or(now.1));
        let mut changes = Changes::default();
        changes.bound("minReplicas", known.spec.min_replicas, (now.0, new.0));
        changes.bound("maxReplicas", Some(now.1), (now.1, new.1));
        changes.aim(known, autoscaler, aims)?;
        if let Some(behavior) = behavior {
            changes.pace(known, behavior)?;
        }
        if changes.are_none() {
            let because = format!("{autoscaler} has these bounds and aims already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        check(now, new)?;
        let aim = &known.spec.scale_target_ref;
        let rollout = Kind::parse(&aim.kind).ok().and_then(|kind| {
            let object = ObjectRef::named(kind, &known.meta.namespace, &aim.name);
            ground.view.rollout(&object)
        });
        if let Some(rollout) = rollout {
            check_pods(rollout, now, new)?;
        }
        let (title, name) = titles(autoscaler, (now, new), &changes.words);
        let scenario = "The autoscaler would do what is needed and its bounds keep it from it.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let (forth, back) = changes.steps(&name, autoscaler);
        draft.steps.push(forth);
        draft.rollback.push(back);
        let fields = fields(!aims.is_empty(), behavior.is_some());
        draft.observed.push(sketch::relies_on(autoscaler, &fields));
        if let Some(rollout) = rollout {
            room::for_more(ground, &mut draft, rollout, new.1 - rollout.desired)?;
            draft.warnings.extend(without_requests(known, rollout));
            check_requests(aims, rollout)?;
        }
        draft.impact.summary.push(format!("up to {} Pods", new.1));
        draft.impact.expected_seconds = 90;
        draft.verification.push(Expectation::NotFound {
            mode: "hpa-maxed".to_owned(),
            object: autoscaler.clone(),
        });
        draft.verification.push(Expectation::FieldIs {
            object: autoscaler.clone(),
            fact: Fact::new("/spec/maxReplicas", new.1),
        });
        Ok(draft)
    }
}

fn find<'a>(
    ground: &Ground<'a>,
    target: &Target,
) -> Result<&'a HorizontalPodAutoscaler, PlanRefusal> {
    let mut all = ground.view.snapshot.autoscalers.iter();
    all.find(|known| {
        *known.meta.namespace == *target.namespace
            && *known.meta.name == *target.name
            && is_same(&known.meta, target)
    })
    .ok_or_else(|| PlanRefusal::NotThere {
        object: target.to_string(),
    })
}

fn check(now: (i64, i64), new: (i64, i64)) -> Result<(), PlanRefusal> {
    // Zero is a minimum only where the cluster allows it, and then it is there already.
    if (new.0 < 1 && new.0 != now.0) || new.0 > new.1 || new.1 < 1 {
        let because = format!("{}..{} are no bounds: 1 <= min <= max", new.0, new.1);
        return Err(PlanRefusal::NotSupported { because });
    }
    if new.1 > now.1.max(1).saturating_mul(MAX_FACTOR) {
        let because = format!(
            "a maximum of {} is more than {MAX_FACTOR} times {}",
            new.1, now.1
        );
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(())
}

/// New bounds take no running Pod away, and do not make many at once.
fn check_pods(rollout: &Rollout<'_>, now: (i64, i64), new: (i64, i64)) -> Result<(), PlanRefusal> {
    let pods = rollout.desired;
    if new.1 < pods && new.1 < now.1 {
        let because = format!(
            "{pods} Pods are wanted now; a maximum of {} takes some of them away at once",
            new.1
        );
        return Err(PlanRefusal::Unsafe { because });
    }
    if new.0 > now.0 && new.0 > pods.max(1).saturating_mul(MAX_FACTOR) {
        let because = format!(
            "a minimum of {} is more than {MAX_FACTOR} times the {pods} Pods of now",
            new.0
        );
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(())
}

/// The words for containers without the request that a utilization is a share of.
fn without_requests(known: &HorizontalPodAutoscaler, rollout: &Rollout<'_>) -> Vec<String> {
    let resources = known
        .spec
        .metrics
        .iter()
        .map(|metric| &*metric.resource.name);
    let lacking = |resource: &str| {
        let mut containers = rollout.workload.template().spec.containers.iter();
        containers.any(|container| container.resources.requests.get(resource).is_none())
    };
    resources
        .filter(|resource| !resource.is_empty() && lacking(resource))
        .map(|resource| {
            format!("a container has no {resource} request, so the autoscaler cannot tell its utilization")
        })
        .collect()
}

/// What a plan relies on that changes bounds, aims, or how fast it scales.
fn fields(aims: bool, pace: bool) -> Vec<&'static str> {
    let mut fields = vec![
        "/spec/minReplicas",
        "/spec/maxReplicas",
        "/spec/scaleTargetRef",
    ];
    fields.extend(aims.then_some("/spec/metrics"));
    fields.extend(pace.then_some("/spec/behavior"));
    fields
}

/// What the plan and its step are called.
fn titles(
    target: &Target,
    (now, new): ((i64, i64), (i64, i64)),
    aims: &[String],
) -> (String, String) {
    let aims = aims.join(", ");
    if now == new {
        let words = format!("change {target}: {aims}");
        return (words.clone(), words);
    }
    let also = if aims.is_empty() {
        String::new()
    } else {
        format!(", and {aims}")
    };
    (
        format!(
            "change the bounds of {target} from {}..{} to {}..{}{also}",
            now.0, now.1, new.0, new.1
        ),
        format!("set the bounds of {target} to {}..{}{also}", new.0, new.1),
    )
}
