//! `huawei_get_cce_pvcs` and `huawei_get_cce_pvs`: claims and volumes.

use dogwatch_model::{
    Kind,
    ports::{ListQuery, PortFuture},
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible::number, rows,
};
use crate::collect::read_one;

/// PersistentVolumeClaims.
#[derive(Debug)]
pub(super) struct GetClaims;

/// PersistentVolumes.
#[derive(Debug)]
pub(super) struct GetVolumes;

static CLAIMS: ActionMeta = ActionMeta {
    name: "huawei_get_cce_pvcs",
    summary: "Lists PersistentVolumeClaims.",
    required: &[],
    effect: Effect::Reads,
};

static VOLUMES: ActionMeta = ActionMeta {
    name: "huawei_get_cce_pvs",
    summary: "Lists PersistentVolumes.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Objects that are listed at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    limit: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            limit: 500,
        }
    }
}

impl Action for GetClaims {
    fn meta(&self) -> &'static ActionMeta {
        &CLAIMS
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
        Box::pin(list(
            context,
            parameters,
            &CLAIMS,
            Kind::PersistentVolumeClaim,
        ))
    }
}

impl Action for GetVolumes {
    fn meta(&self) -> &'static ActionMeta {
        &VOLUMES
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
        Box::pin(list(context, parameters, &VOLUMES, Kind::PersistentVolume))
    }
}

async fn list(
    context: &Context<'_>,
    parameters: Parameters,
    meta: &'static ActionMeta,
    kind: Kind,
) -> Result<Map<String, Value>, CallError> {
    let request: Request = parameters.decode(meta)?;
    let mut query = ListQuery::all(kind);
    query.namespace = request.namespace.filter(|_| kind.info().namespaced);
    let snapshot = read_one(context.reader, query, context.now).await;
    let (name, mut found): (&str, Vec<Value>) = if kind == Kind::PersistentVolume {
        ("pvs", snapshot.volumes.iter().map(rows::volume).collect())
    } else {
        ("pvcs", snapshot.claims.iter().map(rows::claim).collect())
    };
    let total = found.len();
    found.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));
    let mut warnings = Vec::new();
    if found.len() < total {
        warnings.push(format!("{} of {total} are listed", found.len()));
    }
    let gaps = rows::data_gaps(&snapshot);
    Ok(rows::map(json!({
        "success": gaps.is_empty(),
        "count": total,
        name: found,
        "warnings": warnings,
        "data_gaps": gaps,
    })))
}
