//! `huawei_network_diagnose`: Services, endpoints and the Pod network of a Namespace.

use dogwatch_engine::report::inspection;
use dogwatch_model::ports::PortFuture;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows};
use crate::collect::Limits;

/// Services, endpoints and the Pod network of a Namespace.
#[derive(Debug)]
pub(super) struct NetworkDiagnose;

static META: ActionMeta = ActionMeta {
    name: "huawei_network_diagnose",
    summary: "Diagnoses Services without ready endpoints and Pods without a network.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Only what concerns this workload.
    workload_name: Option<String>,
    /// Only this Service.
    service_name: Option<String>,
}

impl Action for NetworkDiagnose {
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
            let report = inspection(&snapshot, request.namespace.as_deref().unwrap_or("*"));
            let network: Vec<usize> = report
                .findings
                .iter()
                .filter(|cause| {
                    let id = cause.check.as_str();
                    id.starts_with("network/") || id.starts_with("addon/")
                })
                .filter(|cause| {
                    let owner = cause.owner.as_ref().map(|owner| &*owner.name);
                    let about = |name: &String| cause.object.name == **name || owner == Some(name);
                    request.service_name.as_ref().is_none_or(about)
                        && request.workload_name.as_ref().is_none_or(about)
                })
                .flat_map(|cause| cause.caused_by.iter().copied().chain([cause.rank]))
                .collect();
            // What explains a network finding belongs to the answer.
            let causes: Vec<_> = report
                .findings
                .iter()
                .filter(|cause| network.contains(&cause.rank))
                .collect();
            Ok(rows::map(json!({
                "success": true,
                "services_checked": snapshot.services.len(),
                "top_causes": causes,
                "data_gaps": rows::data_gaps(&snapshot),
            })))
        })
    }
}
