//! `huawei_delete_cce_cluster`: known, and never done.

use dogwatch_model::ports::PortFuture;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible,
};
use super::answer;

/// Deletes nothing: with a cluster go its Namespaces, claims and volumes, which no remedy may delete.
#[derive(Debug)]
pub(in super::super) struct DeleteCluster;

static META: ActionMeta = ActionMeta {
    name: "huawei_delete_cce_cluster",
    summary: "Refused: a cluster is never deleted here.",
    required: &[],
    effect: Effect::Writes,
};

/// None besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
struct Request {
    /// Changes nothing: it is refused all the same.
    #[serde(default, rename = "confirm", deserialize_with = "flexible::flag")]
    _confirm: bool,
}

impl Action for DeleteCluster {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::Remediation)
    }

    fn run<'a>(
        &'a self,
        _context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let _: Request = parameters.decode(&META)?;
            Ok(answer::forbidden(
                META.name,
                "a cluster is never deleted here: its Namespaces, claims and volumes would go with it; use the provider's own tools, or huawei_hibernate_cce_cluster to stop it",
            ))
        })
    }
}
