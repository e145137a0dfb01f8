//! ResourceQuotas: what the Namespace has left for so many Pods and their claims.

use std::collections::BTreeMap;

use dogwatch_model::{
    Snapshot,
    snapshot::{ClaimSpec, PodSpec, ResourceNeeds, ResourceQuota, ScopeExpression},
    wire::{Labels, Quantity, Resources, Text},
};

use super::Rejection;
use crate::capacity::{
    Ask,
    admitted::Admitted,
    amounts::{containers, of_containers, requested},
};

/// Resources that every container has to state when a quota counts them.
const MUST_SPECIFY: [(&str, &str, bool); 6] = [
    ("cpu", "cpu", false),
    ("memory", "memory", false),
    ("requests.cpu", "cpu", false),
    ("requests.memory", "memory", false),
    ("limits.cpu", "cpu", true),
    ("limits.memory", "memory", true),
];

/// What of a class a quota counts, after the name of the class.
const OF_CLASS: &str = ".storageclass.storage.k8s.io/";

/// Every quota of the Namespace that does not let all Pods through.
pub(super) fn exceeded(snapshot: &Snapshot, ask: &Ask<'_>, pod: &Admitted<'_>) -> Vec<Rejection> {
    let of_pod = usage(&pod.spec);
    let of_claims = claims_usage(snapshot, ask);
    let quotas = snapshot.quotas.iter();
    quotas
        .filter(|quota| quota.meta.namespace == *pod.namespace)
        .flat_map(|quota| {
            let is_for_pods = scopes(quota)
                .iter()
                .all(|scope| is_in_scope(scope, &pod.spec));
            let mut found = Vec::new();
            if is_for_pods {
                found.extend(unstated(quota, &pod.spec));
                found.extend(too_much(quota, &of_pod, ask.count));
            }
            if scopes(quota).is_empty() {
                found.extend(too_much(quota, &of_claims, ask.count));
            }
            found
        })
        .collect()
}

/// What one Pod adds to each resource that a quota can count.
fn usage(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    let one = Quantity::from_milli(1000);
    let mut usage = BTreeMap::from([("pods".to_owned(), one), ("count/pods".to_owned(), one)]);
    for name in
        names(spec, |needs| &needs.requests).chain(spec.overhead.iter().map(|(name, _)| name))
    {
        let amount = requested(spec, name);
        usage.insert(format!("requests.{name}"), amount);
        if !name.contains('/') {
            usage.insert(name.to_owned(), amount);
        }
    }
    for name in names(spec, |needs| &needs.limits) {
        let limit = of_containers(spec, name, |needs| &needs.limits);
        let overhead = spec.overhead.get(name).unwrap_or_default();
        usage.insert(format!("limits.{name}"), limit.plus(overhead));
    }
    usage
}

fn names(spec: &PodSpec, pick: fn(&ResourceNeeds) -> &Resources) -> impl Iterator<Item = &str> {
    let whole = spec.resources.as_deref().map(pick);
    let each = containers(spec).map(move |container| pick(&container.resources));
    each.chain(whole)
        .flat_map(|list| list.iter().map(|(name, _)| name))
}

/// What the claims of one Pod add.
fn claims_usage(snapshot: &Snapshot, ask: &Ask<'_>) -> BTreeMap<String, Quantity> {
    let mut usage: BTreeMap<String, Quantity> = BTreeMap::new();
    let templates = ask.claims.iter().flat_map(|claims| claims.templates);
    let ephemeral = ask
        .spec
        .volumes
        .iter()
        .filter_map(|volume| volume.ephemeral.as_deref());
    let specs = templates
        .map(|template| &template.spec)
        .chain(ephemeral.map(|source| &source.volume_claim_template.spec));
    for spec in specs {
        for (name, amount) in claim_usage(snapshot, spec) {
            let sum = usage.entry(name).or_default();
            *sum = sum.plus(amount);
        }
    }
    usage
}

fn claim_usage(snapshot: &Snapshot, spec: &ClaimSpec) -> Vec<(String, Quantity)> {
    let one = Quantity::from_milli(1000);
    let size = spec.resources.requests.get("storage").unwrap_or_default();
    let class = crate::capacity::volumes::class_name(snapshot, spec);
    let mut usage = vec![
        ("persistentvolumeclaims".to_owned(), one),
        ("count/persistentvolumeclaims".to_owned(), one),
        ("requests.storage".to_owned(), size),
    ];
    if !class.is_empty() {
        usage.push((format!("{class}{OF_CLASS}persistentvolumeclaims"), one));
        usage.push((format!("{class}{OF_CLASS}requests.storage"), size));
    }
    usage
}

/// Resources with too little left for all Pods.
fn too_much(
    quota: &ResourceQuota,
    usage: &BTreeMap<String, Quantity>,
    count: u32,
) -> Vec<Rejection> {
    let bounds = quota.status.hard.iter();
    bounds
        .filter_map(|(resource, hard)| {
            let each = *usage.get(resource)?;
            let name = || quota.meta.name.clone();
            let Some(used) = quota.status.used.get(resource) else {
                let resource = Text::from(resource);
                return Some(Rejection::QuotaNotCounted {
                    quota: name(),
                    resource,
                });
            };
            let asked = each.milli().saturating_mul(i128::from(count));
            let left = hard.milli().saturating_sub(used.milli());
            let shortfall = asked.saturating_sub(left);
            (each.milli() > 0 && shortfall > 0).then(|| Rejection::Quota {
                quota: name(),
                resource: resource.into(),
                used,
                hard,
                asked: Quantity::from_milli(asked),
                shortfall: Quantity::from_milli(shortfall),
                admits: u32::try_from(left.max(0) / each.milli()).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// Containers that leave out what the quota counts. A Pod that states it as a whole is excused.
fn unstated(quota: &ResourceQuota, spec: &PodSpec) -> Vec<Rejection> {
    let states_whole = spec
        .resources
        .as_deref()
        .is_some_and(|needs| !needs.requests.is_empty() || !needs.limits.is_empty());
    let counted = MUST_SPECIFY
        .iter()
        .filter(|(name, _, _)| !states_whole && quota.status.hard.get(name).is_some());
    counted
        .flat_map(|(name, resource, is_limit)| {
            let lacking = containers(spec).filter(move |container| {
                let needs = &container.resources;
                let list = if *is_limit {
                    &needs.limits
                } else {
                    &needs.requests
                };
                list.get(resource).is_none()
            });
            lacking.map(|container| Rejection::MustSpecify {
                quota: quota.meta.name.clone(),
                resource: (*name).into(),
                container: container.name.clone(),
            })
        })
        .collect()
}

/// Plain scopes and those with values.
fn scopes(quota: &ResourceQuota) -> Vec<ScopeExpression> {
    let plain = quota.spec.scopes.iter().map(|name| {
        let mut scope = ScopeExpression {
            scope_name: name.clone(),
            ..ScopeExpression::default()
        };
        scope.expression.operator = "Exists".into();
        scope
    });
    let with_values = quota.spec.scope_selector.match_expressions.iter().cloned();
    plain.chain(with_values).collect()
}

fn is_in_scope(scope: &ScopeExpression, spec: &PodSpec) -> bool {
    match &*scope.scope_name {
        "Terminating" => spec.active_deadline_seconds.is_some(),
        "NotTerminating" => spec.active_deadline_seconds.is_none(),
        "BestEffort" => is_best_effort(spec),
        "NotBestEffort" => !is_best_effort(spec),
        "PriorityClass" => is_of_class(scope, &spec.priority_class_name),
        "CrossNamespacePodAffinity" => crosses_namespaces(spec),
        _ => false,
    }
}

/// The class of the Pod, seen as a label that is absent when it names none.
fn is_of_class(scope: &ScopeExpression, class: &Text) -> bool {
    const KEY: &str = "PriorityClass";
    let label = (!class.is_empty()).then(|| (KEY.into(), class.clone()));
    let labels: Labels = label.into_iter().collect();
    let mut expression = scope.expression.clone();
    expression.key = KEY.into();
    expression.matches(&labels)
}

/// No container states anything for CPU or memory.
fn is_best_effort(spec: &PodSpec) -> bool {
    let is_stated = |list: &Resources| {
        ["cpu", "memory"]
            .iter()
            .any(|name| list.get(name).is_some_and(|amount| amount.milli() > 0))
    };
    let mut needs = containers(spec)
        .map(|container| &container.resources)
        .chain(spec.resources.as_deref());
    !needs.any(|needs| is_stated(&needs.requests) || is_stated(&needs.limits))
}

fn crosses_namespaces(spec: &PodSpec) -> bool {
    let Some(affinity) = &spec.affinity else {
        return false;
    };
    let sorts = [&affinity.pod_affinity, &affinity.pod_anti_affinity];
    let mut terms = sorts
        .into_iter()
        .flatten()
        .flat_map(|sort| sort.required.iter());
    terms.any(|term| !term.namespaces.is_empty() || term.namespace_selector.is_some())
}
