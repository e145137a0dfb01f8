//! `eviction`: a delete that asks the disruption budgets first.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{condition_true, count, int, list, put, text};
use crate::objects::{Store, Stored};
use crate::reading::find;
use crate::request::{Call, Target};
use crate::selectors::LabelSelector;
use crate::writing::{body_object, remove_or_mark};

/// Evicts the targeted pod.
pub(super) fn evict(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let eviction = body_object(call)?;
    let dry_run = call.dry_run() || !list(&eviction, "/deleteOptions/dryRun").is_empty();
    core.with_store(|store| {
        let pod = find(store, target)?;
        let budget = budget(store, &pod)?;
        if let Some(budget) = budget.filter(|_| needs_budget(&pod.value())) {
            let allowed = int(&budget, "/status/disruptionsAllowed").unwrap_or(0);
            if allowed <= 0 {
                return Err(ApiError::disruption_budget(&cause(&budget)));
            }
            if !dry_run {
                spend(store, budget, allowed);
            }
        }
        if !dry_run {
            remove_or_mark(core, store, &target.kind, &pod);
        }
        Ok(())
    })?;
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"});
    Ok(Answer::json(201, &status))
}

/// Pods that have ended or never became ready do not count against a budget.
fn needs_budget(pod: &Value) -> bool {
    !matches!(
        text(pod, "/status/phase"),
        "Succeeded" | "Failed" | "Pending"
    ) && condition_true(pod, "Ready")
}

/// The one budget that covers the pod; 500 when there are several.
fn budget(store: &Store, pod: &Stored) -> Result<Option<Value>, ApiError> {
    let kind = store
        .kinds
        .resource("policy", "poddisruptionbudgets")
        .expect("a built-in kind");
    let mut budgets = store
        .scan(&kind, Some(&pod.namespace), None)
        .map(|b| b.value())
        .filter(|b| {
            let spec = b.pointer("/spec/selector");
            spec.is_some_and(|spec| LabelSelector::from_spec(spec).matches(&pod.labels))
        });
    let first = budgets.next();
    if budgets.next().is_some() {
        return Err(ApiError::internal(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does \
             not support.",
        ));
    }
    Ok(first)
}

fn cause(budget: &Value) -> String {
    let name = text(budget, "/metadata/name");
    let (needed, now) = (
        count(budget, "/status/desiredHealthy"),
        count(budget, "/status/currentHealthy"),
    );
    format!("The disruption budget {name} needs {needed} healthy pods and has {now} currently")
}

fn spend(store: &mut Store, mut budget: Value, allowed: i64) {
    let kind = store
        .kinds
        .resource("policy", "poddisruptionbudgets")
        .expect("a built-in kind");
    put(
        &mut budget,
        &["status", "disruptionsAllowed"],
        json!(allowed - 1),
    );
    store.put(&kind, budget);
}
