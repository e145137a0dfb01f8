#![doc = include_str!("delete_pod.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    snapshot::{Condition, Pod},
};

use super::{Ground, Remedy, RemedyMeta, sketch};
use crate::reading::budgets;

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
        if pod.spec.volumes.iter().any(|volume| volume.empty_dir) {
            draft.warnings.push(format!(
                "{target} keeps data in an emptyDir, which goes with it"
            ));
        }
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

/// Controllers that replace a Pod that goes.
const REPLACING: [&str; 5] = [
    "DaemonSet",
    "Job",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

fn check(ground: &Ground<'_>, pod: &Pod, target: &Target) -> Result<(), PlanRefusal> {
    let unsafe_as = |because: String| Err(PlanRefusal::Unsafe { because });
    let Some(owner) = pod.meta.controller() else {
        return unsafe_as(format!(
            "{target} has no controller: nothing would replace it"
        ));
    };
    if owner.kind == "Node" {
        let because = format!("{target} is a static Pod: only its kubelet starts and ends it");
        return Err(PlanRefusal::NotSupported { because });
    }
    if !REPLACING.contains(&&*owner.kind) {
        return unsafe_as(format!(
            "{target} belongs to {} {}, and whether that replaces it is not known",
            owner.kind, owner.name
        ));
    }
    if pod.meta.is_terminating() {
        let because = format!(
            "{target} is being deleted already; what holds it has to be found, force is never used"
        );
        return Err(PlanRefusal::NothingToDo { because });
    }
    check_kubelet(ground, pod, target)?;
    if !pod.is_ready() {
        return Ok(());
    }
    check_last(ground, pod, target)?;
    check_budget(ground, pod, target)
}

/// A deletion needs the kubelet: without it the Pod stays Terminating.
fn check_kubelet(ground: &Ground<'_>, pod: &Pod, target: &Target) -> Result<(), PlanRefusal> {
    let node = ground.view.snapshot.node(&pod.node);
    let ready = node.and_then(|node| node.condition("Ready"));
    if ready.is_none_or(Condition::is_true) {
        return Ok(());
    }
    let because = format!(
        "Node {} is not Ready: {target} would stay Terminating until its kubelet answers",
        pod.node
    );
    Err(PlanRefusal::NotSupported { because })
}

fn check_last(ground: &Ground<'_>, pod: &Pod, target: &Target) -> Result<(), PlanRefusal> {
    let Some(rollout) = ground.view.rollout_of(pod) else {
        return Ok(());
    };
    // A Pod of a DaemonSet serves its Node, whatever runs on others.
    let is_alone = rollout.object.kind != Kind::DaemonSet && {
        let mut all = rollout.active_new_pods().chain(rollout.active_old_pods());
        !all.any(|other| other.is_ready() && other.meta.uid != pod.meta.uid)
    };
    if is_alone {
        let because = format!("{target} is the last Ready Pod of {}", rollout.object);
        return Err(PlanRefusal::Unsafe { because });
    }
    Ok(())
}

/// A deletion does not ask the budgets as an eviction does, so the plan does.
fn check_budget(ground: &Ground<'_>, pod: &Pod, target: &Target) -> Result<(), PlanRefusal> {
    let by_namespace = budgets::by_namespace(ground.view);
    let mut of_pod = budgets::of_pod(&by_namespace, pod);
    let Some(budget) = of_pod.find(|budget| budgets::allows_nothing(budget)) else {
        return Ok(());
    };
    let status = &budget.status;
    Err(PlanRefusal::DisruptionBudget {
        budget: budget.meta.name.to_string(),
        because: format!(
            "{} healthy, {} must be, and {target} is one of them",
            status.current_healthy, status.desired_healthy
        ),
    })
}
