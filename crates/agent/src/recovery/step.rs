//! One step: the gates before it, the write, and what became of a write without an answer.

use core::time::Duration;

use dogwatch_model::{
    plan::{Act, Step},
    ports::{
        Write, WriteError, Written,
        store::{Refused, StepStart, StepState, StoreError},
    },
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    RecoveryError,
    execute::Execution,
    fate::{Fate, canonical, is_removal},
    fields::broken,
    prepare::{PrepareError, Tried, dry_run},
    send::{self, makes_its_object},
    supply::copied,
};

/// Rounds of reading again after a conflict.
const MAX_CONFLICTS: u32 = 5;

/// Before a blocked write is asked for again, when the server names no time.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a write without an answer may still be under way.
pub(crate) const IN_FLIGHT: Duration = Duration::from_secs(2);

/// Why an execution ends before its last step.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The cluster is not what was approved.
    Drifted(String),
    /// A step failed.
    Failed(String),
    /// Somebody stopped everything, or the time is over.
    Halted(String),
    /// The store or the cluster gave no answer: nothing more is done, it can be resumed.
    Error(RecoveryError),
}

impl<E: Into<RecoveryError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Error(error.into())
    }
}

impl Execution<'_> {
    /// Carries out one step, or finds that it was done.
    pub(crate) async fn step(&self, step: &Step) -> Result<(), Stop> {
        let claimed = &self.claimed;
        let known = claimed.recovery.store.steps(&claimed.plan.id).await?;
        let known = known.iter().find(|known| known.n == step.n);
        match known.map(|known| known.state) {
            Some(StepState::Done) => return Ok(()),
            Some(StepState::Failed) => {
                return Err(Stop::Failed(format!("{} failed before", step.name)));
            }
            Some(StepState::Started) => match claimed.fate(step).await? {
                Fate::Done => {
                    let answer = json!({"found": "done before"});
                    return Ok(claimed.done(step, &answer, "").await?);
                }
                Fate::Unclear(why) => return self.failed(step, &why).await,
                Fate::NotDone => {}
            },
            None => {}
        }
        if let Act::Provider { .. } = step.act {
            return self.provide(step).await;
        }
        self.write(step).await
    }

    /// Reads, compares, tries, records, writes. A conflict or a block leads back to the reading.
    async fn write(&self, step: &Step) -> Result<(), Stop> {
        let claimed = &self.claimed;
        let mut tries = Tries::default();
        loop {
            self.gate().await?;
            let Some(write) = self.ready(step).await? else {
                tries.conflict(step, "it changes between two requests")?;
                continue;
            };
            // The reading may have taken long, and the write may take long as well.
            self.still_ours().await?;
            self.start(step, &shown(step, &write)).await?;
            match self.hands.writer.write(&write).await {
                Ok(written) => return self.written(step, &written).await,
                Err(WriteError::Conflict(why)) => tries.conflict(step, &why)?,
                Err(WriteError::Blocked { message, after }) => {
                    tries.blocked(step, &message)?;
                    sleep(after.unwrap_or(PAUSE)).await;
                }
                Err(WriteError::NotFound(_)) if is_removal(&step.act) => {}
                // A server that fails may have done it before.
                Err(
                    error @ (WriteError::Unknown(_)
                    | WriteError::Failed {
                        code: 500..=599, ..
                    }),
                ) => {
                    sleep(IN_FLIGHT).await;
                    tries.conflict(step, &error.to_string())?;
                }
                Err(error) => return self.failed(step, &error.to_string()).await,
            }
            match claimed.fate(step).await? {
                Fate::Done => return Ok(claimed.done(step, &json!({"found": "done"}), "").await?),
                Fate::Unclear(why) => return Err(Stop::Drifted(why)),
                Fate::NotDone => {}
            }
        }
    }

    /// The request, when the object is still what was approved and the server would still do
    /// exactly that. `None` when it changed between reading and trying.
    async fn ready(&self, step: &Step) -> Result<Option<Write>, Stop> {
        let claimed = &self.claimed;
        let object = match (
            claimed.target(&step.target).await?,
            makes_its_object(&step.act),
        ) {
            (Some(object), false) => object,
            (None, true) => Value::Null,
            (None, false) => return Err(Stop::Drifted(format!("{} is gone", step.target))),
            (Some(_), true) => {
                return Err(Stop::Drifted(format!("{} is there already", step.target)));
            }
        };
        if let Some((fact, now)) = broken(&step.expected_before, &object).map_err(canonical)? {
            return Err(Stop::Drifted(format!(
                "{} {} is {now} instead of {}",
                step.target, fact.field, fact.value
            )));
        }
        let eyes = claimed.recovery.eyes();
        let source = copied(eyes, step).await.map_err(drift)?;
        let tried = match dry_run(eyes, step, (&object, &source), &claimed.plan.id).await {
            Err(PrepareError::Cluster {
                source: WriteError::Conflict(_),
                ..
            }) => return Ok(None),
            tried => tried.map_err(drift)?,
        };
        match tried {
            Tried::Would { hash, .. } => {
                let at = usize::try_from(step.n)
                    .unwrap_or(usize::MAX)
                    .saturating_sub(1);
                let approved = &self.approved.option().state.preview.difference_hashes;
                let expected = approved.get(at).map_or("", String::as_str);
                // A step that was blocked in the preview has no difference to compare.
                if !expected.is_empty() && *expected != *hash {
                    return Err(Stop::Drifted(format!(
                        "the server would now change {} in another way than was approved",
                        step.target
                    )));
                }
            }
            Tried::WouldNot {
                is_passing: true, ..
            } => {}
            Tried::WouldNot { why, .. } => {
                return Err(Stop::Failed(format!("{}: {why}", step.name)));
            }
        }
        send::write(step, &object, &source, &claimed.plan.id)
            .map(Some)
            .map_err(|error| Stop::Drifted(error.to_string()))
    }

    /// Recorded before anything is sent.
    pub(crate) async fn start(&self, step: &Step, request: &Value) -> Result<(), Stop> {
        let claimed = &self.claimed;
        let recovery = claimed.recovery;
        let mut entry = recovery.entry("step.started", &step.target.to_string());
        entry.request = Some(request.clone());
        entry.detail = Some(json!({"n": step.n, "name": step.name}));
        let start = StepStart {
            plan_id: claimed.plan.id.clone(),
            epoch: claimed.epoch,
            n: step.n,
            at: recovery.world.now(),
            object: Some(step.key()),
            body: json!({"n": step.n, "name": step.name}).to_string(),
        };
        match recovery.store.step_started(&start, entry).await {
            Ok(known) if known.state == StepState::Started => {
                self.teller.begins(step).await;
                // An Event may take a while; what was checked before it is checked again.
                self.still_ours().await
            }
            Ok(known) => Err(Stop::Error(RecoveryError::NotNow(format!(
                "step {} is {} already",
                step.n,
                known.state.as_str()
            )))),
            Err(StoreError::Refused(paused @ Refused::Paused { .. })) => {
                Err(Stop::Halted(paused.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn written(&self, step: &Step, written: &Written) -> Result<(), Stop> {
        let answer = json!({
            "code": written.code,
            "resourceVersion": written.resource_version,
        });
        let done = self.claimed.done(step, &answer, &written.audit_id).await;
        Ok(done?)
    }

    /// Records that a step came to nothing, and ends the plan with it.
    pub(crate) async fn failed<T>(&self, step: &Step, why: &str) -> Result<T, Stop> {
        self.claimed.not_done(step, why).await?;
        Err(Stop::Failed(format!("{}: {why}", step.name)))
    }
}

/// How often a write came back. Its end is written down by whoever ends the plan.
#[derive(Default)]
struct Tries {
    conflicts: u32,
    blocked: u32,
}

impl Tries {
    fn conflict(&mut self, step: &Step, why: &str) -> Result<(), Stop> {
        self.conflicts += 1;
        if self.conflicts < MAX_CONFLICTS {
            return Ok(());
        }
        Err(Stop::Failed(format!("{}: {why}", step.name)))
    }

    fn blocked(&mut self, step: &Step, why: &str) -> Result<(), Stop> {
        self.blocked += 1;
        if self.blocked <= step.retries {
            return Ok(());
        }
        Err(Stop::Failed(format!("{}: blocked: {why}", step.name)))
    }
}

/// What changed under a preview has drifted; what gave no answer can be tried again.
fn drift(error: PrepareError) -> Stop {
    match error {
        PrepareError::Changed { .. } => Stop::Drifted(error.to_string()),
        other => Stop::Error(other.into()),
    }
}

/// A request for the record: templates, manifests and releases carry values that nobody should write
/// down.
fn shown(step: &Step, write: &Write) -> Value {
    use dogwatch_model::ports::WriteBody;
    let (kind, body) = match &write.body {
        _ if matches!(step.act, Act::ApplyManifest { .. }) => ("manifest", json!(step.act)),
        WriteBody::Revision { metadata, .. } => (
            step.act.verb().unwrap_or_default(),
            json!({"metadata": metadata, "stores": step.act}),
        ),
        WriteBody::Apply(_) => ("apply", json!("the manifest named by its hash in the plan")),
        WriteBody::StrategicPatch(body) => ("strategic-merge-patch", body.clone()),
        WriteBody::MergePatch(body) => ("merge-patch", body.clone()),
        WriteBody::JsonPatch(body) if matches!(step.act, Act::Patch { .. }) => {
            ("json-patch", body.clone())
        }
        WriteBody::JsonPatch(_) => (
            "json-patch",
            json!("the template named by its hash in the plan"),
        ),
        WriteBody::Create(body) if matches!(step.act, Act::Create { .. }) => {
            ("create", body.clone())
        }
        WriteBody::Create(_) => ("create", json!("the copy named by its hash in the plan")),
        WriteBody::Delete {
            uid,
            resource_version,
            grace_seconds,
        } => (
            "delete",
            json!({"uid": uid, "resourceVersion": resource_version, "gracePeriodSeconds": grace_seconds}),
        ),
        WriteBody::Evict { uid } => ("evict", json!({"uid": uid})),
    };
    json!({
        "verb": kind,
        "apiVersion": write.target.api_version,
        "kind": write.target.kind,
        "namespace": write.target.namespace,
        "name": write.target.name,
        "uid": write.target.uid,
        "subresource": write.subresource,
        "body": body,
    })
}
