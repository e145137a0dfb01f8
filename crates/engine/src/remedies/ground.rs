//! What a remedy may look at.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{PlanRefusal, Target},
    ports::NodePool,
    snapshot::{HorizontalPodAutoscaler, Meta, Node, Pod},
};

use crate::{rollout::Rollout, view::View};

/// The snapshot, its derivations, and what is known beyond the cluster.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The snapshot and what was derived from it.
    pub view: &'a View<'a>,
    /// Node pools of the provider; `None` when no provider is configured.
    pub pools: Option<&'a [NodePool]>,
    /// Labels by which a provider runs Pods on serverless capacity; `None` when there is none.
    pub burst: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Ground<'a> {
    /// The rollout of a workload, of exactly this incarnation.
    pub(crate) fn rollout(&self, target: &Target) -> Result<&'a Rollout<'a>, PlanRefusal> {
        let gone = || PlanRefusal::NotThere {
            object: target.to_string(),
        };
        let object = target.object().ok_or_else(gone)?;
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
    target.uid.is_empty() || meta.uid.as_str() == target.uid
}
