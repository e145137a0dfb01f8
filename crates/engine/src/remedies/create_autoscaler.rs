#![doc = include_str!("create_autoscaler.md")]

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{
        Act, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target, UtilizationAim,
    },
    snapshot::{Condition, find_condition},
};
use serde_json::{Value, json};

use super::{
    Ground, Remedy, RemedyMeta, autoscaler_aims, room, scale_workload::check_claims, sketch,
};
use crate::rollout::Rollout;

/// An autoscaler for a workload that has none.
#[derive(Debug)]
pub(crate) struct CreateAutoscaler;

/// A larger growth at once is somebody's mistake more often than somebody's need.
const MAX_FACTOR: i64 = 3;

/// Longest name of an object.
const MAX_NAME: usize = 253;

/// The API from which autoscalers read what Pods use.
const METRICS: &str = "metrics.k8s.io";

static META: RemedyMeta = RemedyMeta {
    id: "create-autoscaler",
    does: "Creates a HorizontalPodAutoscaler for a workload that has none.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

/// Its bounds.
type Bounds = (i64, i64);

impl Remedy for CreateAutoscaler {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("create_autoscaler.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::CreateAutoscaler {
            workload,
            name,
            min,
            max,
            aims,
            behavior,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        let new = ObjectRef::named(Kind::HorizontalPodAutoscaler, &workload.namespace, name);
        let new = Target::of(&new);
        check_free(ground, rollout, &new)?;
        check_bounds(rollout, (*min, *max))?;
        check_aims(rollout, &new, aims)?;
        check_claims(rollout, workload)?;
        let behavior = behavior.as_deref().map(autoscaler_aims::pace).transpose()?;
        let title = format!("create {new} for {workload}: {min}..{max} Pods");
        let scenario = "The load changes, and somebody has to follow it by hand.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let object = manifest(workload, &new, (*min, *max), (aims, behavior));
        draft.steps.push(forth(&new, object, (*min, *max)));
        draft.rollback.push(sketch::step(
            format!("delete {new}, which this plan made; the number of Pods stays"),
            new.clone(),
            Act::Delete {
                grace_seconds: None,
            },
        ));
        let fields = ["/spec/replicas", "/spec/selector"];
        draft.observed.push(sketch::relies_on(workload, &fields));
        room::for_more(ground, &mut draft, rollout, max - rollout.desired)?;
        draft.impact.summary.push(format!("up to {max} Pods"));
        draft.impact.summary.extend(at_once(rollout.desired, *min));
        draft.impact.expected_seconds = 90;
        draft.warnings.extend(without_metrics(ground));
        promise(&mut draft, &new, *max);
        Ok(draft)
    }
}

/// One workload has one autoscaler: two would undo what the other does.
fn check_free(ground: &Ground<'_>, rollout: &Rollout<'_>, new: &Target) -> Result<(), PlanRefusal> {
    if rollout.object.kind == Kind::DaemonSet {
        let because = "a DaemonSet has one Pod per Node and no number of replicas".to_owned();
        return Err(PlanRefusal::NotSupported { because });
    }
    ground.needs(Kind::HorizontalPodAutoscaler)?;
    if let Some(known) = ground.autoscaler_of(&rollout.object) {
        return Err(PlanRefusal::OwnedByAutoscaler {
            autoscaler: format!("HorizontalPodAutoscaler {}", known.meta.name),
        });
    }
    let mut all = ground.view.snapshot.autoscalers.iter();
    let is_taken = |meta: &dogwatch_model::snapshot::Meta| {
        *meta.namespace == *new.namespace && *meta.name == *new.name
    };
    let because = if all.any(|known| is_taken(&known.meta)) {
        format!("{new} scales another workload already: choose another name")
    } else if !is_name(&new.name) {
        format!("\"{}\" is no name of an object", new.name)
    } else if rollout.desired < 1 {
        "an autoscaler does nothing while no replicas are wanted: scale the workload first"
            .to_owned()
    } else {
        return Ok(());
    };
    Err(PlanRefusal::NotSupported { because })
}

/// Small letters, digits, `-` and `.`, with a letter or digit at both ends.
fn is_name(name: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= MAX_NAME
        && name.chars().all(is_inner)
        && name.starts_with(is_end)
        && name.ends_with(is_end)
}

/// A new autoscaler takes no running Pod away, and does not make many at once.
fn check_bounds(rollout: &Rollout<'_>, (min, max): Bounds) -> Result<(), PlanRefusal> {
    let pods = rollout.desired;
    let most = pods.max(1).saturating_mul(MAX_FACTOR);
    if min < 1 || min > max {
        let because = format!("{min}..{max} are no bounds: 1 <= min <= max");
        return Err(PlanRefusal::NotSupported { because });
    }
    if max < pods {
        let because =
            format!("{pods} Pods are wanted now; a maximum of {max} takes some of them away");
        return Err(PlanRefusal::Unsafe { because });
    }
    if max > most {
        let because =
            format!("a maximum of {max} is more than {MAX_FACTOR} times the {pods} Pods of now");
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(())
}

fn check_aims(
    rollout: &Rollout<'_>,
    new: &Target,
    aims: &[UtilizationAim],
) -> Result<(), PlanRefusal> {
    if aims.is_empty() {
        let because = "it needs a share of cpu or memory to aim at".to_owned();
        return Err(PlanRefusal::NotSupported { because });
    }
    for aim in aims {
        autoscaler_aims::check(new, aims, aim)?;
    }
    autoscaler_aims::check_requests(aims, rollout)
}

fn manifest(
    workload: &Target,
    new: &Target,
    (min, max): Bounds,
    (aims, behavior): (&[UtilizationAim], Option<Value>),
) -> Value {
    let metrics: Vec<Value> = aims.iter().map(autoscaler_aims::metric).collect();
    let mut spec = json!({
        "scaleTargetRef": {
            "apiVersion": workload.api_version, "kind": workload.kind, "name": workload.name,
        },
        "minReplicas": min,
        "maxReplicas": max,
        "metrics": metrics,
    });
    if let Some(behavior) = behavior {
        spec["behavior"] = behavior;
    }
    json!({
        "apiVersion": new.api_version,
        "kind": new.kind,
        "metadata": {"name": new.name, "namespace": new.namespace},
        "spec": spec,
    })
}

fn forth(new: &Target, object: Value, (min, max): Bounds) -> Step {
    let name = format!("create {new} with {min}..{max} Pods");
    let mut step = sketch::step(name, new.clone(), Act::Create { object });
    step.expected_after
        .push(Fact::new("/spec/minReplicas", min));
    step.expected_after
        .push(Fact::new("/spec/maxReplicas", max));
    step
}

/// What the minimum does before any load is measured.
fn at_once(pods: i64, min: i64) -> Option<String> {
    (min > pods).then(|| format!("{} Pods more at once, for the minimum", min - pods))
}

/// Where nothing measures Pods an autoscaler cannot scale.
fn without_metrics(ground: &Ground<'_>) -> Option<String> {
    ground.needs(Kind::APIService).ok()?;
    let mut all = ground.view.snapshot.api_services.iter();
    let is_served = all.any(|api| {
        let available = find_condition(&api.status.conditions, "Available");
        *api.spec.group == *METRICS && available.is_some_and(Condition::is_true)
    });
    (!is_served).then(|| {
        format!("nothing serves {METRICS}: without it the autoscaler measures nothing and keeps the number of Pods")
    })
}

fn promise(draft: &mut PlanOption<Draft>, new: &Target, max: i64) {
    draft.verification.push(Expectation::FieldIs {
        object: new.clone(),
        fact: Fact::new("/spec/maxReplicas", max),
    });
    // Somebody else may have made one for the same Pods meanwhile.
    draft.verification.push(Expectation::NotFound {
        mode: "hpa-selector".to_owned(),
        object: new.clone(),
    });
}
