//! From a draft to a preview: read the targets, fill in what was relied on, ask the server for a
//! dry run of every step, ask whether this identity may do it, and name the result by its digest.

use dogwatch_model::{
    canonical::NotCanonical,
    plan::{
        Act, Binding, Difference, Draft, OptionLetter, PlanOption, Preview, Previewed, Step, Target,
    },
    ports::{Previewer, WriteError},
};
use serde_json::{Value, json};

use super::{
    fields::{broken, differences, fill},
    send::{self, Unsendable},
};

/// A preview cannot be made. One sentence each.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The cluster gave no answer, or refused the read.
    #[error("{target}: {source}")]
    Cluster {
        /// The object.
        target: String,
        /// What went wrong.
        source: WriteError,
    },
    /// It changed between the diagnosis and the preview.
    #[error("{target} changed while the plan was made: {what}; make it again")]
    Changed {
        /// The object.
        target: String,
        /// What.
        what: String,
    },
    /// A value that cannot be compared exactly.
    #[error("an object cannot be compared")]
    NotCanonical(#[from] NotCanonical),
}

/// What a preview is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) incident_id: &'a str,
    pub(crate) letter: OptionLetter,
    pub(crate) plan_id: &'a str,
    pub(crate) cluster_uid: &'a str,
    pub(crate) policy_version: &'a str,
}

/// Tries a draft against the server.
pub(crate) async fn prepare(
    previewer: &dyn Previewer,
    mut draft: PlanOption<Draft>,
    names: &Names<'_>,
) -> Result<PlanOption<Previewed>, PrepareError> {
    let mut preview = Preview::default();
    for observed in &mut draft.observed {
        let object = present(previewer, &observed.target).await?;
        fill(&mut observed.relied_on, &object)?;
        note_version(&mut preview, &observed.target, &object);
    }
    for at in 0..draft.steps.len() {
        let hash = try_step(previewer, &mut draft.steps[at], &mut preview, names.plan_id).await?;
        preview.difference_hashes.push(hash);
    }
    if draft.steps.is_empty() {
        preview
            .blocked
            .push("it writes nothing: a person takes over".to_owned());
    }
    pin_rollback(previewer, &mut draft.rollback).await?;
    for permission in &draft.permissions {
        let allowed = previewer.may(permission).await;
        let allowed = allowed.map_err(|source| PrepareError::Cluster {
            target: "access review".to_owned(),
            source,
        })?;
        if !allowed {
            let place = if permission.namespace.is_empty() {
                "the whole cluster".to_owned()
            } else {
                format!("namespace {}", permission.namespace)
            };
            let missing = format!("{} {} in {place}", permission.verb, permission.resource);
            preview
                .blocked
                .push(format!("the permission to {missing} is missing"));
            preview.missing_permissions.push(missing);
        }
    }
    let binding = Binding {
        incident_id: names.incident_id,
        letter: names.letter,
        cluster_uid: names.cluster_uid,
        policy_version: names.policy_version,
    };
    let digest = draft.digest(&binding, &preview.difference_hashes)?;
    let state = Previewed {
        incident_id: names.incident_id.to_owned(),
        letter: names.letter,
        cluster_uid: names.cluster_uid.to_owned(),
        policy_version: names.policy_version.to_owned(),
        digest,
        preview,
    };
    Ok(draft.with_state(state))
}

/// The object, of exactly the incarnation that the plan is about.
async fn present(previewer: &dyn Previewer, target: &Target) -> Result<Value, PrepareError> {
    let found = previewer.read(target).await;
    let object = found.map_err(|source| PrepareError::Cluster {
        target: target.to_string(),
        source,
    })?;
    let changed = |what: &str| PrepareError::Changed {
        target: target.to_string(),
        what: what.to_owned(),
    };
    let object = object.ok_or_else(|| changed("it is gone"))?;
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    if !target.uid.is_empty() && uid != target.uid {
        return Err(changed("another object has its name now"));
    }
    Ok(object)
}

/// Dry-runs one step; notes what would change and answers its hash.
async fn try_step(
    previewer: &dyn Previewer,
    step: &mut Step,
    preview: &mut Preview,
    plan_id: &str,
) -> Result<String, PrepareError> {
    if let Act::Provider {
        operation,
        resource,
        parameters,
        ..
    } = &step.act
    {
        let after = json!({"operation": operation, "resource": resource, "parameters": parameters});
        let (shown, hash) = differences((step.n, &step.target), &Value::Null, &after)?;
        preview.differences.extend(shown);
        return Ok(hash);
    }
    let object = present(previewer, &step.target).await?;
    fill(&mut step.expected_before, &object)?;
    if let Some((fact, now)) = broken(&step.expected_before, &object)? {
        return Err(PrepareError::Changed {
            target: step.target.to_string(),
            what: format!("{} is {now} instead of {}", fact.field, fact.value),
        });
    }
    note_version(preview, &step.target, &object);
    let copied = copied(previewer, step).await?;
    send::pin(step, &copied)?;
    match dry_run(previewer, step, (&object, &copied), plan_id).await? {
        Tried::Would { after, shown, hash } => {
            fill(&mut step.expected_after, &after)?;
            preview.differences.extend(shown);
            Ok(hash)
        }
        Tried::WouldNot { why, is_passing } => {
            if is_passing {
                preview.differences.push(Difference {
                    step: step.n,
                    target: step.target.clone(),
                    field: String::new(),
                    before: "blocked for now".to_owned(),
                    after: why,
                });
            } else {
                preview.blocked.push(format!("{}: {why}", step.name));
            }
            Ok(String::new())
        }
    }
}

/// What a dry run says.
pub(crate) enum Tried {
    /// The server would do it.
    Would {
        after: Value,
        shown: Vec<Difference>,
        hash: String,
    },
    /// It would not. A disruption budget may allow it later.
    WouldNot { why: String, is_passing: bool },
}

/// The object that a step copies from; nothing for most steps.
pub(crate) async fn copied(previewer: &dyn Previewer, step: &Step) -> Result<Value, PrepareError> {
    match send::source(step) {
        None => Ok(Value::Null),
        Some(target) => present(previewer, &target.clone()).await,
    }
}

/// Asks the server what it would do.
pub(crate) async fn dry_run(
    previewer: &dyn Previewer,
    step: &Step,
    (object, copied): (&Value, &Value),
    plan_id: &str,
) -> Result<Tried, PrepareError> {
    let not = |why: String| Tried::WouldNot {
        why,
        is_passing: false,
    };
    let write = match send::write(step, object, copied, plan_id) {
        Ok(write) => write,
        Err(Unsendable::NotCanonical(error)) => return Err(error.into()),
        Err(other) => return Ok(not(other.to_string())),
    };
    let after = match previewer.dry_run(&write).await {
        Ok(written) => written.object,
        Err(WriteError::Blocked { message, .. }) => {
            return Ok(Tried::WouldNot {
                why: message,
                is_passing: true,
            });
        }
        Err(error @ (WriteError::Unknown(_) | WriteError::Conflict(_))) => {
            return Err(PrepareError::Cluster {
                target: step.target.to_string(),
                source: error,
            });
        }
        Err(error) => return Ok(not(error.to_string())),
    };
    let (before, after) = compared(step, object, after);
    let (shown, hash) = differences((step.n, &step.target), &before, &after)?;
    Ok(Tried::Would { after, shown, hash })
}

/// The two versions that are compared. A subresource shows only its own part; what is deleted or
/// created is compared as a whole.
fn compared(step: &Step, object: &Value, answer: Value) -> (Value, Value) {
    match &step.act {
        Act::Patch {
            subresource: Some(_),
            ..
        } => {
            let part = |of: &Value| json!({"spec": {"replicas": of["spec"]["replicas"]}});
            (part(object), part(&answer))
        }
        Act::Delete { .. } | Act::Evict => {
            let there = json!({"metadata": {"uid": object["metadata"]["uid"]}});
            (there, json!({}))
        }
        Act::RerunJob { name, .. } => (json!({}), json!({"metadata": {"name": name}})),
        Act::Patch { .. } | Act::CopyTemplate { .. } | Act::Provider { .. } => {
            (object.clone(), answer)
        }
    }
}

/// Facts of the way back: what is copied is pinned now, the rest is read when it is needed.
async fn pin_rollback(
    previewer: &dyn Previewer,
    rollback: &mut [Step],
) -> Result<(), PrepareError> {
    for step in rollback {
        if matches!(step.act, Act::Provider { .. }) {
            continue;
        }
        let copied = copied(previewer, step).await?;
        send::pin(step, &copied)?;
    }
    Ok(())
}

fn note_version(preview: &mut Preview, target: &Target, object: &Value) {
    let version = object["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default();
    let entry = (target.to_string(), version.to_owned());
    if !preview.resource_versions.contains(&entry) {
        preview.resource_versions.push(entry);
    }
}
