#![doc = include_str!("scale_workload.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, Fact, PatchFormat, PlanOption, PlanRefusal, RemedyRequest,
        Reversibility, Risk, Step, Target,
    },
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, room, sketch};
use crate::rollout::{Rollout, Workload};

/// More or fewer replicas.
#[derive(Debug)]
pub(crate) struct ScaleWorkload;

/// A larger growth at once is somebody's mistake more often than somebody's need.
const MAX_FACTOR: i64 = 3;

static META: RemedyMeta = RemedyMeta {
    id: "scale-workload",
    does: "Sets the number of replicas of a Deployment or StatefulSet.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for ScaleWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("scale_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::ScaleWorkload { workload, replicas } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        let now = rollout.desired;
        check(ground, workload, (now, *replicas))?;
        let title = format!("scale {workload} from {now} to {replicas} replicas");
        let scenario = "Every Pod works and there are too few of them for the load.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(workload, now, *replicas));
        draft.rollback.push(step(workload, *replicas, now));
        let fields = ["/spec/replicas", "/spec/template"];
        draft.observed.push(sketch::relies_on(workload, &fields));
        room::for_more(ground, &mut draft, rollout, replicas - now)?;
        let change = (replicas - now).unsigned_abs();
        let word = if *replicas > now { "more" } else { "fewer" };
        draft.impact.summary.push(format!("{change} Pods {word}"));
        draft.impact.expected_seconds = 60;
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: *replicas,
        });
        Ok(draft)
    }
}

fn check(
    ground: &Ground<'_>,
    workload: &Target,
    (now, wanted): (i64, i64),
) -> Result<(), PlanRefusal> {
    let rollout = ground.rollout(workload)?;
    if rollout.object.kind == Kind::DaemonSet {
        let because = "a DaemonSet has one Pod per Node and no number of replicas".to_owned();
        return Err(PlanRefusal::NotSupported { because });
    }
    if let Some(autoscaler) = ground.autoscaler_of(&rollout.object) {
        return Err(PlanRefusal::OwnedByAutoscaler {
            autoscaler: format!("HorizontalPodAutoscaler {}", autoscaler.meta.name),
        });
    }
    if wanted == now {
        let because = format!("{workload} has {now} replicas already");
        return Err(PlanRefusal::NothingToDo { because });
    }
    if wanted < 1 {
        let because = format!("{wanted} replicas would take {workload} out of service");
        return Err(PlanRefusal::Unsafe { because });
    }
    if wanted > now.max(1).saturating_mul(MAX_FACTOR) {
        let because =
            format!("from {now} to {wanted} is more than {MAX_FACTOR} times as many at once");
        return Err(PlanRefusal::TooMuch { because });
    }
    if wanted.saturating_mul(MAX_FACTOR) < now {
        let because =
            format!("from {now} to {wanted} leaves less than one in {MAX_FACTOR} at once");
        return Err(PlanRefusal::TooMuch { because });
    }
    check_claims(rollout, workload)
}

/// With this policy a smaller StatefulSet deletes the volumes of the Pods that go, and so does the
/// way back of a larger one.
pub(super) fn check_claims(rollout: &Rollout<'_>, workload: &Target) -> Result<(), PlanRefusal> {
    let Workload::StatefulSet(set) = rollout.workload else {
        return Ok(());
    };
    let policy = &set.spec.persistent_volume_claim_retention_policy;
    if policy.when_scaled != "Delete" {
        return Ok(());
    }
    let because = format!(
        "{workload} deletes the volumes of Pods that it scales away (persistentVolumeClaimRetentionPolicy.whenScaled is Delete)"
    );
    Err(PlanRefusal::Unsafe { because })
}

fn step(workload: &Target, from: i64, to: i64) -> Step {
    let name = format!("set the replicas of {workload} from {from} to {to}");
    let mut step = sketch::step(
        name,
        workload.clone(),
        Act::Patch {
            format: PatchFormat::Merge,
            subresource: Some("scale".to_owned()),
            patch: json!({"spec": {"replicas": to}}),
        },
    );
    step.expected_before.push(Fact::new("/spec/replicas", from));
    step.expected_after.push(Fact::new("/spec/replicas", to));
    step
}
