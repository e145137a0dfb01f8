//! What a call wants of an autoscaler.

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{RemedyRequest, Target, UtilizationAim},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Otherwise, Wanted, given};
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

/// Share of the requested CPU that a new autoscaler aims at, in percent, where the call names none: it
/// leaves room for what comes while new Pods start.
const USUAL: i64 = 70;

/// Parameters of an autoscaler, one that is there or a new one.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Hpa {
    /// Name of the workload. Its autoscaler is changed; where it has none, one is made.
    workload_name: String,
    /// Namespace.
    namespace: String,
    /// Name of the autoscaler; a new one is called like the workload when absent.
    #[serde(rename = "hpa_name")]
    autoscaler: Option<String>,
    /// New minimum.
    #[serde(deserialize_with = "flexible::number")]
    min_replicas: u32,
    /// New maximum.
    #[serde(deserialize_with = "flexible::number")]
    max_replicas: u32,
    /// Kind of the workload; Deployment when absent.
    workload_type: Option<String>,
    /// Share of the requested CPU to aim at, in percent; what is absent stays, and is 70 for
    /// a new autoscaler without any aim.
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
        let aims: Vec<UtilizationAim> = aims.into_iter().flatten().collect();
        let kind = flexible::workload_kind(asked.workload_type.as_deref(), meta)?;
        let workload = ObjectRef::named(kind, &asked.namespace, &asked.workload_name);
        let given_name = asked.autoscaler;
        let name = given_name.clone().unwrap_or(asked.workload_name);
        let target = ObjectRef::named(Kind::HorizontalPodAutoscaler, &asked.namespace, &name);
        let (min, max) = (asked.min_replicas.into(), asked.max_replicas.into());
        let behavior = behavior(&asked.behavior, meta)?;
        let change = RemedyRequest::BoundAutoscaler {
            autoscaler: Target::of(&target),
            min: Some(min),
            max: Some(max),
            aims: aims.clone(),
            behavior: behavior.clone(),
        };
        let make = RemedyRequest::CreateAutoscaler {
            workload: Target::of(&workload),
            name,
            min,
            max,
            aims: or_usual(aims),
            behavior,
        };
        let mut wanted = Wanted::new(change, target, asked.confirm);
        wanted.otherwise = Some(Otherwise {
            workload,
            is_kind_given: asked.workload_type.is_some(),
            given_name,
            request: make,
        });
        Ok(wanted)
    }
}

fn or_usual(mut aims: Vec<UtilizationAim>) -> Vec<UtilizationAim> {
    if aims.is_empty() {
        aims.push(UtilizationAim {
            resource: "cpu".to_owned(),
            percent: USUAL,
        });
    }
    aims
}
