//! `confirm=true`: the plan is made again, and runs only when a stored, unexpired, unused preview
//! has the same digest and the approvals are there.

use dogwatch_model::{
    approval::{Refusal, Said, VerifiedHuman},
    ports::store::{Plan, PlanState},
};

use super::{Approval, Asked, Decided, Ended, Hands, Made, PlanBody, Recovery, RecoveryError};
use crate::collect::Progress;

/// What came of a confirming call.
#[derive(Debug)]
pub enum Confirmed {
    /// Nothing was changed; this is the preview to confirm.
    Preview {
        /// The preview.
        made: Made,
        /// `confirmation_required`, `preview_expired`, `preview_used`, `plan_drifted` or
        /// `approval_required`.
        reason: &'static str,
    },
    /// It was carried out.
    Executed {
        /// The plan, as it was.
        made: Made,
        /// How it ended.
        ended: Ended,
        /// The options of the next round, when it did not help and there are some.
        next: Vec<Made>,
    },
}

impl<'a> Recovery<'a> {
    /// Carries out a remedy that was previewed and approved, or answers with the preview. `by` is
    /// whoever confirms by a flag; it counts only where the policy says so.
    ///
    /// # Errors
    /// When the remedy is impossible, or the store or the cluster gives no answer.
    pub async fn confirm(
        &'a self,
        asked: &Asked<'_>,
        hands: &'a Hands<'a>,
        by: Option<VerifiedHuman>,
        progress: &dyn Progress,
    ) -> Result<Confirmed, RecoveryError> {
        let again = self.rehearse(asked, progress).await?;
        let Some((incident_id, body)) = again else {
            return self.fresh(asked, "confirmation_required", progress).await;
        };
        let known = self.store.plans_of(&incident_id).await?;
        let plan = match self.matching(&known, &body) {
            Ok(plan) => plan,
            Err(reason) => return self.fresh(asked, reason, progress).await,
        };
        if plan.state == PlanState::Awaiting && !self.approve_by_flag(&plan, by).await? {
            let (plan, body) = self.plan(&plan.id).await?;
            return Ok(Confirmed::Preview {
                made: Made { plan, body },
                reason: "approval_required",
            });
        }
        let ended = match self.execute(&plan.id, hands, progress).await {
            // It was approved and not begun in time: a new preview needs an approval of its own.
            Err(RecoveryError::Refused(Refusal::Expired { .. })) => {
                return self.fresh(asked, "preview_expired", progress).await;
            }
            ended => ended?,
        };
        // That there is no next option is no failure of this one; the incident says so.
        let next = self.next_round(&plan.id, progress).await;
        let next = next.ok().flatten().map(|created| created.plans);
        let (plan, body) = self.plan(&plan.id).await?;
        Ok(Confirmed::Executed {
            made: Made { plan, body },
            ended,
            next: next.unwrap_or_default(),
        })
    }

    /// The stored preview of exactly this plan that can still run; else why there is none.
    fn matching(&self, known: &[Plan], body: &PlanBody) -> Result<Plan, &'static str> {
        let state = &body.option.state;
        let same: Vec<&Plan> = known
            .iter()
            .filter(|plan| plan.digest == state.digest.as_str())
            .collect();
        let now = self.world.now();
        let is_open =
            |plan: &&&Plan| matches!(plan.state, PlanState::Awaiting | PlanState::Approved);
        if let Some(plan) = same.iter().find(is_open) {
            return if plan.expires_at < now {
                Err("preview_expired")
            } else {
                Ok((*plan).clone())
            };
        }
        if same.iter().any(|plan| plan.state != PlanState::Superseded) {
            return Err("preview_used");
        }
        let letter = state.letter.as_char();
        let had_one = known
            .iter()
            .any(|plan| plan.letter == letter && is_open(&&plan));
        Err(if had_one {
            "plan_drifted"
        } else {
            "confirmation_required"
        })
    }

    /// True when a flag was enough to approve it.
    async fn approve_by_flag(
        &self,
        plan: &Plan,
        by: Option<VerifiedHuman>,
    ) -> Result<bool, RecoveryError> {
        let Some(by) = by.filter(|_| self.settings.policy.flag_only) else {
            return Ok(false);
        };
        let body = PlanBody::of(plan)?;
        let approval = Approval {
            plan_id: &plan.id,
            by,
            said: Said::Approve,
            digest: &body.option.state.digest,
        };
        let decided = self.decide(approval).await?;
        Ok(matches!(decided, Decided::Approved { .. }))
    }

    /// A new preview, kept.
    async fn fresh(
        &self,
        asked: &Asked<'_>,
        reason: &'static str,
        progress: &dyn Progress,
    ) -> Result<Confirmed, RecoveryError> {
        let mut created = self.create(asked, progress).await?;
        let made = created
            .plans
            .pop()
            .ok_or_else(|| RecoveryError::NotNow("no plan was made".to_owned()))?;
        Ok(Confirmed::Preview { made, reason })
    }
}
