//! A plan that this process executes: its moves, and its end together with that of its round.

use dogwatch_model::{
    plan::{Step, Verification},
    ports::store::{
        Epoch, Incident, IncidentMove, IncidentState, Plan, PlanMove, PlanState, StoreError,
    },
    record::Entry,
};
use serde_json::json;

use super::{Closed, IncidentBody, Recovery, RecoveryError, step::Stop, stored::written};

/// Rounds of reading an incident again that somebody else changes at the same time.
const MAX_STALE: u32 = 5;

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

    /// Moves the incident along. One that cannot be moved, because another one took its place, stays
    /// as it is: the plan does not depend on it.
    pub(crate) async fn to_incident(&self, state: IncidentState) -> Result<(), RecoveryError> {
        let recovery = self.recovery;
        for _ in 0..MAX_STALE {
            let incident = recovery.store.incident(&self.plan.incident_id).await?;
            let Some(incident) = incident.filter(|incident| incident.state != state) else {
                return Ok(());
            };
            let target = IncidentBody::of(&incident)?.target.to_string();
            let entry = recovery.entry(&format!("incident.{}", state.as_str()), &target);
            let to = moved(&incident, state, incident.body.clone());
            match recovery.store.move_incident(&to, entry).await {
                Err(StoreError::Stale { .. }) => {}
                Err(StoreError::AlreadyOpen { .. }) => return Ok(()),
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
        };
        self.close(PlanState::Executing, ended).await
    }

    /// Writes the end down: plan, incident, what is next. All of it or nothing.
    pub(crate) async fn close(
        &self,
        from: PlanState,
        ended: Ended,
    ) -> Result<Ended, RecoveryError> {
        let mut next = if ended.state == PlanState::Succeeded {
            IncidentState::Resolved
        } else {
            IncidentState::NeedsNextOption
        };
        let store = self.recovery.store;
        for _ in 0..MAX_STALE {
            let incident = store.incident(&self.plan.incident_id).await?;
            let incident = incident.ok_or_else(|| {
                RecoveryError::Garbled(format!("{} is gone", self.plan.incident_id))
            })?;
            let (to, entries) = self.closing(from, &incident, next, &ended)?;
            let answer = store
                .end_plan(&self.to(from, ended.state), &to, entries)
                .await;
            match answer {
                Err(StoreError::Stale { .. }) => {}
                // Another incident about the object is open: this one stays closed.
                Err(StoreError::AlreadyOpen { .. }) if incident.state.is_closed() => {
                    next = incident.state;
                }
                answer => {
                    answer?;
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
        next: IncidentState,
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
        let mut of_incident = recovery.entry(&format!("incident.{}", next.as_str()), &target);
        of_incident.detail = Some(json!({"plan": self.plan.id, "state": ended.state,
            "words": ended.words, "verification": ended.verification}));
        let to = moved(incident, next, written(&body)?);
        Ok((to, (of_plan, of_incident)))
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

fn moved(incident: &Incident, state: IncidentState, body: String) -> IncidentMove {
    IncidentMove {
        id: incident.id.clone(),
        version: incident.version,
        state,
        body,
    }
}
