//! One step: the gates before it, the write, and what became of a write without an answer.

use core::time::Duration;

use dogwatch_model::{
    plan::{Act, Step, Target},
    ports::{
        Write, WriteError, Written,
        store::{StepEnd, StepStart, StepState},
    },
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    RecoveryError,
    execute::Execution,
    fields::broken,
    prepare::{PrepareError, Tried, copied, dry_run},
    send,
};

/// Rounds of reading again after a conflict.
const MAX_CONFLICTS: u32 = 5;

/// Before a blocked write is asked for again, when the server names no time.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a write without an answer may still be under way.
const IN_FLIGHT: Duration = Duration::from_secs(2);

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

/// What reading the object tells about a write whose answer is not known.
enum Fate {
    Done,
    NotDone,
    Unclear(String),
}

impl Execution<'_> {
    /// Carries out one step, or finds that it was done.
    pub(crate) async fn step(&self, step: &Step) -> Result<(), Stop> {
        let known = self.recovery.store.steps(&self.plan.id).await?;
        match known
            .iter()
            .find(|known| known.n == step.n)
            .map(|known| known.state)
        {
            Some(StepState::Done) => return Ok(()),
            Some(StepState::Failed) => {
                return Err(Stop::Failed(format!("{} failed before", step.name)));
            }
            Some(StepState::Started) => match self.fate(step).await? {
                Fate::Done => return self.done(step, &json!({"found": "done before"}), "").await,
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
        let mut conflicts = 0;
        let mut blocked = 0;
        loop {
            self.gate().await?;
            let write = self.ready(step).await?;
            self.start(step, &shown(&write)).await?;
            match self.hands.writer.write(&write).await {
                Ok(written) => return self.written(step, &written).await,
                Err(WriteError::Conflict(why)) => {
                    conflicts += 1;
                    if conflicts >= MAX_CONFLICTS {
                        return self
                            .failed(step, &format!("it keeps changing: {why}"))
                            .await;
                    }
                }
                Err(WriteError::Blocked { message, after }) => {
                    blocked += 1;
                    if blocked > step.retries {
                        return self.failed(step, &format!("blocked: {message}")).await;
                    }
                    sleep(after.unwrap_or(PAUSE)).await;
                }
                Err(WriteError::NotFound(_)) if is_removal(&step.act) => {
                    return self.done(step, &json!({"found": "gone"}), "").await;
                }
                Err(WriteError::Unknown(why)) => {
                    sleep(IN_FLIGHT).await;
                    match self.fate(step).await? {
                        Fate::Done => return self.done(step, &json!({"found": "done"}), "").await,
                        Fate::Unclear(what) => {
                            return self.failed(step, &format!("{why}; {what}")).await;
                        }
                        Fate::NotDone => {
                            conflicts += 1;
                            if conflicts >= MAX_CONFLICTS {
                                return self.failed(step, &why).await;
                            }
                        }
                    }
                }
                Err(error) => return self.failed(step, &error.to_string()).await,
            }
        }
    }

    /// The request, when the object is still what was approved and the server would still do
    /// exactly that.
    async fn ready(&self, step: &Step) -> Result<Write, Stop> {
        let object = self.target(&step.target).await?;
        let object = object.ok_or_else(|| Stop::Drifted(format!("{} is gone", step.target)))?;
        if let Some((fact, now)) = broken(&step.expected_before, &object).map_err(canonical)? {
            return Err(Stop::Drifted(format!(
                "{} {} is {now} instead of {}",
                step.target, fact.field, fact.value
            )));
        }
        let previewer = self.recovery.previewer;
        let source = copied(previewer, step).await.map_err(drift)?;
        let tried = dry_run(previewer, step, (&object, &source), &self.plan.id).await;
        match tried.map_err(drift)? {
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
        send::write(step, &object, &source, &self.plan.id)
            .map_err(|error| Stop::Drifted(error.to_string()))
    }

    /// The object of exactly the incarnation that was approved; `None` when it is gone.
    async fn target(&self, target: &Target) -> Result<Option<Value>, Stop> {
        let found = self.recovery.previewer.read(target).await;
        let object = found.map_err(RecoveryError::Cluster)?;
        Ok(object.filter(|object| {
            target.uid.is_empty() || object["metadata"]["uid"].as_str() == Some(&*target.uid)
        }))
    }

    /// Finds out by reading whether a write was done.
    async fn fate(&self, step: &Step) -> Result<Fate, Stop> {
        if let Act::Provider {
            resource,
            parameters,
            ..
        } = &step.act
        {
            let nodes = self.pool_nodes(resource).await?;
            let wanted = parameters.get("nodes").and_then(Value::as_u64);
            let is_done = wanted == Some(u64::from(nodes));
            return Ok(if is_done { Fate::Done } else { Fate::NotDone });
        }
        if let Act::RerunJob { name, .. } = &step.act {
            let new = Target {
                name: name.clone(),
                uid: String::new(),
                ..step.target.clone()
            };
            let is_there = self.target(&new).await?.is_some();
            return Ok(if is_there { Fate::Done } else { Fate::NotDone });
        }
        let object = self.target(&step.target).await?;
        if is_removal(&step.act) {
            let is_going =
                object.is_none_or(|object| object.pointer("/metadata/deletionTimestamp").is_some());
            return Ok(if is_going { Fate::Done } else { Fate::NotDone });
        }
        let Some(object) = object else {
            return Ok(Fate::Unclear(format!("{} is gone", step.target)));
        };
        if broken(&step.expected_after, &object)
            .map_err(canonical)?
            .is_none()
        {
            return Ok(Fate::Done);
        }
        match broken(&step.expected_before, &object).map_err(canonical)? {
            None => Ok(Fate::NotDone),
            Some((fact, now)) => Ok(Fate::Unclear(format!(
                "{} {} is {now}, neither as before nor as wanted",
                step.target, fact.field
            ))),
        }
    }

    /// A step at a provider.
    async fn provide(&self, step: &Step) -> Result<(), Stop> {
        let Act::Provider {
            resource,
            parameters,
            ..
        } = &step.act
        else {
            return Ok(());
        };
        self.gate().await?;
        let Some(pools) = self.hands.pools else {
            return Err(Stop::Failed(
                "no provider of Nodes is configured".to_owned(),
            ));
        };
        let number = |name: &str| {
            let value = parameters.get(name).and_then(Value::as_u64);
            value.and_then(|value| u32::try_from(value).ok())
        };
        let (Some(from), Some(to)) = (number("from"), number("nodes")) else {
            return Err(Stop::Failed("the step names no number of Nodes".to_owned()));
        };
        let now = self.pool_nodes(resource).await?;
        if now != from {
            return Err(Stop::Drifted(format!(
                "node pool {resource} has {now} Nodes instead of {from}"
            )));
        }
        self.start(step, &json!({"resize": resource, "from": from, "to": to}))
            .await?;
        let key = format!("{}/{}", self.plan.id, step.n);
        match pools.resize(resource, to, &key).await {
            Ok(()) => self.done(step, &json!({"accepted": true}), "").await,
            Err(error) => match self.fate(step).await? {
                Fate::Done => self.done(step, &json!({"found": "done"}), "").await,
                Fate::NotDone | Fate::Unclear(_) => self.failed(step, &error.to_string()).await,
            },
        }
    }

    async fn pool_nodes(&self, pool: &str) -> Result<u32, Stop> {
        let unknown = |why: String| Stop::Error(RecoveryError::NotNow(why));
        let Some(reader) = self.recovery.pools else {
            return Err(unknown("no provider of Nodes is configured".to_owned()));
        };
        let pools = reader
            .pools()
            .await
            .map_err(|error| unknown(error.to_string()))?;
        let found = pools.iter().find(|known| known.id == pool);
        found
            .map(|known| known.nodes)
            .ok_or_else(|| Stop::Drifted(format!("node pool {pool} is gone")))
    }

    /// Recorded before anything is sent.
    async fn start(&self, step: &Step, request: &Value) -> Result<(), Stop> {
        let recovery = self.recovery;
        let mut entry = recovery.entry("step.started", &step.target.to_string());
        entry.request = Some(request.clone());
        entry.detail = Some(json!({"n": step.n, "name": step.name}));
        let start = StepStart {
            plan_id: self.plan.id.clone(),
            epoch: self.epoch,
            n: step.n,
            at: recovery.world.now(),
            object: Some(step.key()),
            body: json!({"n": step.n, "name": step.name}).to_string(),
        };
        recovery.store.step_started(&start, entry).await?;
        Ok(())
    }

    async fn written(&self, step: &Step, written: &Written) -> Result<(), Stop> {
        let answer = json!({
            "code": written.code,
            "resourceVersion": written.resource_version,
        });
        self.done(step, &answer, &written.audit_id).await
    }

    async fn done(&self, step: &Step, answer: &Value, audit_id: &str) -> Result<(), Stop> {
        let recovery = self.recovery;
        let mut entry = recovery.entry("step.done", &step.target.to_string());
        entry.response = Some(answer.clone());
        audit_id.clone_into(&mut entry.k8s_audit_id);
        entry.detail = Some(json!({"n": step.n, "name": step.name}));
        recovery
            .store
            .step_done(&self.end(step, answer), entry)
            .await?;
        Ok(())
    }

    async fn failed<T>(&self, step: &Step, why: &str) -> Result<T, Stop> {
        let recovery = self.recovery;
        let mut entry = recovery.entry("step.failed", &step.target.to_string());
        entry.detail = Some(json!({"n": step.n, "name": step.name, "why": why}));
        let end = self.end(step, &json!({"why": why}));
        recovery.store.step_failed(&end, entry).await?;
        Err(Stop::Failed(format!("{}: {why}", step.name)))
    }

    fn end(&self, step: &Step, body: &Value) -> StepEnd {
        StepEnd {
            plan_id: self.plan.id.clone(),
            epoch: self.epoch,
            n: step.n,
            at: self.recovery.world.now(),
            body: body.to_string(),
        }
    }
}

fn is_removal(act: &Act) -> bool {
    matches!(act, Act::Delete { .. } | Act::Evict)
}

fn canonical(error: dogwatch_model::canonical::NotCanonical) -> Stop {
    Stop::Error(RecoveryError::Prepare(error.into()))
}

/// What changed under a preview has drifted; what gave no answer can be tried again.
fn drift(error: PrepareError) -> Stop {
    match error {
        PrepareError::Changed { .. } => Stop::Drifted(error.to_string()),
        other => Stop::Error(other.into()),
    }
}

/// A request for the record: templates carry values that nobody should write down.
fn shown(write: &Write) -> Value {
    use dogwatch_model::ports::WriteBody;
    let (kind, body) = match &write.body {
        WriteBody::StrategicPatch(body) => ("strategic-merge-patch", body.clone()),
        WriteBody::MergePatch(body) => ("merge-patch", body.clone()),
        WriteBody::JsonPatch(_) => (
            "json-patch",
            json!("the template named by its hash in the plan"),
        ),
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
