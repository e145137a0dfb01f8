//! Carries out an approved plan: begins or takes over, step by step, and says how it ended.

use dogwatch_model::{
    approval::{Approved, Refusal},
    plan::Verification,
    ports::store::{Claim, Epoch, IncidentState, Limits, Plan, PlanMove, PlanState},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    Closed, Hands, IncidentBody, PlanBody, Recovery, RecoveryError, fields::broken, step::Stop,
};
use crate::collect::Progress;

/// How long nobody else may take over. Renewed before every step.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// An execution under way.
pub struct Execution<'a> {
    pub(crate) recovery: &'a Recovery<'a>,
    pub(crate) hands: &'a Hands<'a>,
    pub(crate) approved: Approved,
    pub(crate) plan: Plan,
    pub(crate) epoch: Epoch,
}

/// How a plan ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The state of the plan.
    pub state: PlanState,
    /// In words.
    pub words: String,
    /// What was verified.
    pub verification: Verification,
}

impl<'a> Recovery<'a> {
    /// Carries out an approved plan, or goes on with one whose executor is gone.
    ///
    /// # Errors
    /// When it may not begin, with the reason. A plan that began and ended badly is no error.
    pub async fn execute(
        &'a self,
        plan_id: &str,
        hands: &'a Hands<'a>,
        progress: &dyn Progress,
    ) -> Result<Ended, RecoveryError> {
        let execution = self.claim(plan_id, hands).await?;
        execution.run(progress).await
    }

    /// Becomes the only executor of the plan.
    async fn claim(
        &'a self,
        plan_id: &str,
        hands: &'a Hands<'a>,
    ) -> Result<Execution<'a>, RecoveryError> {
        if !self.settings.is_enabled {
            return Err(RecoveryError::NotNow(
                "remediation is not enabled: set remediation.enabled in the configuration"
                    .to_owned(),
            ));
        }
        let (plan, body) = self.plan(plan_id).await?;
        let now = self.world.now();
        let claim = Claim {
            plan_id: plan.id.clone(),
            owner: self.world.owner(),
            now,
            lease_until: now.checked_add(LEASE).unwrap_or(now),
        };
        let target = body.target.to_string();
        let mut limits = Limits::default();
        if body.undoes.is_some() {
            // Going back must not wait for what it goes back from.
            limits.cool_down = SignedDuration::ZERO;
        }
        match plan.state {
            PlanState::Approved => {
                let approved = self.approved(&plan, body, now).await?;
                let entry = self.entry("plan.executing", &target);
                let epoch = self.store.begin(&claim, &limits, entry).await?;
                Ok(self.execution(hands, approved, plan, epoch))
            }
            PlanState::Executing | PlanState::Verifying => {
                let lease = self.store.lease(&plan.id).await?;
                let begun = lease.map_or(now, |lease| lease.begun_at);
                let approved = self.approved(&plan, body, begun).await?;
                let entry = self.entry("plan.taken_over", &target);
                let epoch = self.store.take_over(&claim, entry).await?;
                Ok(self.execution(hands, approved, plan, epoch))
            }
            PlanState::Awaiting => Err(Refusal::NotEnough {
                have: self.store.approvals(&plan.id).await?.len(),
                need: self.settings.policy.approvals(body.option.risk),
            }
            .into()),
            state => Err(RecoveryError::NotNow(format!(
                "{} is {state}; a new plan is needed",
                plan.id
            ))),
        }
    }

    fn execution(
        &'a self,
        hands: &'a Hands<'a>,
        approved: Approved,
        plan: Plan,
        epoch: Epoch,
    ) -> Execution<'a> {
        Execution {
            recovery: self,
            hands,
            approved,
            plan,
            epoch,
        }
    }

    /// The approval, from the stored preview and the stored confirmations.
    async fn approved(
        &self,
        plan: &Plan,
        body: PlanBody,
        at: Timestamp,
    ) -> Result<Approved, RecoveryError> {
        let said = self.said(plan).await?;
        let paused = self.paused().await?;
        let requester = body.requester.clone();
        let terms = self.terms(plan, requester.as_ref(), paused.as_deref());
        match body.option.approve(&said, &terms, at) {
            Ok(approved) => Ok(approved),
            Err((_, refusal)) => {
                if matches!(refusal, Refusal::Expired { .. }) && plan.state == PlanState::Approved {
                    let to = PlanMove {
                        id: plan.id.clone(),
                        from: plan.state,
                        to: PlanState::Expired,
                        epoch: None,
                    };
                    self.store
                        .move_plan(&to, self.entry("plan.expired", &plan.id))
                        .await?;
                }
                Err(refusal.into())
            }
        }
    }
}

impl Execution<'_> {
    /// Every step in order, then the verification.
    async fn run(&self, progress: &dyn Progress) -> Result<Ended, RecoveryError> {
        let incident = self
            .to_incident(IncidentState::Executing, "incident.executing")
            .await;
        incident?;
        if self.plan.state != PlanState::Verifying {
            if let Err(stop) = self.steps(progress).await {
                return self.stopped(stop).await;
            }
            self.to_plan(PlanState::Executing, PlanState::Verifying)
                .await?;
        }
        self.to_incident(IncidentState::Verifying, "incident.verifying")
            .await?;
        let (state, words, verification) = self.verify(progress).await?;
        self.close(PlanState::Verifying, state, words, verification)
            .await
    }

    async fn steps(&self, progress: &dyn Progress) -> Result<(), Stop> {
        let known = self.recovery.store.steps(&self.plan.id).await?;
        if known.is_empty() {
            self.check_observed().await?;
        }
        for step in &self.approved.option().steps {
            progress.phase(&format!("step {}: {}", step.n, step.name));
            self.step(step).await?;
        }
        Ok(())
    }

    /// What the plan relies on must be as it was when people saw it.
    async fn check_observed(&self) -> Result<(), Stop> {
        for observed in &self.approved.option().observed {
            let found = self.recovery.previewer.read(&observed.target).await;
            let object = found.map_err(RecoveryError::Cluster)?;
            let drifted = |what: String| Stop::Drifted(format!("{} {what}", observed.target));
            let object = object.ok_or_else(|| drifted("is gone".to_owned()))?;
            if object["metadata"]["uid"].as_str() != Some(&*observed.target.uid) {
                return Err(drifted("is another object of that name now".to_owned()));
            }
            let broken = broken(&observed.relied_on, &object);
            let broken =
                broken.map_err(|error| Stop::Error(RecoveryError::Prepare(error.into())))?;
            if let Some((fact, now)) = broken {
                let words = format!("{} is {now} instead of {}", fact.field, fact.value);
                return Err(drifted(words));
            }
        }
        Ok(())
    }

    /// Kill switch, freeze, expiry, lease and store, before every write.
    pub(crate) async fn gate(&self) -> Result<(), Stop> {
        let recovery = self.recovery;
        let now = recovery.world.now();
        if let Some(why) = recovery.paused().await? {
            return Err(Stop::Halted(format!("everything is paused: {why}")));
        }
        if now > self.plan.expires_at {
            return Err(Stop::Halted("the approval has expired".to_owned()));
        }
        let option = self.approved.option();
        let namespaces = option.steps.iter().map(|step| &*step.target.namespace);
        if let Err(refusal) = recovery.settings.policy.check_freeze(namespaces, now) {
            return Err(Stop::Halted(refusal.to_string()));
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        recovery
            .store
            .renew(&self.plan.id, self.epoch, until)
            .await?;
        Ok(())
    }

    /// Says how it ended before its last step.
    async fn stopped(&self, stop: Stop) -> Result<Ended, RecoveryError> {
        let (state, words) = match stop {
            Stop::Drifted(what) => (
                PlanState::Drifted,
                format!("{what}: nothing more was done; a new plan and a new approval are needed"),
            ),
            Stop::Failed(what) => (PlanState::Failed, what),
            Stop::Halted(what) => (PlanState::Aborted, what),
            Stop::Error(error) => return Err(error),
        };
        self.close(PlanState::Executing, state, words, Verification::default())
            .await
    }

    async fn to_plan(&self, from: PlanState, to: PlanState) -> Result<(), RecoveryError> {
        let entry = self.recovery.entry(&format!("plan.{to}"), &self.plan.id);
        let to = PlanMove {
            id: self.plan.id.clone(),
            from,
            to,
            epoch: Some(self.epoch),
        };
        Ok(self.recovery.store.move_plan(&to, entry).await?)
    }

    /// Moves the incident without another change.
    async fn to_incident(&self, state: IncidentState, action: &str) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        let incident = recovery.store.incident(&self.plan.incident_id).await?;
        let Some(incident) = incident.filter(|incident| incident.state != state) else {
            return Ok(());
        };
        let body = IncidentBody::of(&incident)?;
        let entry = recovery.entry(action, &body.target.to_string());
        recovery
            .move_incident(incident, state, &body, entry)
            .await
            .map(drop)
    }

    /// Writes the end down: plan, incident, what is next.
    async fn close(
        &self,
        from: PlanState,
        state: PlanState,
        words: String,
        verification: Verification,
    ) -> Result<Ended, RecoveryError> {
        let recovery = self.recovery;
        self.to_plan(from, state).await?;
        let incident = recovery.store.incident(&self.plan.incident_id).await?;
        if let Some(incident) = incident {
            let mut body = IncidentBody::of(&incident)?;
            if let Some(round) = body.rounds.last_mut() {
                round.executed = Some(Closed {
                    plan: self.plan.id.clone(),
                    state: state.to_string(),
                    words: words.clone(),
                    verification: verification.clone(),
                    at: recovery.world.now(),
                });
            }
            let next = if state == PlanState::Succeeded {
                IncidentState::Resolved
            } else {
                IncidentState::NeedsNextOption
            };
            let mut entry = recovery.entry(
                &format!("incident.{}", next.as_str()),
                &body.target.to_string(),
            );
            entry.detail = Some(json!({"plan": self.plan.id, "state": state, "words": words,
                "verification": verification}));
            recovery.move_incident(incident, next, &body, entry).await?;
        }
        Ok(Ended {
            state,
            words,
            verification,
        })
    }
}
