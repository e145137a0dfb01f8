//! Carries out an approved plan: begins or takes over, step by step, and says how it ended.

use dogwatch_engine::incident::{Event, walk};
use dogwatch_model::{
    approval::{Approved, Refusal},
    ports::store::{
        Claim, Epoch, IncidentState, Limits, Plan, PlanState, Refused, StepState, StoreError,
    },
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Ended, Hands, PlanBody, Recovery, RecoveryError, ending::Claimed, fields::broken, lease::Held,
    step::Stop, tell::Teller,
};
use crate::collect::Progress;

/// An execution under way.
pub struct Execution<'a> {
    pub(crate) claimed: Claimed<'a>,
    pub(crate) hands: &'a Hands<'a>,
    pub(crate) approved: Approved,
    pub(crate) teller: Teller<'a>,
    /// The Lease in the cluster, where one is wanted.
    held: Option<Held<'a>>,
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
        if !self.settings.is_enabled {
            return Err(RecoveryError::NotNow(
                "remediation is not enabled: set remediation.enabled in the configuration"
                    .to_owned(),
            ));
        }
        let (plan, body) = self.plan(plan_id).await?;
        match plan.state {
            PlanState::Approved => {
                let execution = self.begin(plan, body, hands, progress).await?;
                Box::pin(execution.run(progress)).await
            }
            PlanState::Executing | PlanState::Verifying => {
                Box::pin(self.go_on(&plan, body, hands, progress)).await
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

    /// Becomes the first executor of the plan.
    async fn begin(
        &'a self,
        plan: Plan,
        body: PlanBody,
        hands: &'a Hands<'a>,
        progress: &dyn Progress,
    ) -> Result<Execution<'a>, RecoveryError> {
        self.ensure_in_turn(&plan).await?;
        // What may not begin leaves no trace in the cluster, so that comes before the Lease; waiting
        // for the Lease may take so long that it is asked again behind it.
        self.permit(&plan, body.clone()).await?;
        let held = self.hold(hands, progress).await?;
        let teller = Teller::new(self, hands, &plan, &body);
        match self.start(&plan, body).await {
            Ok((epoch, approved)) => Ok(Execution {
                claimed: Claimed {
                    recovery: self,
                    plan,
                    epoch,
                },
                hands,
                approved,
                teller,
                held,
            }),
            Err(error) => {
                // Where another process of this installation is at work, the Lease is its own too.
                if let (Some(held), false) = (&held, is_in_flight(&error)) {
                    held.release().await;
                }
                Err(error)
            }
        }
    }

    /// Refuses when the incident does not wait for an execution. Of two processes that begin the same
    /// plan the slower one hears that of the plan.
    async fn ensure_in_turn(&self, plan: &Plan) -> Result<(), RecoveryError> {
        let incident = self.incident(&plan.incident_id).await?;
        let Err(why) = walk(incident.state, &[Event::PreconditionsHold]) else {
            return Ok(());
        };
        let (known, _) = self.plan(&plan.id).await?;
        if known.state == plan.state {
            return Err(why.into());
        }
        Err(StoreError::Conflict { now: known.state }.into())
    }

    /// The approval, unless everything is paused or it does not hold.
    async fn permit(&self, plan: &Plan, body: PlanBody) -> Result<Approved, RecoveryError> {
        let paused = self.paused().await?;
        let now = self.world.now();
        self.approved(plan, body, now, paused.as_deref()).await
    }

    /// Spends the approval.
    async fn start(&self, plan: &Plan, body: PlanBody) -> Result<(Epoch, Approved), RecoveryError> {
        let mut limits = Limits::default();
        if body.undoes.is_some() {
            // Going back must not wait for what it goes back from.
            limits.cool_down = SignedDuration::ZERO;
        }
        let entry = self.entry("plan.executing", &body.target.to_string());
        let approved = self.permit(plan, body).await?;
        let claim = self.claim(plan);
        let epoch = self.store.begin(&claim, &limits, entry).await?;
        Ok((epoch, approved))
    }

    /// Goes on where an executor that is gone left off: to the end, or, when the approval does not
    /// hold any more, only so far that what was sent is known and the end is written down.
    async fn go_on(
        &'a self,
        plan: &Plan,
        body: PlanBody,
        hands: &'a Hands<'a>,
        progress: &dyn Progress,
    ) -> Result<Ended, RecoveryError> {
        let claim = self.claim(plan);
        let lease = self.store.lease(&plan.id).await?;
        let begun = lease.map_or(claim.now, |lease| lease.begun_at);
        let entry = self.entry("plan.taken_over", &body.target.to_string());
        let epoch = self.store.take_over(&claim, entry).await?;
        // Whoever was replaced may have come further since the plan was read.
        let (plan, _) = self.plan(&plan.id).await?;
        let claimed = Claimed {
            recovery: self,
            plan,
            epoch,
        };
        if claimed.plan.state == PlanState::Verifying {
            let mut ended = Box::pin(claimed.watch(progress)).await?;
            let teller = Teller::new(self, hands, &claimed.plan, &body);
            teller.verified(&mut ended).await;
            return Ok(ended);
        }
        let teller = Teller::new(self, hands, &claimed.plan, &body);
        let steps = body.option.steps.clone();
        // A pause is no reason not to look what was done: the gate before each write stops it.
        match self.approved(&claimed.plan, body, begun, None).await {
            Ok(approved) => {
                let held = self.hold(hands, progress).await?;
                let execution = Execution {
                    claimed,
                    hands,
                    approved,
                    teller,
                    held,
                };
                Box::pin(execution.run(progress)).await
            }
            Err(RecoveryError::Refused(why)) => {
                let why = format!("the approval does not hold any more: {why}");
                claimed.stopped(&steps, Stop::Halted(why)).await
            }
            Err(error) => Err(error),
        }
    }

    fn claim(&self, plan: &Plan) -> Claim {
        let now = self.world.now();
        Claim {
            plan_id: plan.id.clone(),
            owner: self.world.owner(),
            now,
            lease_until: now.checked_add(self.settings.lease).unwrap_or(now),
        }
    }

    /// The approval, from the stored preview and the stored confirmations.
    pub(crate) async fn approved(
        &self,
        plan: &Plan,
        body: PlanBody,
        at: Timestamp,
        paused: Option<&str>,
    ) -> Result<Approved, RecoveryError> {
        let said = self.said(plan).await?;
        let requester = body.requester.clone();
        let terms = self.terms(plan, requester.as_ref(), paused);
        match body.option.approve(&said, &terms, at) {
            Ok(approved) => Ok(approved),
            Err((_, refusal)) => {
                if matches!(refusal, Refusal::Expired { .. }) && plan.state == PlanState::Approved {
                    self.decided(plan, PlanState::Expired, Event::Late).await?;
                }
                Err(refusal.into())
            }
        }
    }
}

/// True when the store says that a plan of this cluster is being carried out already.
fn is_in_flight(error: &RecoveryError) -> bool {
    matches!(
        error,
        RecoveryError::Store(
            StoreError::Conflict { .. } | StoreError::Refused(Refused::InFlight { .. })
        )
    )
}

impl Claimed<'_> {
    /// Watches what the steps did, and writes the end down.
    async fn watch(&self, progress: &dyn Progress) -> Result<Ended, RecoveryError> {
        // One that a person gave up meanwhile stays closed; the plan is watched all the same.
        let state = IncidentState::Verifying;
        match self.to_incident(Event::LastStepDone, state).await {
            Ok(()) | Err(RecoveryError::OutOfPlace(_)) => {}
            Err(error) => return Err(error),
        }
        let ended = Box::pin(self.verify(progress)).await?;
        self.close(PlanState::Verifying, ended).await
    }
}

impl Execution<'_> {
    /// Everything, while the Lease in the cluster is ours.
    async fn run(&self, progress: &dyn Progress) -> Result<Ended, RecoveryError> {
        let Some(held) = &self.held else {
            return Box::pin(self.through(progress)).await;
        };
        let ended = held.during(Box::pin(self.through(progress))).await;
        held.release().await;
        ended
    }

    /// Every step in order, then the verification.
    async fn through(&self, progress: &dyn Progress) -> Result<Ended, RecoveryError> {
        let claimed = &self.claimed;
        let state = IncidentState::Executing;
        match claimed.to_incident(Event::PreconditionsHold, state).await {
            Ok(()) => {}
            Err(RecoveryError::OutOfPlace(why)) => {
                let halt = Stop::Halted(why.to_string());
                return claimed.stopped(&self.approved.option().steps, halt).await;
            }
            Err(error) => return Err(error),
        }
        if let Err(stop) = self.steps(progress).await {
            let steps = &self.approved.option().steps;
            let mut ended = claimed.stopped(steps, stop).await?;
            self.teller.verified(&mut ended).await;
            return Ok(ended);
        }
        claimed.to_verifying().await?;
        let mut ended = Box::pin(claimed.watch(progress)).await?;
        self.teller.verified(&mut ended).await;
        Ok(ended)
    }

    async fn steps(&self, progress: &dyn Progress) -> Result<(), Stop> {
        let claimed = &self.claimed;
        let known = claimed.recovery.store.steps(&claimed.plan.id).await?;
        if known.is_empty() {
            self.check_observed().await?;
        }
        for step in &self.approved.option().steps {
            progress.phase(&format!("step {}: {}", step.n, step.name));
            let was_done = known
                .iter()
                .any(|known| known.n == step.n && known.state == StepState::Done);
            let end = self.step(step).await;
            if !was_done {
                self.teller.ends(step, end.as_ref().copied()).await;
            }
            end?;
        }
        Ok(())
    }

    /// What the plan relies on must be as it was when people saw it.
    async fn check_observed(&self) -> Result<(), Stop> {
        for observed in &self.approved.option().observed {
            let found = self.claimed.recovery.previewer.read(&observed.target).await;
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
        let recovery = self.claimed.recovery;
        let now = recovery.world.now();
        if let Some(why) = recovery.paused().await? {
            return Err(Stop::Halted(format!("everything is paused: {why}")));
        }
        if now > self.claimed.plan.expires_at {
            return Err(Stop::Halted("the approval has expired".to_owned()));
        }
        let option = self.approved.option();
        let namespaces = option.steps.iter().map(|step| &*step.target.namespace);
        if let Err(refusal) = recovery.settings.policy.check_freeze(namespaces, now) {
            return Err(Stop::Halted(refusal.to_string()));
        }
        self.still_ours().await
    }

    /// The lease in the store for another while, and the one in the cluster.
    pub(crate) async fn still_ours(&self) -> Result<(), Stop> {
        if let Some(held) = &self.held {
            held.check().map_err(Stop::Halted)?;
        }
        Ok(self.claimed.renew().await?)
    }
}
