//! LimitRanges: how small and how large containers, Pods and claims may be.

use dogwatch_model::{
    Snapshot,
    snapshot::{LimitRange, LimitRangeItem},
    wire::{Quantity, Text},
};

use super::{Bound, Rejection};
use crate::capacity::{
    Ask,
    admitted::Admitted,
    amounts::{containers, of_containers},
};

/// Request and limit of one subject for one resource; `None` when not stated.
#[derive(Debug, Clone, Copy)]
struct Stated {
    request: Option<Quantity>,
    limit: Option<Quantity>,
}

/// Every bound that is not kept.
pub(super) fn broken(snapshot: &Snapshot, ask: &Ask<'_>, pod: &Admitted<'_>) -> Vec<Rejection> {
    let ranges = snapshot.limit_ranges.iter();
    let here = ranges.filter(|range| range.meta.namespace == *pod.namespace);
    let items = here.flat_map(|range| range.spec.limits.iter().map(move |item| (range, item)));
    items
        .flat_map(|(range, item)| match &*item.kind {
            "Container" => of_each_container(range, item, pod),
            "Pod" => of_pod(range, item, pod),
            "PersistentVolumeClaim" => of_claims(range, item, ask),
            _ => Vec::new(),
        })
        .collect()
}

fn of_each_container(
    range: &LimitRange,
    item: &LimitRangeItem,
    pod: &Admitted<'_>,
) -> Vec<Rejection> {
    containers(&pod.spec)
        .flat_map(|container| {
            let stated = |resource: &str| Stated {
                request: container.resources.requests.get(resource),
                limit: container.resources.limits.get(resource),
            };
            judge(range, item, &container.name, stated)
        })
        .collect()
}

fn of_pod(range: &LimitRange, item: &LimitRangeItem, pod: &Admitted<'_>) -> Vec<Rejection> {
    let some = |amount: Quantity| (amount != Quantity::default()).then_some(amount);
    let stated = |resource: &str| Stated {
        request: some(of_containers(&pod.spec, resource, |needs| &needs.requests)),
        limit: some(of_containers(&pod.spec, resource, |needs| &needs.limits)),
    };
    judge(range, item, &Text::default(), stated)
}

/// Claims have requests only.
fn of_claims(range: &LimitRange, item: &LimitRangeItem, ask: &Ask<'_>) -> Vec<Rejection> {
    let claims = ask.claims.iter().flat_map(|claims| claims.templates);
    claims
        .flat_map(|claim| {
            let size = |resource: &str| claim.spec.resources.requests.get(resource);
            let stated = |resource: &str| Stated {
                request: size(resource),
                limit: size(resource),
            };
            judge(range, item, &claim.metadata.name, stated)
        })
        .collect()
}

/// Holds what is stated against every bound of a limit.
fn judge(
    range: &LimitRange,
    item: &LimitRangeItem,
    subject: &Text,
    stated: impl Fn(&str) -> Stated,
) -> Vec<Rejection> {
    let bounds = [
        (Bound::Minimum, &item.min),
        (Bound::Maximum, &item.max),
        (Bound::Ratio, &item.max_limit_request_ratio),
    ];
    let all = bounds
        .iter()
        .flat_map(|(bound, list)| list.iter().map(move |(name, limit)| (*bound, name, limit)));
    all.filter_map(|(bound, resource, limit)| {
        let found = broken_by(bound, limit, stated(resource))?;
        Some(Rejection::Limit {
            limit_range: range.meta.name.clone(),
            scope: item.kind.clone(),
            subject: subject.clone(),
            resource: resource.into(),
            bound,
            limit,
            found,
        })
    })
    .collect()
}

/// What breaks a bound: an amount, or `None` because nothing is stated.
#[allow(clippy::option_option)] // kept, broken by nothing stated, broken by an amount
fn broken_by(bound: Bound, limit: Quantity, stated: Stated) -> Option<Option<Quantity>> {
    match bound {
        Bound::Minimum => match stated.request {
            None => Some(None),
            Some(request) if request < limit => Some(Some(request)),
            Some(_) => stated.limit.filter(|stated| *stated < limit).map(Some),
        },
        Bound::Maximum => match stated.limit {
            None => Some(None),
            Some(stated) if stated > limit => Some(Some(stated)),
            Some(_) => stated.request.filter(|stated| *stated > limit).map(Some),
        },
        Bound::Ratio => {
            let (Some(request), Some(stated)) = (stated.request, stated.limit) else {
                return Some(None);
            };
            if request.milli() <= 0 || stated.milli() <= 0 {
                return Some(None);
            }
            let ratio = stated.milli().saturating_mul(1000);
            let allowed = request.milli().saturating_mul(limit.milli());
            (ratio > allowed).then(|| Some(Quantity::from_milli(ratio / request.milli())))
        }
    }
}
