//! `huawei_generate_cce_hpa_manifest`: the manifest of an autoscaler, to look at. Nothing is written.

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    ports::{ListQuery, PortFuture},
    snapshot::{Container, Template},
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{number, workload_kind},
    rows,
};
use crate::collect::read_one;

/// The manifest of an autoscaler.
#[derive(Debug)]
pub(super) struct HpaManifest;

static META: ActionMeta = ActionMeta {
    name: "huawei_generate_cce_hpa_manifest",
    summary: "The manifest of a HorizontalPodAutoscaler for a workload, to look at.",
    required: &["workload_name", "namespace", "min_replicas", "max_replicas"],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster. Shares are in percent of the requests.
#[derive(Debug, Deserialize, JsonSchema)]
struct Request {
    /// Name of the workload.
    workload_name: String,
    /// Namespace.
    namespace: String,
    /// Its kind; Deployment when absent.
    workload_type: Option<String>,
    /// Name of the autoscaler; that of the workload when absent.
    hpa_name: Option<String>,
    /// Fewest replicas.
    #[serde(deserialize_with = "number")]
    min_replicas: u32,
    /// Most replicas.
    #[serde(deserialize_with = "number")]
    max_replicas: u32,
    /// Share of the requested CPU that is aimed at; 0 for none.
    #[serde(default = "usual", deserialize_with = "number")]
    target_cpu_utilization: u32,
    /// Share of the requested memory that is aimed at; 0 for none.
    #[serde(default, deserialize_with = "number")]
    target_memory_utilization: u32,
}

/// Leaves room for what comes while new Pods start.
const fn usual() -> u32 {
    70
}

impl Action for HpaManifest {
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
            let asked: Request = parameters.decode(&META)?;
            let kind = workload_kind(asked.workload_type.as_deref(), &META)?;
            check(kind, &asked)?;
            let target = ObjectRef::named(kind, &asked.namespace, &asked.workload_name);
            let query = ListQuery::one(kind, &asked.namespace, &asked.workload_name);
            let snapshot = read_one(context.reader, query, context.now).await;
            let template = template(&snapshot, kind);
            let mut warnings = match template {
                Some(template) => lacking(template, &asked),
                None => vec![format!(
                    "{target} was not found: its requests are not known"
                )],
            };
            if asked.min_replicas == asked.max_replicas {
                warnings.push("minimum and maximum are the same: nothing is scaled".to_owned());
            }
            Ok(rows::map(json!({
                "success": template.is_some(),
                "manifest": manifest(kind, &asked),
                "warnings": warnings,
                "data_gaps": rows::data_gaps(&snapshot),
            })))
        })
    }
}

fn check(kind: Kind, asked: &Request) -> Result<(), CallError> {
    let wrong = if kind == Kind::DaemonSet {
        "a DaemonSet has a Pod per node and cannot be scaled"
    } else if asked.min_replicas == 0 || asked.max_replicas < asked.min_replicas {
        "`min_replicas` is at least 1 and `max_replicas` not below it"
    } else if metrics(asked).is_empty() {
        "at least one of `target_cpu_utilization` and `target_memory_utilization` is above 0"
    } else {
        return Ok(());
    };
    Err(CallError::unusable(META.name, wrong.to_owned()))
}

fn template(snapshot: &Snapshot, kind: Kind) -> Option<&Template> {
    match kind {
        Kind::StatefulSet => Some(&snapshot.stateful_sets.first()?.spec.template),
        _ => Some(&snapshot.deployments.first()?.spec.template),
    }
}

/// Resources that are aimed at, with their shares.
fn metrics(asked: &Request) -> Vec<(&'static str, u32)> {
    let all = [
        ("cpu", asked.target_cpu_utilization),
        ("memory", asked.target_memory_utilization),
    ];
    all.into_iter().filter(|(_, share)| *share > 0).collect()
}

/// Containers whose requests the metrics need: without one the autoscaler never scales.
fn lacking(template: &Template, asked: &Request) -> Vec<String> {
    let lacks = |resource: &str, container: &Container| {
        let needs = &container.resources;
        let amount = needs.requests.get(resource);
        amount.or_else(|| needs.limits.get(resource)).is_none()
    };
    let mut warnings = Vec::new();
    for (resource, _) in metrics(asked) {
        let containers = template.spec.containers.iter();
        for container in containers.filter(|container| lacks(resource, container)) {
            warnings.push(format!(
                "container {} requests no {resource}: the share of it cannot be computed",
                container.name
            ));
        }
    }
    warnings
}

fn manifest(kind: Kind, asked: &Request) -> Value {
    let metrics: Vec<Value> = metrics(asked)
        .into_iter()
        .map(|(name, share)| {
            json!({"type": "Resource", "resource": {"name": name,
                "target": {"type": "Utilization", "averageUtilization": share}}})
        })
        .collect();
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": asked.hpa_name.as_ref().unwrap_or(&asked.workload_name),
            "namespace": asked.namespace,
        },
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind.name(),
                "name": asked.workload_name},
            "minReplicas": asked.min_replicas,
            "maxReplicas": asked.max_replicas,
            "metrics": metrics,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(cpu: u32, memory: u32) -> Request {
        Request {
            workload_name: "api".to_owned(),
            namespace: "shop".to_owned(),
            workload_type: None,
            hpa_name: None,
            min_replicas: 2,
            max_replicas: 5,
            target_cpu_utilization: cpu,
            target_memory_utilization: memory,
        }
    }

    #[test]
    fn a_share_of_what_is_not_requested_is_warned_of() {
        let template: Template = serde_json::from_str(
            r#"{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"1"}}}]}}"#,
        )
        .unwrap();
        assert_eq!(lacking(&template, &asked(70, 0)), Vec::<String>::new());
        let warnings = lacking(&template, &asked(70, 80));
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].contains("app requests no memory"),
            "{warnings:?}"
        );
    }

    #[test]
    fn what_no_autoscaler_can_be_is_refused() {
        assert!(check(Kind::Deployment, &asked(70, 0)).is_ok());
        assert!(check(Kind::DaemonSet, &asked(70, 0)).is_err());
        assert!(check(Kind::Deployment, &asked(0, 0)).is_err());
        let upside_down = Request {
            max_replicas: 1,
            ..asked(70, 0)
        };
        assert!(check(Kind::Deployment, &upside_down).is_err());
    }

    #[test]
    fn the_manifest_is_of_the_stable_api() {
        let manifest = manifest(Kind::StatefulSet, &asked(60, 80));
        assert_eq!(manifest["apiVersion"], "autoscaling/v2");
        assert_eq!(manifest["spec"]["scaleTargetRef"]["kind"], "StatefulSet");
        let metrics = manifest["spec"]["metrics"].as_array().unwrap();
        let shares: Vec<&Value> = metrics
            .iter()
            .map(|metric| &metric["resource"]["target"]["averageUtilization"])
            .collect();
        assert_eq!(shares, [&json!(60), &json!(80)]);
    }
}
