//! `huawei_dependency_impact_analyze`: who stands before and behind a workload. Static topology: it does
//! not prove that anybody calls.

use std::collections::BTreeSet;

use dogwatch_model::{
    Snapshot,
    ports::PortFuture,
    snapshot::{Ingress, Pod, Service},
};
use schemars::{Schema, schema_for};
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, root_cause::Request,
    rows, trace,
};
use crate::collect::Limits;

/// Who stands before and behind a workload.
#[derive(Debug)]
pub(super) struct DependencyImpact;

static META: ActionMeta = ActionMeta {
    name: "huawei_dependency_impact_analyze",
    summary: "Services, Ingresses and references around a workload, and how exposed it is.",
    required: &[],
    effect: Effect::Reads,
};

impl Action for DependencyImpact {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::Rows)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            let snapshot = context
                .read(request.namespace.as_deref(), Limits::default())
                .await;
            let asked = format!("{:?}/{:?}", request.namespace, request.workload_name);
            let mut answer = rows::map(impact(&snapshot, &request));
            answer.insert("success".to_owned(), json!(true));
            answer.insert(
                "analysis_trace_id".to_owned(),
                json!(trace::id("DIA", snapshot.captured_at, &asked)),
            );
            answer.insert("data_gaps".to_owned(), json!(rows::data_gaps(&snapshot)));
            Ok(answer)
        })
    }
}

/// Pods of the target, what leads to them, what they refer to, and the score.
pub(super) fn impact(snapshot: &Snapshot, request: &Request) -> Value {
    let pods: Vec<&Pod> = snapshot
        .pods
        .iter()
        .filter(|pod| is_target(pod, request) && !pod.is_finished())
        .collect();
    let services: Vec<&Service> = snapshot
        .services
        .iter()
        .filter(|service| pods.iter().any(|pod| selects(service, pod)))
        .collect();
    let ingresses: Vec<&Ingress> = snapshot
        .ingresses
        .iter()
        .filter(|ingress| services.iter().any(|service| leads_to(ingress, service)))
        .collect();
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    let exposure = services.len() + 2 * ingresses.len();
    let (risk, score) = risk(pods.len(), ready, exposure);
    json!({
        "risk_level": risk,
        "risk_score": score,
        "exposure": exposure,
        "target_pods": pods.len(),
        "ready_pods": ready,
        "services": services.iter().map(|service| service_row(snapshot, service)).collect::<Vec<_>>(),
        "ingresses": ingresses.iter().map(|ingress| json!({
            "namespace": ingress.meta.namespace, "name": ingress.meta.name,
        })).collect::<Vec<_>>(),
        "references": references(&pods),
        "paths": paths(&services, &ingresses, &pods),
        "mermaid": mermaid(&services, &ingresses, &pods),
        "note": "static topology from selectors, backends and references; it does not prove that anybody calls",
    })
}

/// The steps of the score: unready Pods weigh more than exposure.
const fn risk(pods: usize, ready: usize, exposure: usize) -> (&'static str, u8) {
    match (pods, ready, exposure) {
        (0, _, _) => ("Unknown", 30),
        (_, 0, 2..) => ("High", 88),
        (_, 0, _) => ("High", 78),
        _ if ready < pods && exposure >= 2 => ("Medium", 64),
        _ if ready < pods => ("Medium", 55),
        (_, _, 2..) => ("Low", 35),
        _ => ("Low", 25),
    }
}

fn is_target(pod: &Pod, request: &Request) -> bool {
    let in_place = request
        .namespace
        .as_deref()
        .is_none_or(|namespace| pod.meta.namespace == *namespace);
    let Some(name) = request.workload_name.as_deref() else {
        return in_place;
    };
    let owner = pod.meta.controller();
    let is_owned = owner.is_some_and(|owner| {
        // A Deployment owns its Pods through a ReplicaSet whose name ends with a hash.
        let set = owner
            .name
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('-'));
        owner.name == *name
            || owner.kind == "ReplicaSet" && set.is_some_and(|hash| !hash.contains('-'))
    });
    in_place && (pod.meta.name == *name || is_owned)
}

fn selects(service: &Service, pod: &Pod) -> bool {
    !service.spec.selector.is_empty()
        && service.meta.namespace == pod.meta.namespace
        && service
            .spec
            .selector
            .iter()
            .all(|(key, value)| pod.meta.labels.get(key) == Some(value))
}

fn leads_to(ingress: &Ingress, service: &Service) -> bool {
    let rules = ingress
        .spec
        .rules
        .iter()
        .flat_map(|rule| rule.http.paths.iter());
    let backends = rules
        .map(|path| &path.backend)
        .chain(ingress.spec.default_backend.as_ref());
    let mut named = backends.filter_map(|backend| backend.service.as_ref());
    ingress.meta.namespace == service.meta.namespace
        && named.any(|backend| backend.name == service.meta.name)
}

/// A Service with its endpoints as the slices say: selected Pods alone do not make it serve.
fn service_row(snapshot: &Snapshot, service: &Service) -> Value {
    let slices = snapshot.endpoint_slices.iter().filter(|slice| {
        slice.meta.namespace == service.meta.namespace
            && slice.meta.labels.get("kubernetes.io/service-name") == Some(&*service.meta.name)
    });
    let mut known = false;
    let mut ready = 0;
    for slice in slices {
        known = true;
        ready += slice
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.conditions.ready != Some(false))
            .count();
    }
    json!({
        "namespace": service.meta.namespace,
        "name": service.meta.name,
        "ready_endpoints": known.then_some(ready),
        "state": match (known, ready) {
            (false, _) => "unknown",
            (true, 0) => "exposed and down",
            _ => "serving",
        },
    })
}

/// ConfigMaps, Secrets and claims that the Pods mount, by name.
fn references(pods: &[&Pod]) -> Value {
    let mut names: BTreeSet<(&'static str, &str)> = BTreeSet::new();
    for volume in pods.iter().flat_map(|pod| pod.spec.volumes.iter()) {
        let claim = volume.persistent_volume_claim.as_ref();
        names.extend(claim.map(|claim| ("PersistentVolumeClaim", &*claim.claim_name)));
        names.extend(
            volume
                .config_map
                .as_ref()
                .map(|map| ("ConfigMap", &*map.name)),
        );
        names.extend(
            volume
                .secret
                .as_ref()
                .map(|secret| ("Secret", &*secret.secret_name)),
        );
    }
    let rows = names
        .into_iter()
        .map(|(kind, name)| json!({"kind": kind, "name": name}));
    Value::Array(rows.collect())
}

fn paths(services: &[&Service], ingresses: &[&Ingress], pods: &[&Pod]) -> Value {
    let mut paths = Vec::new();
    for service in services {
        let to = &service.meta.name;
        for ingress in ingresses
            .iter()
            .filter(|ingress| leads_to(ingress, service))
        {
            paths.push(json!({
                "type": "upstream-to-target", "path": [ingress.meta.name, to, "Pods"],
            }));
        }
        paths.push(json!({"type": "cluster-to-target", "path": [to, "Pods"]}));
    }
    if services.is_empty() && !pods.is_empty() {
        paths.push(json!({"type": "direct-pod", "path": ["Pods"]}));
    }
    Value::Array(paths)
}

fn mermaid(services: &[&Service], ingresses: &[&Ingress], pods: &[&Pod]) -> String {
    let mut lines = vec!["flowchart LR".to_owned()];
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    lines.push(format!("  pods[\"{ready} of {} Pods ready\"]", pods.len()));
    for (at, service) in services.iter().enumerate() {
        lines.push(format!(
            "  s{at}[\"Service {}\"] --> pods",
            service.meta.name
        ));
        for (number, ingress) in ingresses.iter().enumerate() {
            if leads_to(ingress, service) {
                lines.push(format!(
                    "  i{number}[\"Ingress {}\"] --> s{at}",
                    ingress.meta.name
                ));
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_follows_its_steps() {
        for ((pods, ready, exposure), score) in [
            ((0, 0, 5), 30),
            ((2, 0, 2), 88),
            ((2, 0, 1), 78),
            ((2, 1, 2), 64),
            ((2, 1, 0), 55),
            ((2, 2, 2), 35),
            ((2, 2, 1), 25),
        ] {
            assert_eq!(
                risk(pods, ready, exposure).1,
                score,
                "{pods} {ready} {exposure}"
            );
        }
    }
}
