//! Later looks at what a plan promised: what held for some minutes may not hold for a day.

use core::time::Duration;

use dogwatch_model::{
    ObjectRef,
    plan::{Outcome, Verification},
    ports::store::{Incident, IncidentFilter, Recheck, StoreError},
};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Asked, IncidentBody, PlanBody, Rechecked, Recovery, RecoveryError,
    moves::{MAX_EARLIER, MAX_STALE, moved},
    stored::written,
    verify::summary,
};
use crate::collect::Progress;

/// Looks that are done in one call.
const MAX_DUE: u32 = 50;

/// Looks until what is not so counts: a Pod may be just starting.
const MAX_LOOKS: u32 = 3;

impl Recovery<'_> {
    /// How many later looks are due.
    ///
    /// # Errors
    /// When the store gives no answer.
    pub async fn rechecks_due(&self) -> Result<usize, RecoveryError> {
        let cluster = &self.settings.cluster;
        let due = self.store.rechecks_due(cluster, self.world.now(), MAX_DUE);
        Ok(due.await?.len())
    }

    /// Does every later look that is due. Its result is added to the incident of the plan; when what
    /// was promised is not so any more, an incident is opened that names that one, with plans where
    /// there are some. Nothing in the cluster is changed.
    ///
    /// # Errors
    /// When the store gives no answer.
    pub async fn recheck(
        &self,
        progress: &dyn Progress,
    ) -> Result<Vec<(Incident, Rechecked)>, RecoveryError> {
        let cluster = &self.settings.cluster;
        let due = self.store.rechecks_due(cluster, self.world.now(), MAX_DUE);
        let mut done = Vec::new();
        for recheck in due.await? {
            progress.phase(&format!("looking again at {}", recheck.plan_id));
            let (incident, result) = Box::pin(self.recheck_one(&recheck, progress)).await?;
            done.push((incident, result));
        }
        Ok(done)
    }

    async fn recheck_one(
        &self,
        recheck: &Recheck,
        progress: &dyn Progress,
    ) -> Result<(Incident, Rechecked), RecoveryError> {
        let (_, body) = self.plan(&recheck.plan_id).await?;
        let mut result = if let Some(later) = self.changed_since(recheck).await? {
            self.judged(recheck, None, later, Verification::default())
        } else {
            let seen = self.look_patiently(&body).await;
            let outcome = seen.outcome();
            let words = compared(outcome, &seen);
            self.judged(recheck, Some(outcome), words, seen)
        };
        let target = body.target.object();
        if let (Some(Outcome::Unmet), Some(target)) = (result.outcome, &target) {
            result.opened = Some(self.incident_for(target, &[], None).await?.id);
        }
        let incident = self.keep_recheck(recheck, &result).await?;
        if let (Some(_), Some(target)) = (&result.opened, &target) {
            self.plan_again(target, &body, progress).await;
        }
        Ok((incident, result))
    }

    fn judged(
        &self,
        recheck: &Recheck,
        outcome: Option<Outcome>,
        words: String,
        verification: Verification,
    ) -> Rechecked {
        Rechecked {
            plan: recheck.plan_id.clone(),
            due_at: recheck.due_at,
            at: self.world.now(),
            outcome,
            words,
            verification,
            opened: None,
        }
    }

    /// Another plan that was executed on the same object since: what this one promised is idle then.
    async fn changed_since(&self, recheck: &Recheck) -> Result<Option<String>, RecoveryError> {
        let own = self.incident(&recheck.incident_id).await?;
        let filter = IncidentFilter {
            state: None,
            cluster: Some(self.settings.cluster.clone()),
        };
        let known = self.store.incidents(&filter, MAX_EARLIER).await?;
        let mut rounds = Vec::new();
        let is_later = |one: &&Incident| {
            one.fingerprint == own.fingerprint && one.opened_at > own.opened_at && one.id != own.id
        };
        for incident in known.iter().filter(is_later) {
            rounds.extend(IncidentBody::of(incident)?.rounds);
        }
        let later = rounds.into_iter().find_map(|round| round.executed);
        Ok(later.map(|later| format!("{} was executed since; it is not judged", later.plan)))
    }

    /// Looks again before what is not so counts.
    async fn look_patiently(&self, body: &PlanBody) -> Verification {
        let pause = Duration::try_from(self.settings.windows.look_every).unwrap_or_default();
        let mut seen = Box::pin(self.verify_once(body)).await;
        for _ in 1..MAX_LOOKS {
            if seen.outcome() != Outcome::Unmet {
                break;
            }
            sleep(pause).await;
            seen = Box::pin(self.verify_once(body)).await;
        }
        seen
    }

    /// Adds the result to the incident of the plan, whatever state that has.
    async fn keep_recheck(
        &self,
        recheck: &Recheck,
        result: &Rechecked,
    ) -> Result<Incident, RecoveryError> {
        for _ in 0..MAX_STALE {
            let incident = self.incident(&recheck.incident_id).await?;
            let mut body = IncidentBody::of(&incident)?;
            body.rechecks.push(result.clone());
            let to = moved(&incident, &[], written(&body)?)?;
            let mut entry = self.entry("incident.rechecked", &body.target.to_string());
            entry.plan_id.clone_from(&recheck.plan_id);
            entry.detail = Some(json!({"outcome": result.outcome, "words": result.words,
                "opened": result.opened}));
            match self.store.recheck_done(recheck, &to, entry).await {
                Err(StoreError::Stale { .. }) => {}
                answer => {
                    answer?;
                    return self.incident(&recheck.incident_id).await;
                }
            }
        }
        Err(RecoveryError::NotNow(format!(
            "incident {} keeps changing; look again later",
            recheck.incident_id
        )))
    }

    /// Plans for what came back. That there are none is said in the incident; that no look was possible
    /// leaves it open for `dogwatch plan create`.
    async fn plan_again(&self, target: &ObjectRef, body: &PlanBody, progress: &dyn Progress) {
        let asked = Asked {
            target,
            alerts: &[],
            request: None,
            requester: body.requester.clone(),
        };
        drop(self.create(&asked, progress).await);
    }
}

/// What was seen, beside what was promised.
fn compared(outcome: Outcome, seen: &Verification) -> String {
    match outcome {
        Outcome::Met => format!("as promised: {}", summary(seen)),
        Outcome::Unmet => format!("not as promised any more: {}", summary(seen)),
        Outcome::Undecided => format!("it cannot be told: {}", summary(seen)),
    }
}
