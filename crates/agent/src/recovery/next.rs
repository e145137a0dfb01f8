//! The next round: a plan that did not help, or whose approval came or was used too late, leads to
//! another look and to new options by itself. Nothing of it is carried out without people.

use dogwatch_model::{
    plan::RemedyRequest,
    ports::store::{Incident, IncidentState, Plan, PlanState},
};

use super::{Asked, Created, IncidentBody, PlanBody, Recovery, RecoveryError, Round};
use crate::collect::Progress;

/// Why there is a next round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The plan did not help.
    Ended,
    /// It expired, and was approved or begun too late.
    Late,
}

impl Recovery<'_> {
    /// Looks again after a plan that ended without healing or that expired, and previews what can be
    /// done now. The new plans await approval, and nothing that was said of the old one counts for
    /// them; who asked for the first one still counts as who asked. `None` when the plan leads to no
    /// next round, or somebody made one already.
    ///
    /// # Errors
    /// As for [`Recovery::create`]; [`RecoveryError::NothingToDo`] when nothing is wrong any more.
    pub async fn next_round(
        &self,
        plan_id: &str,
        progress: &dyn Progress,
    ) -> Result<Option<Created>, RecoveryError> {
        let (plan, body) = self.plan(plan_id).await?;
        let incident = self.incident(&plan.incident_id).await?;
        let cause = cause(&plan, &body, &incident)?;
        let (Some(cause), Some(target)) = (cause, body.target.object()) else {
            return Ok(None);
        };
        progress.phase("looking for what can be done next");
        let asked = Asked {
            target: &target,
            alerts: &[],
            request: request(cause, &body),
            requester: body.requester,
        };
        let created = self.create_after(&asked, Some(plan_id), progress).await;
        if let (Cause::Late, Err(why)) = (cause, &created) {
            self.note_nothing(incident, plan_id, why).await?;
        }
        created.map(Some)
    }

    /// A look that led to no plan, so that the incident does not stay where somebody seems to be
    /// looking. Where the cluster gave no answer nobody has looked.
    async fn note_nothing(
        &self,
        incident: Incident,
        plan_id: &str,
        why: &RecoveryError,
    ) -> Result<(), RecoveryError> {
        let is_answer = matches!(
            why,
            RecoveryError::NothingToDo(_) | RecoveryError::NotPlanned(_)
        );
        if !is_answer {
            return Ok(());
        }
        let round = Round {
            at: self.world.now(),
            headline: why.to_string(),
            after: Some(plan_id.to_owned()),
            ..Round::default()
        };
        self.add_round(incident, round).await.map(drop)
    }
}

/// Why the plan leads to a next round; `None` when it leads to none, or has led to one.
fn cause(
    plan: &Plan,
    body: &PlanBody,
    incident: &Incident,
) -> Result<Option<Cause>, RecoveryError> {
    let rounds = IncidentBody::of(incident)?.rounds;
    let is_followed = rounds
        .iter()
        .any(|round| round.after.as_deref() == Some(&*plan.id));
    let rests = matches!(
        incident.state,
        IncidentState::Collecting | IncidentState::Diagnosed
    );
    Ok(match incident.state {
        IncidentState::NeedsNextOption if wants_more(plan, body) => Some(Cause::Ended),
        _ if rests && plan.state == PlanState::Expired && !is_followed => Some(Cause::Late),
        _ => None,
    })
}

/// What is asked for: what heals. Where a person named a remedy, and it was never tried, that one, with
/// a time of its own.
fn request(cause: Cause, body: &PlanBody) -> Option<RemedyRequest> {
    let mut request = match cause {
        Cause::Late if body.is_wanted => body.option.request.clone(),
        Cause::Late | Cause::Ended => return None,
    };
    if let RemedyRequest::RestartWorkload { at, .. }
    | RemedyRequest::RequeueRelease { at, .. }
    | RemedyRequest::RollbackRelease { at, .. } = &mut request
    {
        at.clear();
    }
    Some(request)
}

/// True when the end of the plan asks for another one. What a person stopped waits for a person.
fn wants_more(plan: &Plan, body: &PlanBody) -> bool {
    match plan.state {
        PlanState::Failed | PlanState::Inconclusive | PlanState::Drifted => true,
        // What was undone is not yet healed.
        PlanState::Succeeded => body.undoes.is_some(),
        PlanState::Draft
        | PlanState::Awaiting
        | PlanState::Approved
        | PlanState::Executing
        | PlanState::Verifying
        | PlanState::RolledBack
        | PlanState::Rejected
        | PlanState::Expired
        | PlanState::Superseded
        | PlanState::Aborted => false,
    }
}
