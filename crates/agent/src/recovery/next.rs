//! The next round: a plan that did not help leads to another look and to new options by itself.
//! Nothing of it is carried out without people.

use dogwatch_model::ports::store::{IncidentState, Plan, PlanState};

use super::{Asked, Created, PlanBody, Recovery, RecoveryError};
use crate::collect::Progress;

impl Recovery<'_> {
    /// Looks again after a plan that ended without healing, and previews what can be done now. The new
    /// plans await approval; who asked for the first one still counts as who asked. `None` when the
    /// plan leads to no next round, or somebody else made one.
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
        let target = body.target.object();
        let (true, IncidentState::NeedsNextOption, Some(target)) =
            (wants_more(&plan, &body), incident.state, target)
        else {
            return Ok(None);
        };
        progress.phase("looking for what can be done next");
        let asked = Asked {
            target: &target,
            alerts: &[],
            request: None,
            requester: body.requester,
        };
        let created = self.create_after(&asked, Some(plan_id), progress).await?;
        Ok(Some(created))
    }
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
