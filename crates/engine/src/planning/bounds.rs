//! Bounds of a Namespace that keep a workload from its Pods, raised by exactly what these need.

use dogwatch_model::{
    Finding, Kind,
    plan::{RemedyRequest, Target},
    snapshot::Meta,
};

use crate::{
    cite,
    remedies::{Ground, limit_needed, quota_needed, reasons},
    rollout::Rollout,
};

/// The quota that the API server named, with room for the Pods that it refuses.
pub(super) fn raise_quota(
    ground: &Ground<'_>,
    rollout: &Rollout<'_>,
    finding: &Finding,
) -> Option<RemedyRequest> {
    let mut quotas = ground.view.snapshot.quotas.iter().map(|known| &known.meta);
    let quota = quotas.find(|meta| is_here(meta, rollout) && *meta.name == *finding.detail)?;
    let amounts = quota_needed(&reasons(ground, rollout), &quota.name);
    (!amounts.is_empty()).then(|| RemedyRequest::RaiseQuota {
        quota: Target::of(&cite::object(Kind::ResourceQuota, quota)),
        amounts,
        workload: Target::of(&rollout.object),
    })
}

/// The LimitRange whose maximum the Pods are above, with maxima that they just keep.
pub(super) fn raise_limit(ground: &Ground<'_>, rollout: &Rollout<'_>) -> Option<RemedyRequest> {
    let (name, scope, amounts) = limit_needed(&reasons(ground, rollout))?;
    let ranges = ground.view.snapshot.limit_ranges.iter();
    let mut ranges = ranges.map(|known| &known.meta);
    let range = ranges.find(|meta| is_here(meta, rollout) && *meta.name == *name)?;
    Some(RemedyRequest::RaiseLimit {
        range: Target::of(&cite::object(Kind::LimitRange, range)),
        scope,
        amounts,
        workload: Target::of(&rollout.object),
    })
}

fn is_here(meta: &Meta, rollout: &Rollout<'_>) -> bool {
    meta.namespace == rollout.object.namespace
}
