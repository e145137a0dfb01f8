//! Events of Kubernetes on the objects that a plan changes, so that `kubectl describe` tells who did it.
//!
//! They are written by the identity that writes, and only while an approved plan is carried out: a
//! proposal or an approval is no reason for that identity to write. An Event that cannot be written
//! stops nothing; that is told once.

use core::time::Duration;
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use dogwatch_model::{
    plan::{Step, Target},
    ports::{
        Write, WriteBody,
        store::{Plan, PlanState},
    },
    redaction::redact,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Ended, Hands, PlanBody, Recovery, step::Stop};

/// Bytes of a note that the API server takes.
const MAX_NOTE: usize = 1024;

/// Bytes of the object's name in the name of an Event; an id follows.
const MAX_NAME: usize = 180;

/// How long an Event may take: nobody waits for one.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where Events about objects without a Namespace lie.
const HOME: &str = "default";

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    StepStarted,
    StepSucceeded,
    StepFailed,
    VerificationPassed,
    VerificationFailed,
    RolledBack,
}

impl Happening {
    const fn reason(self) -> &'static str {
        match self {
            Self::StepStarted => "StepStarted",
            Self::StepSucceeded => "StepSucceeded",
            Self::StepFailed => "StepFailed",
            Self::VerificationPassed => "VerificationPassed",
            Self::VerificationFailed => "VerificationFailed",
            Self::RolledBack => "RolledBack",
        }
    }

    const fn severity(self) -> &'static str {
        match self {
            Self::StepFailed | Self::VerificationFailed => "Warning",
            Self::StepStarted
            | Self::StepSucceeded
            | Self::VerificationPassed
            | Self::RolledBack => "Normal",
        }
    }
}

/// Tells what becomes of one plan.
pub(crate) struct Teller<'a> {
    recovery: &'a Recovery<'a>,
    hands: &'a Hands<'a>,
    plan_id: String,
    /// The remedy.
    action: &'static str,
    target: Target,
    undoes: Option<String>,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// What was told, by step; a step that is tried again is no news.
    once: BTreeSet<(Happening, u32)>,
    /// Why nothing more is told.
    silent: Option<String>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(
        recovery: &'a Recovery<'a>,
        hands: &'a Hands<'a>,
        plan: &Plan,
        body: &PlanBody,
    ) -> Self {
        Self {
            recovery,
            hands,
            plan_id: plan.id.clone(),
            action: body.option.request.id(),
            target: body.target.clone(),
            undoes: body.undoes.clone(),
            told: Mutex::default(),
        }
    }

    /// A step begins.
    pub(crate) async fn begins(&self, step: &Step) {
        let note = format!("step {}: {}", step.n, step.name);
        let happening = (Happening::StepStarted, step.n);
        self.tell(happening, &step.target, &note).await;
    }

    /// A step has come to its end. One that was stopped before it began is no news of the object.
    pub(crate) async fn ends(&self, step: &Step, end: Result<(), &Stop>) {
        let (happening, why) = match end {
            Ok(()) => (Happening::StepSucceeded, String::new()),
            Err(Stop::Failed(why) | Stop::Drifted(why)) => {
                (Happening::StepFailed, format!(": {why}"))
            }
            Err(Stop::Halted(_) | Stop::Error(_)) => return,
        };
        let note = format!("step {}: {}{why}", step.n, step.name);
        self.tell((happening, step.n), &step.target, &note).await;
    }

    /// The verification has ended. What could not be told goes with it, in words.
    pub(crate) async fn verified(&self, ended: &mut Ended) {
        let target = self.target.clone();
        let happening = match ended.state {
            PlanState::Succeeded => Happening::VerificationPassed,
            _ => Happening::VerificationFailed,
        };
        if !ended.verification.verdicts.is_empty() {
            let note = format!("{}: {}", ended.state, ended.words);
            self.tell((happening, 0), &target, &note).await;
        }
        if let (PlanState::Succeeded, Some(undone)) = (ended.state, &self.undoes) {
            let note = format!("{undone} was rolled back");
            self.tell((Happening::RolledBack, 0), &target, &note).await;
        }
        ended.remarks.extend(self.locked().silent.clone());
    }

    async fn tell(&self, happening: (Happening, u32), target: &Target, note: &str) {
        {
            let mut told = self.locked();
            if told.silent.is_some() || !told.once.insert(happening) {
                return;
            }
        }
        let note = format!("{note} (plan {})", self.plan_id);
        let write = self.event(happening.0, target, &note);
        let written = timeout(PATIENCE, self.hands.writer.write(&write)).await;
        let why = match written {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        let words = format!("no Events are written on what is changed: {why}");
        self.locked().silent = Some(words.clone());
        let mut entry = self
            .recovery
            .entry("event.not_written", &target.to_string());
        entry.plan_id.clone_from(&self.plan_id);
        entry.detail = Some(json!({ "why": words }));
        // The plan goes on all the same; a store that is gone stops it before its next write.
        drop(self.recovery.store.append(entry).await);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, happening: Happening, target: &Target, note: &str) -> Write {
        let namespace = if target.namespace.is_empty() {
            HOME
        } else {
            &target.namespace
        };
        let world = self.recovery.world;
        let name = format!("{}.{}", shortened(&target.name, MAX_NAME), world.new_id());
        let body = json!({
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": namespace},
            "eventTime": world.now().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
            "action": self.action,
            "reason": happening.reason(),
            "note": shortened(&redact(note), MAX_NOTE),
            "type": happening.severity(),
            "regarding": regarding(target),
            "reportingController": "dogwatch.io/remediator",
            "reportingInstance": shortened(&world.owner(), 128),
        });
        Write {
            target: Target {
                api_version: "events.k8s.io/v1".to_owned(),
                kind: "Event".to_owned(),
                plural: "events".to_owned(),
                namespace: namespace.to_owned(),
                name,
                uid: String::new(),
            },
            subresource: None,
            body: WriteBody::Create(body),
            // The name of the plan marks writes of its steps, and this is none.
            plan_id: String::new(),
        }
    }
}

fn regarding(target: &Target) -> Value {
    json!({
        "apiVersion": target.api_version,
        "kind": target.kind,
        "namespace": target.namespace,
        "name": target.name,
        "uid": target.uid,
    })
}

/// As much of a text as fits, whole characters only.
fn shortened(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shortened("short", 10), "short");
        assert_eq!(shortened("äöü", 3), "ä");
        assert_eq!(shortened("äöü", 0), "");
    }
}
