//! The answers: a preview to confirm, an execution, a refusal.

use dogwatch_model::{
    plan::{Expectation, PlanOption, Previewed},
    ports::store::PlanState,
};
use serde_json::{Map, Value, json};

use super::{super::rows, wanted::Wanted};
use crate::recovery::{Confirmed, Ended, Made, RecoveryError};

/// The answer to a call that was understood.
pub(super) fn of(
    name: &str,
    class: &str,
    wanted: &Wanted,
    confirmed: &Confirmed,
) -> Map<String, Value> {
    let mut answer = match confirmed {
        Confirmed::Preview { made, reason } => preview(name, class, wanted, (made, reason)),
        Confirmed::Executed { made, ended, next } => executed(name, wanted, (made, ended), next),
    };
    if let Some(id) = &wanted.trace_id {
        answer.insert("remediation_trace_id".to_owned(), json!(id));
    }
    answer
}

fn preview(
    name: &str,
    class: &str,
    wanted: &Wanted,
    (made, reason): (&Made, &str),
) -> Map<String, Value> {
    let option = &made.body.option;
    let state = &option.state;
    let observed: Map<String, Value> = option
        .observed
        .iter()
        .map(|observed| {
            let facts = observed.relied_on.iter();
            let facts: Map<String, Value> = facts
                .map(|fact| (fact.field.clone(), json!(fact.value)))
                .collect();
            (
                observed.target.to_string(),
                json!({"uid": observed.target.uid, "fields": facts}),
            )
        })
        .collect();
    rows::map(json!({
        "success": false,
        "requires_confirmation": true,
        "reason": reason,
        "operation": operation(name),
        "warning": format!("Nothing was changed. It would {}.", option.title),
        "namespace": wanted.target.namespace,
        "workload_type": wanted.target.kind.name(),
        "name": wanted.target.name,
        "hint": hint(made, reason),
        "example": format!("dogwatch plan approve {}", made.plan.id),
        "plan_id": made.plan.id,
        "plan_digest": made.plan.digest,
        "incident_id": made.plan.incident_id,
        "option": made.plan.letter,
        "typed": option.typed(),
        "risk_class": class,
        "risk": option.risk,
        "expires_at": made.plan.expires_at,
        "observed_state": observed,
        "changes": state.preview.differences,
        "preconditions": option.preconditions,
        "fit": option.fit,
        "blocked": state.preview.blocked,
        "impact": option.impact,
        "rollback": rollback(option),
        "verification": expectations(option),
        "notes": option.warnings,
    }))
}

fn hint(made: &Made, reason: &str) -> String {
    let short = made.body.option.state.digest.short();
    match reason {
        "approval_required" => format!(
            "a person has to approve plan {} (digest {short}) before confirm=true carries it out",
            made.plan.id
        ),
        "plan_drifted" => "the cluster is not what was previewed; this is a new preview".to_owned(),
        "preview_expired" => "the preview has expired; this is a new one".to_owned(),
        "preview_used" => "this plan ran before; this is a new preview".to_owned(),
        _ => format!(
            "approve plan {} (digest {short}), then call again with confirm=true",
            made.plan.id
        ),
    }
}

fn executed(
    name: &str,
    wanted: &Wanted,
    (made, ended): (&Made, &Ended),
    next: &[Made],
) -> Map<String, Value> {
    rows::map(json!({
        "success": ended.state == PlanState::Succeeded,
        "requires_confirmation": false,
        "operation": operation(name),
        "namespace": wanted.target.namespace,
        "workload_type": wanted.target.kind.name(),
        "name": wanted.target.name,
        "plan_id": made.plan.id,
        "plan_digest": made.plan.digest,
        "incident_id": made.plan.incident_id,
        "state": ended.state,
        "message": ended.words,
        "verification": ended.verification,
        "next_plans": next.iter().map(|made| json!({
            "plan_id": made.plan.id,
            "option": made.plan.letter,
            "title": made.body.option.title,
            "risk": made.body.option.risk,
        })).collect::<Vec<_>>(),
        "report_markdown": markdown(made, ended),
    }))
}

fn markdown(made: &Made, ended: &Ended) -> String {
    let option = &made.body.option;
    let mut text = format!(
        "# {}\n\n{}: {}\n\n## Steps\n\n",
        option.title, ended.state, ended.words
    );
    let steps = option.steps.iter();
    let steps = steps.map(|step| format!("{}. {}\n", step.n, step.name));
    text.extend(steps);
    text += "\n## Verification\n\n";
    let verdicts = ended.verification.verdicts.iter().map(|verdict| {
        format!(
            "- {:?}: {} ({})\n",
            verdict.outcome, verdict.expectation, verdict.seen
        )
    });
    text.extend(verdicts);
    text
}

/// The action without its prefix.
fn operation(name: &str) -> &str {
    name.trim_start_matches("huawei_")
}

fn rollback(option: &PlanOption<Previewed>) -> Vec<String> {
    option
        .rollback
        .iter()
        .map(|step| step.name.clone())
        .collect()
}

fn expectations(option: &PlanOption<Previewed>) -> Vec<String> {
    option
        .verification
        .iter()
        .map(Expectation::to_string)
        .collect()
}

/// The remedy is not possible, or does not count.
pub(super) fn refused(name: &str, error: &RecoveryError) -> Map<String, Value> {
    let code = match error {
        RecoveryError::NotPlanned(refusal) => refusal.code(),
        RecoveryError::Refused(refusal) => refusal.code(),
        RecoveryError::NothingToDo(_) => "nothing_to_do",
        RecoveryError::NotNow(_) | RecoveryError::OutOfPlace(_) => "not_now",
        RecoveryError::Store(_)
        | RecoveryError::Prepare(_)
        | RecoveryError::Unknown(_)
        | RecoveryError::Garbled(_)
        | RecoveryError::Cluster(_) => "failed",
    };
    rows::map(json!({
        "success": false,
        "requires_confirmation": false,
        "operation": operation(name),
        "reason": code,
        "error": error.to_string(),
    }))
}

/// Nothing can be written here.
pub(super) fn impossible(name: &str, why: &str) -> Map<String, Value> {
    not_done(name, "not_now", why)
}

/// It is never done.
pub(super) fn forbidden(name: &str, why: &str) -> Map<String, Value> {
    not_done(name, "forbidden", why)
}

fn not_done(name: &str, reason: &str, why: &str) -> Map<String, Value> {
    rows::map(json!({
        "success": false,
        "requires_confirmation": false,
        "operation": operation(name),
        "reason": reason,
        "error": why,
    }))
}
