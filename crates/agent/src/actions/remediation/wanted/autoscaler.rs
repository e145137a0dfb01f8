//! What a call wants of an autoscaler.

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{RemedyRequest, Target, UtilizationAim},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Wanted, given};
use crate::actions::{ActionMeta, CallError, Parameters, flexible};

/// An object, or one as text.
fn behavior(value: &Value, meta: &'static ActionMeta) -> Result<Option<String>, CallError> {
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    match value {
        Value::Null => Ok(None),
        Value::String(text) if is_json(text) => Ok(Some(text.clone())),
        Value::Object(_) => Ok(Some(value.to_string())),
        _ => {
            let words = "`behavior` is no JSON such as {\"scaleDown\": {}}";
            Err(CallError::unusable(meta.name, words))
        }
    }
}

/// Parameters of a change of an autoscaler's bounds.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Hpa {
    /// Name of the workload; the autoscaler is called like it when `hpa_name` is absent.
    workload_name: String,
    /// Namespace.
    namespace: String,
    /// Name of the autoscaler.
    #[serde(rename = "hpa_name")]
    autoscaler: Option<String>,
    /// New minimum.
    #[serde(deserialize_with = "flexible::number")]
    min_replicas: u32,
    /// New maximum.
    #[serde(deserialize_with = "flexible::number")]
    max_replicas: u32,
    /// Kind of the workload; it does not decide which autoscaler is meant.
    #[serde(rename = "workload_type")]
    _workload_type: Option<String>,
    /// Share of the requested CPU to aim at, in percent; what is absent stays.
    #[serde(default, deserialize_with = "given")]
    target_cpu_utilization: Option<u32>,
    /// How fast it scales, as `spec.behavior` of the object or as its JSON text; what is absent stays.
    #[serde(default)]
    behavior: Value,
    /// Share of the requested memory to aim at, in percent; what is absent stays.
    #[serde(default, deserialize_with = "given")]
    target_memory_utilization: Option<u32>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Hpa {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let aim = |resource: &str, percent: Option<u32>| {
            percent.map(|percent| UtilizationAim {
                resource: resource.to_owned(),
                percent: percent.into(),
            })
        };
        let aims = [
            aim("cpu", asked.target_cpu_utilization),
            aim("memory", asked.target_memory_utilization),
        ];
        let aims = aims.into_iter().flatten().collect();
        let name = asked.autoscaler.unwrap_or(asked.workload_name);
        let target = ObjectRef::named(Kind::HorizontalPodAutoscaler, &asked.namespace, &name);
        Ok(Wanted::new(
            RemedyRequest::BoundAutoscaler {
                autoscaler: Target::of(&target),
                min: Some(asked.min_replicas.into()),
                max: Some(asked.max_replicas.into()),
                aims,
                behavior: behavior(&asked.behavior, meta)?,
            },
            target,
            asked.confirm,
        ))
    }
}
