//! `huawei_get_aom_metrics`: what any query says over time.

use core::time::Duration;

use dogwatch_model::ports::PortFuture;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, analysed, contract,
    flexible::number, rows,
};
use crate::{collect::earlier, metrics::NO_SOURCE};

/// What any query says over time.
#[derive(Debug)]
pub(super) struct AomMetrics;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_aom_metrics",
    summary: "What a PromQL query says over time: numbers, changes of level, trend.",
    required: &["aom_instance_id", "query"],
    effect: Effect::Reads,
};

/// Series that are listed.
const LISTED: usize = 50;

/// Parameters, besides the region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// The instance; its address is that of the configured metrics source.
    aom_instance_id: String,
    /// The query.
    query: String,
    /// First point: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or seconds since 1970.
    start: Option<Value>,
    /// Last point; now when absent.
    end: Option<Value>,
    /// Seconds between two points.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    step: u32,
    /// Hours before the end, when no start is given.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            aom_instance_id: String::new(),
            query: String::new(),
            start: None,
            end: None,
            step: 60,
            hours: 1,
        }
    }
}

impl Action for AomMetrics {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn place(&self) -> &'static [&'static str] {
        &["region"]
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
            let now = context.reader.facts().now.unwrap_or(context.now);
            let end = time("end", request.end.as_ref())?.unwrap_or(now);
            let span = SignedDuration::from_hours(i64::from(request.hours.max(1)));
            let start = time("start", request.start.as_ref())?;
            let start = start.unwrap_or_else(|| earlier(end, span));
            Ok(answer(context, &request, start, end).await)
        })
    }
}

async fn answer(
    context: &Context<'_>,
    request: &Request,
    start: Timestamp,
    end: Timestamp,
) -> Map<String, Value> {
    let Some(metrics) = context.metrics else {
        return rows::map(json!({"success": false, "error": NO_SOURCE}));
    };
    let step = Duration::from_secs(u64::from(request.step.max(1)));
    match metrics.range(&request.query, start, end, step).await {
        Ok(series) => {
            let listed: Vec<Value> = series.iter().take(LISTED).map(analysed::row).collect();
            let mut gaps = Vec::new();
            if series.len() > LISTED {
                gaps.push(format!(
                    "{} more series are not listed",
                    series.len() - LISTED
                ));
            }
            rows::map(json!({
                "success": true,
                "aom_instance_id": request.aom_instance_id,
                "query": request.query,
                "time_window": {"start": start, "end": end, "step_seconds": request.step.max(1)},
                "state": if listed.is_empty() { "no data" } else { "ok" },
                "series": listed,
                "data_gaps": gaps,
            }))
        }
        Err(error) => rows::map(json!({"success": false, "error": error})),
    }
}

/// A time in one of the forms that people and tools write.
fn time(name: &str, value: Option<&Value>) -> Result<Option<Timestamp>, CallError> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    };
    let seconds = || Timestamp::from_second(text.parse().ok()?).ok();
    let plain = || {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let read: Option<Timestamp> = text.parse().ok();
    let read = read.or_else(seconds).or_else(plain);
    read.map(Some).ok_or_else(|| {
        CallError::unusable(
            META.name,
            format!("{name}: {text:?} is no time such as 2026-01-02T03:04:05Z"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let wanted: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        for value in [
            json!("2026-01-02T03:04:05Z"),
            json!("2026-01-02T11:04:05+08:00"),
            json!("2026-01-02 03:04:05"),
            json!("1767323045"),
            json!(1_767_323_045),
        ] {
            assert_eq!(time("end", Some(&value)).unwrap(), Some(wanted), "{value}");
        }
        assert_eq!(time("end", None).unwrap(), None);
        assert!(time("end", Some(&json!("yesterday"))).is_err());
    }
}
