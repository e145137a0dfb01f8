#![doc = include_str!("unplaced_pod_explains_waiting_claim.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, RuleId, SchedulingFinding, StorageFinding,
};

use super::super::{Key, Rule, RuleMeta, key::pod_of};
use crate::View;

/// A Pod that is not placed explains why its claim waits.
#[derive(Debug)]
pub(crate) struct UnplacedPodExplainsWaitingClaim;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("unplaced-pod-explains-waiting-claim"),
    because: "the Pod mounts the claim, which waits for its node",
    strength: EdgeStrength::Hard,
    casebook: include_str!("unplaced_pod_explains_waiting_claim.md"),
};

impl Rule for UnplacedPodExplainsWaitingClaim {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let about_claim = matches!(
            finding.kind,
            FindingKind::Scheduling(
                SchedulingFinding::PvcUnbound
                    | SchedulingFinding::PvcMissing
                    | SchedulingFinding::PvcDeleting
                    | SchedulingFinding::PvcLostPv
            )
        );
        let FindingKind::Scheduling(_) = finding.kind else {
            return Vec::new();
        };
        let pod = pod_of(view, finding).filter(|_| !about_claim);
        let claims = pod.into_iter().flat_map(|pod| {
            let namespace = &pod.meta.namespace;
            pod.spec
                .claims()
                .map(|name| Key::Claim(namespace.clone(), name.into()))
        });
        claims.collect()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Storage(StorageFinding::WaitForFirstConsumer)
        ) {
            vec![Key::Claim(
                finding.object.namespace.clone(),
                finding.object.name.clone(),
            )]
        } else {
            Vec::new()
        }
    }
}
