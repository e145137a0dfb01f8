//! `huawei_list_cce_nodepools`: the pools of the provider of Nodes that is configured.

use dogwatch_model::{
    ports::{NodePool, PortFuture},
    redaction::redact,
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows};

/// Node pools.
#[derive(Debug)]
pub(super) struct ListNodePools;

static META: ActionMeta = ActionMeta {
    name: "huawei_list_cce_nodepools",
    summary: "Lists node pools with their sizes, limits and prices.",
    required: &[],
    effect: Effect::Reads,
};

/// None besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
struct Request {}

impl Action for ListNodePools {
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
            let Request {} = parameters.decode(&META)?;
            let Some(pools) = context.pools else {
                return Ok(nothing(
                    "no provider of Nodes is known: nodePools in the configuration names one, and a recording has none",
                ));
            };
            Ok(match pools.pools().await {
                Ok(pools) => rows::map(json!({
                    "success": true,
                    "count": pools.len(),
                    "nodepools": pools.iter().map(row).collect::<Vec<_>>(),
                    "warnings": [],
                    "data_gaps": [],
                })),
                Err(error) => nothing(&redact(&error.to_string())),
            })
        })
    }
}

fn row(pool: &NodePool) -> Value {
    json!({
        "nodepool_id": pool.id,
        "name": pool.name,
        "node_count": pool.nodes,
        "min_node_count": pool.min,
        "max_node_count": pool.max,
        "nodes": pool.members,
        "price": pool.price,
    })
}

fn nothing(why: &str) -> Map<String, Value> {
    rows::map(json!({
        "success": false,
        "count": 0,
        "nodepools": [],
        "error": why,
        "warnings": [],
        "data_gaps": [why],
    }))
}
