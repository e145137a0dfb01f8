//! `huawei_get_cce_events`: Events, newest first.

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

/// Events, newest first.
#[derive(Debug)]
pub(super) struct GetEvents;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_cce_events",
    summary: "Lists Events, newest first.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Events that are listed at most.
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

impl Action for GetEvents {
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
            let mut query = ListQuery::all(Kind::Event);
            query.namespace = request.namespace;
            let snapshot = read_one(context.reader, query, context.now).await;
            let mut events: Vec<_> = snapshot.events.iter().collect();
            events.sort_by_key(|event| core::cmp::Reverse((event.last_seen, &event.uid)));
            let total = events.len();
            events.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));
            let mut warnings = Vec::new();
            if events.len() < total {
                warnings.push(format!("{} of {total} Events are listed", events.len()));
            }
            let gaps = rows::data_gaps(&snapshot);
            Ok(rows::map(json!({
                "success": gaps.is_empty(),
                "count": total,
                "events": events.iter().map(|event| rows::event(event)).collect::<Vec<_>>(),
                "warnings": warnings,
                "data_gaps": gaps,
            })))
        })
    }
}
