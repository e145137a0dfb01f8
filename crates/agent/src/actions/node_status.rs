//! `huawei_cce_node_status`: one Node as the API server knows it, with the Pods on it.

use dogwatch_model::{
    Kind, ObjectRef,
    ports::PortFuture,
    redaction::redact,
    snapshot::{Condition, Node, Pod, Taint},
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows};
use crate::collect::{Limits, Scope, Silent, collect};

/// One Node with its Pods.
#[derive(Debug)]
pub(super) struct NodeStatus;

static META: ActionMeta = ActionMeta {
    name: "huawei_cce_node_status",
    summary: "Conditions, taints, versions and Pods of one node.",
    required: &["node_name"],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
struct Request {
    /// Name of the node.
    node_name: String,
}

impl Action for NodeStatus {
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
            let name = parameters.decode::<Request>(&META)?.node_name;
            let scope = Scope::Object {
                kind: Kind::Node,
                namespace: String::new(),
                name: name.clone(),
                selector: None,
            };
            let limits = Limits::default();
            let reading = collect(context.reader, &scope, &limits, &Silent, context.now);
            let snapshot = Box::pin(reading).await;
            let gaps = rows::data_gaps(&snapshot);
            let Some(node) = snapshot.node(&name) else {
                return Ok(rows::map(json!({
                    "success": false,
                    "node_name": name,
                    "error": format!("{} is not there", ObjectRef::named(Kind::Node, "", &name)),
                    "warnings": [],
                    "data_gaps": gaps,
                })));
            };
            let pods = snapshot.pods.iter().filter(|pod| pod.node == *name);
            let mut answer = row(node);
            answer.extend(rows::map(json!({
                "success": true,
                "pods": pods.map(pod_row).collect::<Vec<_>>(),
                "warnings": [],
                "data_gaps": gaps,
            })));
            Ok(answer)
        })
    }
}

fn row(node: &Node) -> Map<String, Value> {
    let conditions: Vec<Value> = node.status.conditions.iter().map(condition).collect();
    let taints: Vec<Value> = node.spec.taints.iter().map(taint).collect();
    rows::map(json!({
        "node_name": node.meta.name,
        "ready": node.condition("Ready").is_some_and(Condition::is_true),
        "unschedulable": node.spec.unschedulable,
        "internal_ip": node.status.internal_ip,
        "kubelet_version": node.status.node_info.kubelet_version,
        "container_runtime_version": node.status.node_info.container_runtime_version,
        "allocatable": node.status.allocatable,
        "capacity": node.status.capacity,
        "created_at": node.meta.created,
        "conditions": conditions,
        "taints": taints,
    }))
}

fn condition(condition: &Condition) -> Value {
    json!({
        "type": condition.kind,
        "status": condition.status,
        "reason": condition.reason,
        "message": redact(&condition.message),
        "since": condition.since,
    })
}

fn taint(taint: &Taint) -> Value {
    json!({
        "key": taint.key,
        "value": taint.value,
        "effect": taint.effect,
        "time_added": taint.time_added,
    })
}

fn pod_row(pod: &Pod) -> Value {
    json!({
        "namespace": pod.meta.namespace,
        "name": pod.meta.name,
        "phase": pod.status.phase,
        "ready": pod.is_ready(),
    })
}
