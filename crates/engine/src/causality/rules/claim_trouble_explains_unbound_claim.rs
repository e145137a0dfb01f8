#![doc = include_str!("claim_trouble_explains_unbound_claim.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, RuleId, SchedulingFinding, StorageFinding,
};

use super::super::{Key, Rule, RuleMeta, key::pod_of};
use crate::View;

/// A claim that gets no volume keeps the Pods that mount it unplaced.
#[derive(Debug)]
pub(crate) struct ClaimTroubleExplainsUnboundClaim;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("claim-trouble-explains-unbound-claim"),
    because: "the Pod mounts this claim",
    strength: EdgeStrength::Hard,
    casebook: include_str!("claim_trouble_explains_unbound_claim.md"),
};

impl Rule for ClaimTroubleExplainsUnboundClaim {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Storage(kind)
                if finding.object.kind == Kind::PersistentVolumeClaim
                    && keeps_from_volume(kind) =>
            {
                vec![Key::Claim(
                    finding.object.namespace.clone(),
                    finding.object.name.clone(),
                )]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let waits = matches!(
            finding.kind,
            FindingKind::Scheduling(
                SchedulingFinding::PvcUnbound
                    | SchedulingFinding::PvNoneToBind
                    | SchedulingFinding::PvcLostPv
                    | SchedulingFinding::PvcMissing
                    | SchedulingFinding::PvcDeleting
            )
        );
        let Some(pod) = pod_of(view, finding).filter(|_| waits) else {
            return Vec::new();
        };
        // Of some predicates the scheduler names the claim: then no other one is meant.
        let is_named = matches!(
            finding.kind,
            FindingKind::Scheduling(
                SchedulingFinding::PvcLostPv
                    | SchedulingFinding::PvcMissing
                    | SchedulingFinding::PvcDeleting
            )
        );
        let claims = pod.spec.claims();
        claims
            .filter(|name| !is_named || finding.detail.contains(&format!("\"{name}\"")))
            .map(|name| Key::Claim(pod.meta.namespace.clone(), name.into()))
            .collect()
    }
}

/// A claim that waits for its Pod, or that has its volume, is not the reason.
fn keeps_from_volume(kind: StorageFinding) -> bool {
    !matches!(
        kind,
        StorageFinding::WaitForFirstConsumer
            | StorageFinding::ExpandFailed
            | StorageFinding::ExpandNotAllowed
            | StorageFinding::FileSystemResizePending
            | StorageFinding::VolumeAbnormal
    )
}
