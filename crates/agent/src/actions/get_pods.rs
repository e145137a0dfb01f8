//! `huawei_get_cce_pods`: Pods with the state of their containers.

use dogwatch_model::{
    Kind,
    ports::{ListQuery, PortFuture},
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows};
use crate::collect::read_one;

/// Pods with the state of their containers.
#[derive(Debug)]
pub(super) struct GetPods;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_cce_pods",
    summary: "Lists Pods with the state of their containers.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Label selector.
    labels: Option<String>,
    /// Label selector, the other spelling.
    label_selector: Option<String>,
}

impl Action for GetPods {
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
            let mut query = ListQuery::all(Kind::Pod);
            query.namespace = request.namespace;
            query.label_selector = request.labels.or(request.label_selector);
            let snapshot = read_one(context.reader, query, context.now).await;
            let pods: Vec<Value> = snapshot.pods.iter().map(rows::pod).collect();
            let gaps = rows::data_gaps(&snapshot);
            Ok(rows::map(json!({
                "success": gaps.is_empty(),
                "count": pods.len(),
                "pods": pods,
                "data_gaps": gaps,
            })))
        })
    }
}
