//! What became of a write whose answer nobody heard, found out by reading.

use dogwatch_model::{
    plan::{Act, Step, Target},
    ports::store::{StepEnd, StepState},
};
use serde_json::{Value, json};

use super::{
    RecoveryError,
    ending::Claimed,
    fields::{PLAN_MARK, broken},
    order::Order,
    send::makes_its_object,
    step::Stop,
};

/// What reading the object tells about a write whose answer is not known.
pub(crate) enum Fate {
    Done,
    NotDone,
    Unclear(String),
}

impl Claimed<'_> {
    /// Finds out by reading whether a write was done.
    pub(crate) async fn fate(&self, step: &Step) -> Result<Fate, Stop> {
        if let Some(order) = Order::of(&step.act) {
            return Ok(done_if(self.is_provided(&order).await?));
        }
        if let Act::RerunJob { name, .. } = &step.act {
            let new = Target {
                name: name.clone(),
                uid: String::new(),
                ..step.target.clone()
            };
            return Ok(done_if(self.target(&new).await?.is_some()));
        }
        let object = self.target(&step.target).await?;
        if makes_its_object(&step.act) {
            return Ok(of_making(step, object.as_ref(), &self.plan.id));
        }
        if is_removal(&step.act) {
            return Ok(of_removal(object.as_ref()));
        }
        match object {
            None => Ok(Fate::Unclear(format!("{} is gone", step.target))),
            Some(object) if matches!(step.act, Act::ApplyManifest { .. }) => {
                Ok(done_if(is_marked(&object, &self.plan.id)))
            }
            Some(object) => of_patch(step, &object, &self.plan.id),
        }
    }

    /// Ends what was started and never answered, without sending anything.
    pub(crate) async fn settle(&self, steps: &[Step]) -> Result<(), RecoveryError> {
        let known = self.recovery.store.steps(&self.plan.id).await?;
        let is_open = |step: &&Step| {
            known
                .iter()
                .any(|known| known.n == step.n && known.state == StepState::Started)
        };
        for step in steps.iter().filter(is_open) {
            match self.fate(step).await {
                Ok(Fate::Done) => self.done(step, &json!({"found": "done"}), "").await?,
                Ok(Fate::NotDone) => self.not_done(step, "nothing was changed").await?,
                Ok(Fate::Unclear(why)) => self.not_done(step, &why).await?,
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Drifted(why) | Stop::Failed(why) | Stop::Halted(why)) => {
                    self.not_done(step, &why).await?;
                }
            }
        }
        Ok(())
    }

    /// The object of exactly the incarnation that was approved; `None` when it is gone.
    pub(crate) async fn target(&self, target: &Target) -> Result<Option<Value>, Stop> {
        let found = self.recovery.previewer.read(target).await;
        let object = found.map_err(RecoveryError::Cluster)?;
        Ok(object.filter(|object| {
            target.uid.is_empty() || object["metadata"]["uid"].as_str() == Some(&*target.uid)
        }))
    }

    /// Records that a step was done.
    pub(crate) async fn done(
        &self,
        step: &Step,
        answer: &Value,
        audit_id: &str,
    ) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        let mut entry = recovery.entry("step.done", &step.target.to_string());
        entry.response = Some(answer.clone());
        audit_id.clone_into(&mut entry.k8s_audit_id);
        entry.detail = Some(json!({"n": step.n, "name": step.name}));
        let end = self.end(step, answer);
        Ok(recovery.store.step_done(&end, entry).await?)
    }

    /// Records that a step came to nothing.
    pub(crate) async fn not_done(&self, step: &Step, why: &str) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        let mut entry = recovery.entry("step.failed", &step.target.to_string());
        entry.detail = Some(json!({"n": step.n, "name": step.name, "why": why}));
        let end = self.end(step, &json!({"why": why}));
        Ok(recovery.store.step_failed(&end, entry).await?)
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

/// True for an act after which the object is gone.
pub(crate) fn is_removal(act: &Act) -> bool {
    matches!(act, Act::Delete { .. } | Act::Evict)
}

pub(crate) fn canonical(error: dogwatch_model::canonical::NotCanonical) -> Stop {
    Stop::Error(RecoveryError::Prepare(error.into()))
}

fn done_if(is_done: bool) -> Fate {
    if is_done { Fate::Done } else { Fate::NotDone }
}

/// True when the plan has written the object: its mark comes with the write, and it writes it once.
pub(crate) fn is_marked(object: &Value, plan_id: &str) -> bool {
    object["metadata"]["annotations"][PLAN_MARK] == *plan_id
}

/// The object of that incarnation is gone, or on its way; with it go the Pods of a workload.
fn of_removal(object: Option<&Value>) -> Fate {
    done_if(object.is_none_or(|object| object.pointer("/metadata/deletionTimestamp").is_some()))
}

/// What is there and does not name the plan was made by somebody else.
fn of_making(step: &Step, object: Option<&Value>, plan_id: &str) -> Fate {
    match object {
        None => Fate::NotDone,
        Some(object) if is_marked(object, plan_id) => Fate::Done,
        Some(_) => Fate::Unclear(format!("{} was made by somebody else", step.target)),
    }
}

/// A patch shows in the fields that it sets.
fn of_patch(step: &Step, object: &Value, plan_id: &str) -> Result<Fate, Stop> {
    // Without a field that tells, an object as before proves nothing either.
    if step.expected_after.is_empty() {
        let why = format!("{} has no field that tells", step.target);
        return Ok(Fate::Unclear(why));
    }
    let after = broken(&step.expected_after, object).map_err(canonical)?;
    if after.is_none() {
        return Ok(Fate::Done);
    }
    match broken(&step.expected_before, object).map_err(canonical)? {
        None if object["metadata"]["annotations"][PLAN_MARK] == *plan_id => {
            Ok(Fate::Unclear(format!(
                "{} was changed by this plan, and changed back since",
                step.target
            )))
        }
        None => Ok(Fate::NotDone),
        Some((fact, now)) => Ok(Fate::Unclear(format!(
            "{} {} is {now}, neither as before nor as wanted",
            step.target, fact.field
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dogwatch_model::plan::{Fact, PatchFormat};

    fn scale() -> Step {
        Step {
            n: 1,
            name: "scale".to_owned(),
            target: Target {
                api_version: "apps/v1".to_owned(),
                kind: "Deployment".to_owned(),
                plural: "deployments".to_owned(),
                namespace: "shop".to_owned(),
                name: "api".to_owned(),
                uid: "u".to_owned(),
            },
            act: Act::Patch {
                format: PatchFormat::Merge,
                subresource: None,
                patch: json!({"spec": {"replicas": 4}}),
            },
            expected_before: vec![Fact::new("/spec/replicas", 2)],
            expected_after: vec![Fact::new("/spec/replicas", 4)],
            timeout_seconds: 30,
            retries: 0,
        }
    }

    fn said(step: &Step, object: &Value) -> String {
        match of_patch(step, object, "plan-1").unwrap() {
            Fate::Done => "done".to_owned(),
            Fate::NotDone => "not done".to_owned(),
            Fate::Unclear(why) => why,
        }
    }

    #[test]
    fn a_deletion_is_told_by_what_is_there() {
        let leaving = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}});
        assert!(matches!(of_removal(None), Fate::Done));
        assert!(matches!(of_removal(Some(&leaving)), Fate::Done));
        let there = json!({"metadata": {"annotations": {PLAN_MARK: "plan-1"}}});
        assert!(matches!(of_removal(Some(&there)), Fate::NotDone));
    }

    #[test]
    fn a_patch_is_told_by_its_fields_and_by_the_mark_of_the_plan() {
        let with = |replicas: i64, plan: &str| json!({"metadata": {"annotations": {PLAN_MARK: plan}}, "spec": {"replicas": replicas}});
        assert_eq!(said(&scale(), &with(4, "plan-1")), "done");
        assert_eq!(said(&scale(), &with(2, "plan-0")), "not done");
        let back = said(&scale(), &with(2, "plan-1"));
        assert!(back.ends_with("changed back since"), "{back}");
        let other = said(&scale(), &with(3, "plan-0"));
        assert!(
            other.ends_with("neither as before nor as wanted"),
            "{other}"
        );
        let (ours, theirs) = (with(1, "plan-1"), with(1, "plan-0"));
        let made = |object| match of_making(&scale(), object, "plan-1") {
            Fate::Done => "done",
            Fate::NotDone => "not done",
            Fate::Unclear(_) => "somebody else",
        };
        assert_eq!(
            [made(None), made(Some(&ours)), made(Some(&theirs))],
            ["not done", "done", "somebody else"]
        );
        let mut blind = scale();
        blind.expected_after.clear();
        assert!(said(&blind, &with(2, "plan-0")).ends_with("has no field that tells"));
    }
}
