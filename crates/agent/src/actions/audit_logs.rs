//! `huawei_query_cce_audit_logs`: who wrote what, by an audit log that the caller gives or the recording
//! holds. Reads, and the cluster's own bookkeeping, are not kept of a log.

use dogwatch_model::{Source, ports::PortFuture, snapshot::AuditRecord};
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{number, stated, words},
    rows,
};
use crate::collect::earlier;

/// Writes that an audit log tells of.
#[derive(Debug)]
pub(super) struct AuditLogs;

static META: ActionMeta = ActionMeta {
    name: "huawei_query_cce_audit_logs",
    summary: "Lists writes of an audit log that is given with audit_log=FILE, newest first.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Begin of the window, RFC 3339; takes the place of `hours`.
    start_time: Option<String>,
    /// End of the window, RFC 3339; the newest write when absent.
    end_time: Option<String>,
    /// Hours before the end that are looked at.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// `pod_delete` or `workload_change`.
    audit_type: Option<String>,
    /// Part of the name of the object.
    resource_name: Option<String>,
    /// Part of the name of who asked.
    user: Option<String>,
    /// Verbs, with commas between them.
    #[serde(alias = "verb", deserialize_with = "words")]
    #[schemars(with = "String")]
    verbs: Vec<String>,
    /// Resources as in URLs, with commas between them.
    #[serde(alias = "resource", deserialize_with = "words")]
    #[schemars(with = "String")]
    resources: Vec<String>,
    /// Only answers with this status code; 0 for all.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    status_code: u32,
    /// Writes that are listed at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    limit: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            start_time: None,
            end_time: None,
            hours: 1,
            audit_type: None,
            resource_name: None,
            user: None,
            verbs: Vec::new(),
            resources: Vec::new(),
            status_code: 0,
            limit: 500,
        }
    }
}

/// Workloads whose writes are a change.
const WORKLOADS: &[&str] = &[
    "deployments",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
];

impl Action for AuditLogs {
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
            let mut history = context.reader.history_at_hand();
            history
                .audit
                .extend(context.past.history.audit.iter().cloned());
            history
                .entries
                .extend(context.past.history.entries.iter().cloned());
            let mut reads = history.entries.iter();
            if !reads.any(|entry| entry.source == Source::AuditLog) {
                return Ok(rows::map(json!({
                    "success": false,
                    "error": "no audit log was given: name one with audit_log=FILE, or put it into audit/ of the recording",
                })));
            }
            let gaps: Vec<String> = history
                .entries
                .iter()
                .filter(|entry| entry.outcome.is_hole())
                .map(dogwatch_model::LedgerEntry::sentence)
                .collect();
            answer(&request, &mut history.audit, &gaps)
        })
    }
}

fn answer(
    request: &Request,
    records: &mut Vec<AuditRecord>,
    gaps: &[String],
) -> Result<Map<String, Value>, CallError> {
    records.sort_by(|one, other| other.cmp(one));
    records.dedup();
    let newest = records.first().map(|record| record.at);
    let (begin, end) = window(request, newest)?;
    // The end itself belongs to the window.
    records.retain(|record| record.at >= begin && record.at <= end && is_meant(request, record));
    let total = records.len();
    records.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));
    let mut warnings = Vec::new();
    if records.len() < total {
        warnings.push(format!("{} of {total} writes are listed", records.len()));
    }
    Ok(rows::map(json!({
        "success": true,
        "count": total,
        "window": {"start": begin, "end": end},
        "audit_logs": records.iter().map(row).collect::<Vec<_>>(),
        "warnings": warnings,
        "data_gaps": gaps,
    })))
}

fn window(
    request: &Request,
    newest: Option<Timestamp>,
) -> Result<(Timestamp, Timestamp), CallError> {
    let read = |name: &str, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|at| stated(&META, name, at)).transpose()
    };
    let end = read("end_time", &request.end_time)?.or(newest);
    let end = end.unwrap_or(Timestamp::MAX);
    let back = SignedDuration::from_hours(i64::from(request.hours));
    let begin = read("start_time", &request.start_time)?;
    Ok((begin.unwrap_or_else(|| earlier(end, back)), end))
}

fn is_meant(request: &Request, record: &AuditRecord) -> bool {
    let holds =
        |part: &Option<String>, text: &str| part.as_ref().is_none_or(|part| text.contains(&**part));
    let listed = |list: &[String], text: &str| list.is_empty() || list.iter().any(|it| it == text);
    let of_type = match request.audit_type.as_deref() {
        Some("pod_delete") => {
            record.resource == "pods" && matches!(&*record.verb, "delete" | "deletecollection")
        }
        Some("workload_change") => WORKLOADS.contains(&&*record.resource),
        _ => true,
    };
    let is_here = |wanted: &String| *record.namespace == **wanted;
    of_type
        && request.namespace.as_ref().is_none_or(is_here)
        && holds(&request.resource_name, &record.name)
        && holds(&request.user, &record.user)
        && listed(&request.verbs, &record.verb)
        && listed(&request.resources, &record.resource)
        && (request.status_code == 0 || request.status_code == u32::from(record.code))
}

fn row(record: &AuditRecord) -> Value {
    json!({
        "time": record.at,
        "verb": record.verb,
        "user": record.user,
        "user_agent": record.user_agent,
        "api_group": record.group,
        "resource": record.resource,
        "subresource": record.subresource,
        "namespace": record.namespace,
        "name": record.name,
        "status_code": record.code,
        "fields": record.fields,
        "has_unread_fields": record.has_more,
    })
}
