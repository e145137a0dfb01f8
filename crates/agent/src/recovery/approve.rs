//! Records what verified humans say about a preview.

use dogwatch_engine::incident::Event;
use dogwatch_model::{
    approval::{Confirmation, Identity, Proof, Refusal, Role, Said, Terms, VerifiedHuman},
    plan::{OptionLetter, PlanDigest},
    ports::store::{self, ApproverRole, Plan, PlanState, Verdict},
};
use jiff::Timestamp;
use serde_json::json;

use super::{PlanBody, Recovery, RecoveryError, journal::human, stored::written};

/// What somebody says about a plan.
#[derive(Debug)]
pub struct Approval<'a> {
    /// The plan.
    pub plan_id: &'a str,
    /// Who.
    pub by: VerifiedHuman,
    /// What.
    pub said: Said,
    /// The full digest of what they were shown.
    pub digest: &'a PlanDigest,
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Everybody who has to has agreed; it must begin soon.
    Approved {
        /// Until when.
        execute_by: Timestamp,
    },
    /// More people have to agree.
    NeedsMore {
        /// How many did.
        have: usize,
        /// How many have to.
        need: usize,
    },
    /// It will not be done.
    Rejected,
}

impl Recovery<'_> {
    /// The stored plan and what it says.
    ///
    /// # Errors
    /// When there is none.
    pub async fn plan(&self, id: &str) -> Result<(Plan, PlanBody), RecoveryError> {
        let plan = self.store.plan(id).await?;
        let plan = plan.ok_or_else(|| {
            RecoveryError::Unknown(format!(
                "there is no plan {id}; `dogwatch incidents list` and `dogwatch plan show INCIDENT` name those there are"
            ))
        })?;
        let body = PlanBody::of(&plan)?;
        Ok((plan, body))
    }

    /// Records a yes or a no, and moves the plan when that decides it.
    ///
    /// # Errors
    /// When it does not count, with the reason.
    pub async fn decide(&self, approval: Approval<'_>) -> Result<Decided, RecoveryError> {
        let (plan, body) = self.plan(approval.plan_id).await?;
        let now = self.world.now();
        ensure_open(&plan)?;
        let paused = self.paused().await?;
        let terms = self.terms(&plan, body.requester.as_ref(), paused.as_deref());
        let said = Confirmation {
            incident_id: plan.incident_id.clone(),
            letter: body.option.state.letter,
            digest: approval.digest.clone(),
            by: approval.by,
            said: approval.said,
            at: now,
        };
        if let Err(refusal) = body.option.check_one(&said, &terms, now) {
            self.note_refusal(&plan, &said, &refusal).await?;
            if plan.expires_at < now {
                let left = self.left(&plan.incident_id, &plan.id).await?;
                let expired = Event::Expired(left);
                self.decided(&plan, PlanState::Expired, expired).await?;
            }
            return Err(refusal.into());
        }
        let entry = self.entry_by(human(&said.by), word(said.said), &body.target.to_string());
        self.store
            .add_approval(&plan.id, &self.stored(&said)?, entry)
            .await?;
        self.judge(&plan, body, now).await
    }

    /// Whether all that was said makes it an approval.
    async fn judge(
        &self,
        plan: &Plan,
        body: PlanBody,
        now: Timestamp,
    ) -> Result<Decided, RecoveryError> {
        let said = self.said(plan).await?;
        let paused = self.paused().await?;
        let requester = body.requester.clone();
        let terms = self.terms(plan, requester.as_ref(), paused.as_deref());
        let judged = body.option.approve(&said, &terms, now);
        let (to, event, decided) = match judged {
            Ok(approved) => {
                let late = self.settings.policy.execute_by(approved.last_said());
                let execute_by = late.min(plan.expires_at);
                let decided = Decided::Approved { execute_by };
                (PlanState::Approved, Event::Confirmed, decided)
            }
            Err((_, Refusal::NotEnough { have, need })) => {
                return Ok(Decided::NeedsMore { have, need });
            }
            Err((_, Refusal::Denied { .. })) => {
                let left = self.left(&plan.incident_id, &plan.id).await?;
                (PlanState::Rejected, Event::Denied(left), Decided::Rejected)
            }
            Err((_, refusal)) => return Err(refusal.into()),
        };
        self.decided(plan, to, event).await?;
        Ok(decided)
    }

    /// What is known of a stored preview besides its content.
    pub(crate) fn terms<'t>(
        &'t self,
        plan: &Plan,
        requester: Option<&'t Identity>,
        paused: Option<&'t str>,
    ) -> Terms<'t> {
        Terms {
            expires_at: plan.expires_at,
            requester,
            is_used: false,
            paused,
            cluster: &self.settings.cluster,
            policy: &self.settings.policy,
        }
    }

    /// The confirmations that the store holds for a plan.
    pub(crate) async fn said(&self, plan: &Plan) -> Result<Vec<Confirmation>, RecoveryError> {
        let stored = self.store.approvals(&plan.id).await?;
        stored.iter().map(|one| confirmation(plan, one)).collect()
    }

    /// Why everything is stopped, if it is.
    pub(crate) async fn paused(&self) -> Result<Option<String>, RecoveryError> {
        let pauses = self.store.pauses().await?;
        match pauses.first() {
            Some(pause) => Ok(Some(format!("{} (by {})", pause.reason, pause.by))),
            None => self.pause_requested().await,
        }
    }

    /// A confirmation as the store keeps it.
    fn stored(&self, said: &Confirmation) -> Result<store::Approval, RecoveryError> {
        let identity = said.by.identity();
        let cluster = &self.settings.cluster;
        let has = |role| self.settings.policy.has_role(identity, role, cluster, "");
        let role = if has(Role::Admin) {
            ApproverRole::Admin
        } else if has(Role::Approver) {
            ApproverRole::Approver
        } else {
            ApproverRole::Operator
        };
        Ok(store::Approval {
            by: identity.to_string(),
            role,
            digest: said.digest.as_str().to_owned(),
            letter: said.letter.as_char(),
            nonce: self.world.new_id(),
            decided_at: said.at,
            verdict: match said.said {
                Said::Approve => Verdict::Approve,
                Said::Reject => Verdict::Deny,
            },
            proof: written(said.by.proof())?,
        })
    }

    /// A refused confirmation is recorded too: auditors look for them.
    async fn note_refusal(
        &self,
        plan: &Plan,
        said: &Confirmation,
        refusal: &Refusal,
    ) -> Result<(), RecoveryError> {
        let mut entry = self.entry_by(human(&said.by), "approval.refused", &plan.id);
        entry.incident_id.clone_from(&plan.incident_id);
        entry.plan_id.clone_from(&plan.id);
        entry.detail = Some(json!({"reason": refusal.to_string(), "code": refusal.code()}));
        self.store.append(entry).await?;
        Ok(())
    }
}

/// Refuses to decide on what is decided.
fn ensure_open(plan: &Plan) -> Result<(), RecoveryError> {
    match plan.state {
        PlanState::Awaiting => Ok(()),
        state => Err(RecoveryError::NotNow(format!(
            "{} is {state} and takes no decision any more",
            plan.id
        ))),
    }
}

fn word(said: Said) -> &'static str {
    match said {
        Said::Approve => "approval.given",
        Said::Reject => "approval.denied",
    }
}

/// What was said, from the store, where only verified confirmations are put.
fn confirmation(plan: &Plan, stored: &store::Approval) -> Result<Confirmation, RecoveryError> {
    let garbled =
        |what: &str| RecoveryError::Garbled(format!("{}: {what} of an approval", plan.id));
    let proof: Proof = serde_json::from_str(&stored.proof).map_err(|_| garbled("proof"))?;
    Ok(Confirmation {
        incident_id: plan.incident_id.clone(),
        letter: OptionLetter::new(stored.letter).ok_or_else(|| garbled("letter"))?,
        digest: PlanDigest::parse(&stored.digest).ok_or_else(|| garbled("digest"))?,
        by: VerifiedHuman::recorded(Identity::stored(&stored.by), proof),
        said: match stored.verdict {
            Verdict::Approve => Said::Approve,
            Verdict::Deny => Said::Reject,
        },
        at: stored.decided_at,
    })
}
