//! What a remedy may look at.

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{PlanRefusal, Target},
    ports::{Cloud, NodePool, Serverless},
    snapshot::{Condition, HorizontalPodAutoscaler, Meta, Node, Pod},
};

use super::release::ReleaseOutline;
use crate::{
    rollout::{Rollout, Workload},
    view::View,
};

/// With fewer healthy Nodes in a hundred than this nothing is taken away from the cluster.
const HEALTHY_PERCENT: usize = 51;

/// The snapshot, its derivations, and what is known beyond the cluster.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The snapshot and what was derived from it.
    pub view: &'a View<'a>,
    /// Node pools of the provider; `None` when no provider is configured.
    pub pools: Option<&'a [NodePool]>,
    /// Machines and the cluster at the provider; `None` when no provider is configured.
    pub cloud: Option<&'a Cloud>,
    /// Capacity without Nodes; `None` when there is none.
    pub serverless: Option<&'a Serverless>,
    /// The Helm release that may be rolled back, or why it could not be opened; `None` when none was
    /// asked for and none suggests itself.
    pub release: Option<&'a Result<ReleaseOutline, PlanRefusal>>,
}

impl<'a> Ground<'a> {
    /// The rollout of a workload, of exactly this incarnation.
    pub(crate) fn rollout(&self, target: &Target) -> Result<&'a Rollout<'a>, PlanRefusal> {
        let gone = || PlanRefusal::NotThere {
            object: target.to_string(),
        };
        let object = target.object().ok_or_else(gone)?;
        if !object.kind.is_rollout() {
            let because = format!("{target} is no Deployment, StatefulSet or DaemonSet");
            return Err(PlanRefusal::NotSupported { because });
        }
        let rollout = self.view.rollout(&object).ok_or_else(gone)?;
        is_same(rollout.meta(), target)
            .then_some(rollout)
            .ok_or_else(gone)
    }

    /// The Node of exactly this incarnation.
    pub(crate) fn node(&self, target: &Target) -> Result<&'a Node, PlanRefusal> {
        let node = self.view.snapshot.node(&target.name);
        node.filter(|node| is_same(&node.meta, target))
            .ok_or_else(|| PlanRefusal::NotThere {
                object: target.to_string(),
            })
    }

    /// The Pod of exactly this incarnation.
    pub(crate) fn pod(&self, target: &Target) -> Result<&'a Pod, PlanRefusal> {
        let pod = self
            .view
            .snapshot
            .pod_named(&target.namespace, &target.name);
        pod.filter(|pod| is_same(&pod.meta, target))
            .ok_or_else(|| PlanRefusal::NotThere {
                object: target.to_string(),
            })
    }

    /// The autoscaler that sets the replicas of a workload.
    pub(crate) fn autoscaler_of(
        &self,
        workload: &ObjectRef,
    ) -> Option<&'a HorizontalPodAutoscaler> {
        let mut all = self.view.snapshot.autoscalers.iter();
        all.find(|known| {
            let aim = &known.spec.scale_target_ref;
            *known.meta.namespace == *workload.namespace
                && aim.name == *workload.name
                && aim.kind == *workload.kind.name()
        })
    }

    /// What a plan that replaces Pods relies on. The number of replicas is the business of the
    /// autoscaler where there is one: its changes are no drift.
    pub(crate) fn relied_on(&self, rollout: &Rollout<'_>) -> &'static [&'static str] {
        match self.autoscaler_of(&rollout.object) {
            Some(_) => &["/spec/template"],
            None => &["/spec/template", "/spec/replicas"],
        }
    }

    /// Refuses to take a Node away from a cluster that has few.
    pub(crate) fn can_spare(&self, target: &Node) -> Result<(), PlanRefusal> {
        self.needs(Kind::Node)?;
        let nodes = &self.view.snapshot.nodes;
        let ready = |node: &&Node| node.condition("Ready").is_some_and(Condition::is_true);
        let healthy = nodes.iter().filter(ready).count();
        if healthy * 100 < nodes.len() * HEALTHY_PERCENT {
            let because = format!(
                "only {healthy} of {} Nodes are Ready; with fewer than {HEALTHY_PERCENT} % none is taken away",
                nodes.len()
            );
            return Err(PlanRefusal::Unsafe { because });
        }
        let mut others = nodes.iter().filter(ready);
        if others.any(|node| node.meta.name != target.meta.name && !node.spec.unschedulable) {
            return Ok(());
        }
        let because = "no other Ready Node takes Pods".to_owned();
        Err(PlanRefusal::Unsafe { because })
    }

    /// Refuses when a kind was not read completely: what is not known is not planned on.
    pub(crate) fn needs(&self, kind: Kind) -> Result<(), PlanRefusal> {
        let source = dogwatch_model::Source::Objects(kind);
        if self.view.snapshot.ledger.is_complete(source) {
            return Ok(());
        }
        Err(PlanRefusal::NotKnown {
            needs: kind.info().plural.to_owned(),
        })
    }
}

/// True for the incarnation that the target names.
pub(crate) fn is_same(meta: &Meta, target: &Target) -> bool {
    meta.uid.as_str() == target.uid
}

/// Refuses workloads whose controller would not roll a changed template out by itself.
pub(crate) fn check_rolls(rollout: &Rollout<'_>, target: &Target) -> Result<(), PlanRefusal> {
    if rollout.is_paused() {
        let because = format!("{target} is paused and would roll nothing out; resume it first");
        return Err(PlanRefusal::NotSupported { because });
    }
    let held = match rollout.workload {
        _ if rollout.workload.is_on_delete() => Some("its update strategy is OnDelete".to_owned()),
        Workload::StatefulSet(set) if set.spec.update_strategy.rolling_update.partition > 0 => {
            let partition = set.spec.update_strategy.rolling_update.partition;
            Some(format!("its partition {partition} holds Pods back"))
        }
        Workload::Deployment(_) | Workload::StatefulSet(_) | Workload::DaemonSet(_) => None,
    };
    held.map_or(Ok(()), |why| {
        let because = format!("{target} would not replace all of its Pods: {why}");
        Err(PlanRefusal::NotSupported { because })
    })
}
