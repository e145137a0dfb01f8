#![doc = include_str!("drain_node.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{
        Act, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::{Condition, Node, Pod},
};

use super::{Ground, Remedy, RemedyMeta, room, sketch};
use crate::{cite, reading::budgets, rollout::Rollout};

/// Cordons a Node and evicts its Pods.
#[derive(Debug)]
pub(crate) struct DrainNode;

/// How often a blocked eviction is asked for again, and for how long.
const RETRIES: u32 = 24;
const EVICTION_SECONDS: u32 = 300;

/// Pods of one plan: more are a change window, not a remedy.
const MAX_PODS: usize = 250;

static META: RemedyMeta = RemedyMeta {
    id: "drain-node",
    does: "Cordons a Node and evicts its Pods through the Eviction API; budgets hold.",
    risk: Risk::High,
    reversibility: Reversibility::Partial,
    since: "0.1.0",
};

impl Remedy for DrainNode {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("drain_node.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::DrainNode { node: target } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let node = ground.node(target)?;
        for kind in [Kind::Pod, Kind::PodDisruptionBudget] {
            ground.needs(kind)?;
        }
        ground.can_spare(node)?;
        let pods = movable(ground, node);
        let budgets = budgets::by_namespace(ground.view);
        for pod in &pods {
            check_pod(&budgets, pod)?;
        }
        if pods.len() > MAX_PODS {
            let because = format!(
                "{} Pods run on {target}; at most {MAX_PODS} are moved at once",
                pods.len()
            );
            return Err(PlanRefusal::TooMuch { because });
        }
        let title = format!("drain {target}: {} Pods move", pods.len());
        let scenario = "The Node is failing and its Pods are better off elsewhere.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        if !node.spec.unschedulable {
            let field = ("/spec/unschedulable", "unschedulable");
            draft.steps.push(sketch::flag(target, field, true));
            draft.rollback.push(sketch::flag(target, field, false));
        }
        draft.steps.extend(pods.iter().map(|pod| evict(pod)));
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/unschedulable"]));
        draft.impact.nodes = 1;
        draft.impact.pods_restarted = u32::try_from(pods.len()).unwrap_or(u32::MAX);
        draft.impact.expected_seconds = 60 + draft.impact.pods_restarted.min(120) * 30;
        draft
            .impact
            .summary
            .push(format!("{} Pods move to other Nodes", pods.len()));
        let moving = moving(ground, &pods);
        draft.impact.ready_lost_percent = lost(&moving, &budgets);
        room::for_moved(ground, &mut draft, node, &pods)?;
        if node.condition("Ready").is_some_and(Condition::is_true) {
            let gone = pods.iter().map(|pod| Expectation::Gone {
                object: target_of(pod),
            });
            draft.verification.extend(gone);
        } else {
            // Nobody but the kubelet ends what runs there.
            draft.warnings.push(format!(
                "{target} is not Ready: its Pods stay Terminating until its kubelet answers"
            ));
        }
        draft
            .verification
            .extend(replaced(&moving, &node.meta.name));
        draft.verification.push(Expectation::FieldIs {
            object: target.clone(),
            fact: Fact::new("/spec/unschedulable", true),
        });
        Ok(draft)
    }
}

fn target_of(pod: &Pod) -> Target {
    Target::of(&cite::pod(pod))
}

fn evict(pod: &Pod) -> Step {
    let target = target_of(pod);
    let mut step = sketch::step(format!("evict {target}"), target, Act::Evict);
    step.retries = RETRIES;
    step.timeout_seconds = EVICTION_SECONDS;
    step
}

/// Pods that an eviction moves: not those of DaemonSets, not those of the kubelet, not finished ones.
fn movable<'a>(ground: &Ground<'a>, node: &Node) -> Vec<&'a Pod> {
    let pods = ground.view.snapshot.pods.iter();
    pods.filter(|pod| pod.node == *node.meta.name && budgets::is_to_evict(pod))
        .collect()
}

/// Workloads of the Pods, each with those of its Pods that move.
type Moving<'a> = BTreeMap<&'a ObjectRef, (&'a Rollout<'a>, Vec<&'a Pod>)>;

fn moving<'a>(ground: &'a Ground<'a>, pods: &[&'a Pod]) -> Moving<'a> {
    let mut moving = Moving::new();
    for pod in pods {
        if let Some(rollout) = ground.view.rollout_of(pod) {
            let entry = moving.entry(&rollout.object);
            entry.or_insert((rollout, Vec::new())).1.push(pod);
        }
    }
    moving
}

/// Percentage of the worst hit workload that may be missing at once. Evictions wait for nothing but
/// a budget.
fn lost(moving: &Moving<'_>, budgets: &budgets::ByNamespace<'_>) -> u32 {
    let lost = moving.values().map(|(rollout, pods)| {
        let ready = pods.iter().filter(|pod| pod.is_ready()).count();
        let ready = i64::try_from(ready).unwrap_or(i64::MAX);
        let budget = pods
            .iter()
            .find_map(|pod| budgets::of_pod(budgets, pod).next());
        let allowed = budget.map_or(ready, |budget| budget.status.disruptions_allowed.max(1));
        room::percent(ready.min(allowed), rollout.desired)
    });
    lost.max().unwrap_or(0)
}

/// Workloads of the Pods must be complete again, unless they lack Pods for another reason now.
fn replaced(moving: &Moving<'_>, node: &str) -> Vec<Expectation> {
    let is_well = |(rollout, moved): &&(&Rollout<'_>, Vec<&Pod>)| {
        let elsewhere = rollout
            .active_new_pods()
            .filter(|pod| pod.is_ready() && pod.node != *node);
        let there = elsewhere.count() + moved.len();
        i64::try_from(there).is_ok_and(|there| there >= rollout.desired)
    };
    let well = moving.values().filter(is_well);
    well.map(|(rollout, _)| Expectation::RolledOut {
        workload: Target::of(&rollout.object),
        replicas: rollout.desired,
    })
    .collect()
}

fn check_pod(budgets: &budgets::ByNamespace<'_>, pod: &Pod) -> Result<(), PlanRefusal> {
    let name = target_of(pod);
    if pod.meta.controller().is_none() {
        let because = format!("{name} has no controller: nothing would replace it");
        return Err(PlanRefusal::Unsafe { because });
    }
    if pod.spec.volumes.iter().any(|volume| volume.empty_dir) {
        let because =
            format!("{name} keeps data on the Node (emptyDir), which an eviction deletes");
        return Err(PlanRefusal::Unsafe { because });
    }
    let mut of_pod = budgets::of_pod(budgets, pod);
    let Some(budget) = of_pod.next() else {
        return Ok(());
    };
    if let Some(other) = of_pod.next() {
        return Err(PlanRefusal::DisruptionBudget {
            budget: format!("{} and {}", budget.meta.name, other.meta.name),
            because: format!("{name} has two budgets, and the Eviction API answers 500 then"),
        });
    }
    let status = &budget.status;
    if budgets::is_impossible(budget) {
        return Err(PlanRefusal::DisruptionBudget {
            budget: budget.meta.name.to_string(),
            because: format!(
                "it allows no disruption ever ({} healthy, {} must be), so {name} can never be evicted",
                status.current_healthy, status.desired_healthy
            ),
        });
    }
    Ok(())
}
