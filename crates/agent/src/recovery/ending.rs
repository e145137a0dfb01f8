//! A plan that this process executes: its moves, and its end together with that of its round.

use dogwatch_engine::incident::Event;
use dogwatch_model::{
    plan::{Step, Verification},
    ports::store::{
        Epoch, Incident, IncidentMove, IncidentState, Plan, PlanMove, PlanState, StoreError,
    },
    record::Entry,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    Closed, IncidentBody, PlanBody, Recovery, RecoveryError,
    moves::{MAX_STALE, moved},
    step::Stop,
    stored::written,
};

/// How long after its end a plan that succeeded is looked at again.
const RECHECKS: [SignedDuration; 2] = [
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(24),
];

/// A plan that nobody else executes while the epoch is the present one. It needs no approval: it
/// reads and writes down, and changes nothing in a cluster.
pub(crate) struct Claimed<'a> {
    pub(crate) recovery: &'a Recovery<'a>,
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
    /// What people should know besides, such as that no Events could be written.
    pub remarks: Vec<String>,
}

impl Claimed<'_> {
    /// Keeps the plan ours for another lease.
    pub(crate) async fn renew(&self) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        let now = recovery.world.now();
        let until = now.checked_add(recovery.settings.lease).unwrap_or(now);
        let renewed = recovery.store.renew(&self.plan.id, self.epoch, until).await;
        Ok(renewed?)
    }

    /// All steps are done: what they did is watched from now on.
    pub(crate) async fn to_verifying(&self) -> Result<(), RecoveryError> {
        let state = PlanState::Verifying;
        let entry = self.recovery.entry("plan.verifying", &self.plan.id);
        let to = self.to(PlanState::Executing, state);
        Ok(self.recovery.store.move_plan(&to, entry).await?)
    }

    /// Moves the incident along by an event that leads to this state, unless it is there already.
    pub(crate) async fn to_incident(
        &self,
        event: Event,
        state: IncidentState,
    ) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        for _ in 0..MAX_STALE {
            let incident = recovery.incident(&self.plan.incident_id).await?;
            if incident.state == state {
                return Ok(());
            }
            let target = IncidentBody::of(&incident)?.target.to_string();
            let entry = recovery.entry(&format!("incident.{}", state.as_str()), &target);
            let to = moved(&incident, &[event], incident.body.clone())?;
            match recovery.store.move_incident(&to, entry).await {
                Err(StoreError::Stale { .. }) => {}
                answer => return Ok(answer.map(drop)?),
            }
        }
        Ok(())
    }

    /// Says how it ended before its last step.
    pub(crate) async fn stopped(&self, steps: &[Step], stop: Stop) -> Result<Ended, RecoveryError> {
        let (state, words) = match stop {
            Stop::Drifted(what) => (
                PlanState::Drifted,
                format!("{what}: nothing more was done; a new plan and a new approval are needed"),
            ),
            Stop::Failed(what) => (PlanState::Failed, what),
            Stop::Halted(what) => (PlanState::Aborted, what),
            Stop::Error(error) => return Err(error),
        };
        self.settle(steps).await?;
        let ended = Ended {
            state,
            words,
            verification: Verification::default(),
            remarks: Vec::new(),
        };
        self.close(PlanState::Executing, ended).await
    }

    /// Writes the end down: plan, incident, what is next. All of it or nothing.
    pub(crate) async fn close(
        &self,
        from: PlanState,
        ended: Ended,
    ) -> Result<Ended, RecoveryError> {
        let store = self.recovery.store;
        for _ in 0..MAX_STALE {
            let incident = self.recovery.incident(&self.plan.incident_id).await?;
            let (to, entries) = self.closing(from, &incident, &ended)?;
            let plan = self.to(from, ended.state);
            let rechecks = self.rechecks(&ended)?;
            let answer = store.end_plan(&plan, &to, &rechecks, entries).await;
            match answer {
                Err(StoreError::Stale { .. }) => {}
                answer => {
                    answer?;
                    self.note_undone(&ended).await?;
                    return Ok(ended);
                }
            }
        }
        Err(RecoveryError::NotNow(format!(
            "incident {} keeps changing; execute the plan again to write its end down",
            self.plan.incident_id
        )))
    }

    /// The incident with the end of the plan in the round that offered it, and both records.
    fn closing(
        &self,
        from: PlanState,
        incident: &Incident,
        ended: &Ended,
    ) -> Result<(IncidentMove, (Entry, Entry)), RecoveryError> {
        let recovery = self.recovery;
        let mut body = IncidentBody::of(incident)?;
        let target = body.target.to_string();
        let offered = body
            .rounds
            .iter()
            .position(|round| round.plans.contains(&self.plan.id));
        // The plan back is offered by no round.
        let at = offered.unwrap_or(body.rounds.len().saturating_sub(1));
        if let Some(round) = body.rounds.get_mut(at) {
            round.executed = Some(Closed {
                plan: self.plan.id.clone(),
                state: ended.state.to_string(),
                words: ended.words.clone(),
                verification: ended.verification.clone(),
                at: recovery.world.now(),
            });
        }
        let mut of_plan = recovery.entry(&format!("plan.{}", ended.state), &self.plan.id);
        of_plan.detail = Some(json!({"from": from, "words": ended.words}));
        let is_healed = ended.state == PlanState::Succeeded && self.undone()?.is_none();
        let to = moved(
            incident,
            &end_events(incident.state, is_healed),
            written(&body)?,
        )?;
        let action = format!("incident.{}", to.state.as_str());
        let mut of_incident = recovery.entry(&action, &target);
        of_incident.detail = Some(json!({"plan": self.plan.id, "state": ended.state,
            "words": ended.words, "verification": ended.verification}));
        Ok((to, (of_plan, of_incident)))
    }

    /// When to look again whether what was reached still holds. What was undone promised nothing more.
    fn rechecks(&self, ended: &Ended) -> Result<Vec<Timestamp>, RecoveryError> {
        if ended.state != PlanState::Succeeded || self.undone()?.is_some() {
            return Ok(Vec::new());
        }
        let now = self.recovery.world.now();
        let times = RECHECKS.iter().map(|after| now.checked_add(*after));
        Ok(times.filter_map(Result::ok).collect())
    }

    /// The plan that this one goes back on, when it is the way back.
    fn undone(&self) -> Result<Option<String>, RecoveryError> {
        Ok(PlanBody::of(&self.plan)?.undoes)
    }

    /// A plan whose way back has succeeded is rolled back, where its state allows it.
    async fn note_undone(&self, ended: &Ended) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        let (PlanState::Succeeded, Some(id)) = (ended.state, self.undone()?) else {
            return Ok(());
        };
        let (undone, _) = recovery.plan(&id).await?;
        let to = PlanState::RolledBack;
        if undone.state.is_running() || !undone.state.may_become(to) {
            return Ok(());
        }
        let from = undone.state;
        let epoch = None;
        let step = PlanMove {
            id,
            from,
            to,
            epoch,
        };
        let mut entry = recovery.entry("plan.rolled_back", &undone.id);
        entry.detail = Some(json!({"by": self.plan.id}));
        Ok(recovery.store.move_plan(&step, entry).await?)
    }

    fn to(&self, from: PlanState, to: PlanState) -> PlanMove {
        PlanMove {
            id: self.plan.id.clone(),
            from,
            to,
            epoch: Some(self.epoch),
        }
    }
}

/// What the end of a plan is to its incident. One that is closed, or that another hand moved, stays
/// as it is: the plan does not depend on it.
fn end_events(state: IncidentState, is_healed: bool) -> Vec<Event> {
    let mut events = match state {
        IncidentState::Approved => vec![Event::PreconditionsHold, Event::StepFailed],
        IncidentState::Executing => vec![Event::StepFailed],
        IncidentState::Verifying => Vec::new(),
        IncidentState::Detected
        | IncidentState::Collecting
        | IncidentState::Diagnosed
        | IncidentState::AwaitingApproval
        | IncidentState::NeedsNextOption
        | IncidentState::Resolved
        | IncidentState::Abandoned => return Vec::new(),
    };
    events.push(if is_healed {
        Event::ExpectationsMet
    } else {
        Event::ExpectationsUnmet
    });
    events
}
