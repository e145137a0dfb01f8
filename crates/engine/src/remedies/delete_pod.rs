#![doc = include_str!("delete_pod.md")]

use dogwatch_model::{
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    snapshot::Pod,
};

use super::{Ground, Remedy, RemedyMeta, sketch};

/// Deletes a Pod that its controller replaces.
#[derive(Debug)]
pub(crate) struct DeletePod;

static META: RemedyMeta = RemedyMeta {
    id: "delete-pod",
    does: "Deletes one Pod that its controller replaces; never with force.",
    risk: Risk::Low,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for DeletePod {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("delete_pod.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::DeletePod { pod: target } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let pod = ground.pod(target)?;
        check(ground, pod, target)?;
        let title = format!("delete {target}, its controller makes a new one");
        let scenario = "One Pod is broken and its siblings are not.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let mut step = sketch::step(
            format!("delete {target}"),
            target.clone(),
            Act::Delete {
                grace_seconds: None,
            },
        );
        step.timeout_seconds = 60;
        draft.steps.push(step);
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/nodeName"]));
        draft.impact.pods_restarted = 1;
        draft.impact.summary.push("1 Pod is replaced".to_owned());
        draft.impact.expected_seconds = 60;
        draft.verification.push(Expectation::Gone {
            object: target.clone(),
        });
        if let Some(rollout) = ground.view.rollout_of(pod) {
            draft.verification.push(Expectation::RolledOut {
                workload: Target::of(&rollout.object),
                replicas: rollout.desired,
            });
        }
        Ok(draft)
    }
}

fn check(ground: &Ground<'_>, pod: &Pod, target: &Target) -> Result<(), PlanRefusal> {
    if pod.meta.controller().is_none() {
        let because = format!("{target} has no controller: nothing would replace it");
        return Err(PlanRefusal::Unsafe { because });
    }
    if pod.meta.is_terminating() {
        let because = format!(
            "{target} is being deleted already; what holds it has to be found, force is never used"
        );
        return Err(PlanRefusal::NothingToDo { because });
    }
    if !pod.is_ready() {
        return Ok(());
    }
    let Some(rollout) = ground.view.rollout_of(pod) else {
        return Ok(());
    };
    let all = rollout.active_new_pods().chain(rollout.active_old_pods());
    let others = all
        .filter(|other| other.is_ready() && other.meta.uid != pod.meta.uid)
        .count();
    if others == 0 {
        let because = format!("{target} is the last Ready Pod of {}", rollout.object);
        return Err(PlanRefusal::Unsafe { because });
    }
    Ok(())
}
