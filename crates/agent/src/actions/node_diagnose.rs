//! `huawei_node_diagnose`: conditions, taints and Pods of one node, or of all.

use dogwatch_engine::report::{inspection, object};
use dogwatch_model::{Kind, ObjectRef, ports::PortFuture};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows};
use crate::collect::{Limits, Scope, Silent, collect};

/// Conditions, taints and Pods of one node, or of all.
#[derive(Debug)]
pub(super) struct NodeDiagnose;

static META: ActionMeta = ActionMeta {
    name: "huawei_node_diagnose",
    summary: "Diagnoses nodes: readiness, pressure, taints, Pod capacity.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this node.
    node_name: Option<String>,
}

impl Action for NodeDiagnose {
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
            let limits = Limits {
                logs: 0,
                ..Limits::default()
            };
            let Some(name) = request.node_name else {
                let snapshot = collect(
                    context.reader,
                    &Scope::Cluster,
                    &limits,
                    &Silent,
                    context.now,
                )
                .await;
                let report = inspection(&snapshot, "*");
                let causes: Vec<_> = report
                    .findings
                    .iter()
                    .filter(|cause| cause.object.kind == Kind::Node)
                    .collect();
                return Ok(rows::map(json!({
                    "success": true,
                    "nodes_checked": snapshot.nodes.len(),
                    "top_causes": causes,
                    "data_gaps": rows::data_gaps(&snapshot),
                })));
            };
            let scope = Scope::Object {
                kind: Kind::Node,
                namespace: String::new(),
                name: name.clone(),
                selector: None,
            };
            let snapshot = collect(context.reader, &scope, &limits, &Silent, context.now).await;
            let report = object(&snapshot, &ObjectRef::named(Kind::Node, "", &name), 20);
            Ok(rows::map(json!({
                "success": !snapshot.nodes.is_empty(),
                "node_name": name,
                "summary": report.summary,
                "top_causes": report.top_causes,
                "handoff": report.handoff,
                "data_gaps": report.data_gaps,
            })))
        })
    }
}
