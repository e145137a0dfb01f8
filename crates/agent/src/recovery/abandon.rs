//! A person gives an incident up.

use dogwatch_engine::incident::Event;
use dogwatch_model::{
    approval::Identity,
    ports::store::{Incident, PlanState, StoreError},
    redaction::redact,
};
use serde_json::json;

use super::{Abandoned, IncidentBody, Recovery, RecoveryError, journal::person, moves::MAX_STALE};

/// Characters of a reason that are kept.
const MAX_REASON: usize = 1000;

impl Recovery<'_> {
    /// Closes an incident in which nothing is executing, with the reason. Plans that await a decision
    /// are superseded. Like a rejection, it takes no role: nothing more is done.
    ///
    /// # Errors
    /// When there is no such incident, it is closed, or a plan of it executes.
    pub async fn abandon(
        &self,
        incident_id: &str,
        reason: &str,
        by: &Identity,
    ) -> Result<Incident, RecoveryError> {
        let kept: String = redact(reason).chars().take(MAX_REASON).collect();
        if kept.trim().is_empty() {
            return Err(RecoveryError::NotNow(
                "an incident is given up with a reason".to_owned(),
            ));
        }
        for _ in 0..MAX_STALE {
            let incident = self.incident(incident_id).await?;
            self.ensure_at_rest(incident_id).await?;
            let mut body = IncidentBody::of(&incident)?;
            body.abandoned = Some(Abandoned {
                by: by.clone(),
                reason: kept.clone(),
                at: self.world.now(),
            });
            let object = body.target.to_string();
            let mut entry = self.entry_by(person(by), "incident.abandoned", &object);
            entry.detail = Some(json!({ "reason": kept }));
            match self
                .happened(incident, &[Event::Abandoned], &body, entry)
                .await
            {
                Err(RecoveryError::Store(StoreError::Stale { .. })) => {}
                answer => return answer,
            }
        }
        Err(RecoveryError::NotNow(format!(
            "incident {incident_id} keeps changing; say it again"
        )))
    }

    /// The incident may not know yet that a plan has begun.
    async fn ensure_at_rest(&self, incident_id: &str) -> Result<(), RecoveryError> {
        let plans = self.store.plans_of(incident_id).await?;
        let executing = plans.iter().find(|plan| plan.state == PlanState::Executing);
        match executing {
            None => Ok(()),
            Some(plan) => Err(RecoveryError::NotNow(format!(
                "{} is executing; `dogwatch pause` stops it before its next step",
                plan.id
            ))),
        }
    }
}
