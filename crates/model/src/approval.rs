//! Who may say yes, to what, and what is refused.

mod confirmation;
mod policy;
mod refusal;

pub use confirmation::{Confirmation, Identity, Proof, Said, VerifiedHuman};
pub use policy::{FreezeWindow, Grant, Policy, Role};
pub use refusal::Refusal;

use jiff::Timestamp;

use crate::plan::{PlanOption, Previewed, Risk};

/// What is known of a stored preview besides its content.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// When the preview ends.
    pub expires_at: Timestamp,
    /// Who asked for it, when a person did.
    pub requester: Option<&'a Identity>,
    /// True when it was executed before.
    pub is_used: bool,
    /// Why everything is stopped, if it is.
    pub paused: Option<&'a str>,
    /// Cluster the preview is about, as the policy names it.
    pub cluster: &'a str,
    /// The policy in force.
    pub policy: &'a Policy,
}

/// A plan option that verified humans confirmed. There is no other way to make one than
/// [`PlanOption::approve`], and it cannot be read back from anywhere.
#[derive(Debug)]
pub struct Approved {
    option: PlanOption<Previewed>,
    by: Vec<VerifiedHuman>,
    last_said: Timestamp,
}

impl Approved {
    /// The option.
    pub fn option(&self) -> &PlanOption<Previewed> {
        &self.option
    }

    /// Who confirmed it.
    pub fn by(&self) -> &[VerifiedHuman] {
        &self.by
    }

    /// When the last needed confirmation was given.
    pub fn last_said(&self) -> Timestamp {
        self.last_said
    }
}

impl PlanOption<Previewed> {
    /// Binds confirmations to exactly this preview.
    ///
    /// # Errors
    /// Gives the option back with the reason when the confirmations are for something else, come
    /// too late, are too few, or are by somebody who may not give them.
    #[allow(clippy::result_large_err)] // the option goes back to the caller: that is the contract
    pub fn approve(
        self,
        said: &[Confirmation],
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<Approved, (Self, Refusal)> {
        match self.judge(said, terms, at) {
            Ok((by, last_said)) => Ok(Approved {
                option: self,
                by,
                last_said,
            }),
            Err(refusal) => Err((self, refusal)),
        }
    }

    /// Whether one more confirmation may be recorded, before all of them are there.
    ///
    /// # Errors
    /// When it is for something else, comes too late, or is by somebody who may not give it.
    pub fn check_one(
        &self,
        said: &Confirmation,
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.check_terms(terms, at)?;
        self.check_binding(said)?;
        self.check_person(said, terms)
    }

    fn judge(
        &self,
        said: &[Confirmation],
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(Vec<VerifiedHuman>, Timestamp), Refusal> {
        self.check_terms(terms, at)?;
        let mut by: Vec<VerifiedHuman> = Vec::new();
        let mut last_said = Timestamp::MIN;
        for one in said {
            self.check_binding(one)?;
            if one.said == Said::Reject {
                return Err(Refusal::Denied {
                    by: one.by.identity().to_string(),
                });
            }
            self.check_person(one, terms)?;
            if by.iter().all(|known| known.identity() != one.by.identity()) {
                by.push(one.by.clone());
                last_said = last_said.max(one.at);
            }
        }
        let need = terms.policy.approvals(self.risk);
        if by.len() < need {
            return Err(Refusal::NotEnough {
                have: by.len(),
                need,
            });
        }
        let late = terms.policy.execute_by(last_said).min(terms.expires_at);
        if at > late {
            return Err(Refusal::Expired { at: late });
        }
        Ok((by, last_said))
    }

    /// What does not depend on who says it.
    fn check_terms(&self, terms: &Terms<'_>, at: Timestamp) -> Result<(), Refusal> {
        if self.risk == Risk::Forbidden {
            return Err(Refusal::Forbidden);
        }
        if terms.is_used {
            return Err(Refusal::AlreadyUsed);
        }
        if at > terms.expires_at {
            return Err(Refusal::Expired {
                at: terms.expires_at,
            });
        }
        if let Some(reason) = terms.paused {
            return Err(Refusal::Paused {
                reason: reason.to_owned(),
            });
        }
        if let Some(reason) = self.state.preview.blocked.first() {
            return Err(Refusal::Blocked {
                reason: reason.clone(),
            });
        }
        if self.state.policy_version != terms.policy.version() {
            return Err(Refusal::OtherPolicy);
        }
        let namespaces = self.steps.iter().map(|step| step.target.namespace.as_str());
        terms.policy.check_freeze(namespaces, at)
    }

    /// Whether the confirmation is about exactly this preview.
    fn check_binding(&self, said: &Confirmation) -> Result<(), Refusal> {
        if said.incident_id != self.state.incident_id {
            return Err(Refusal::OtherIncident);
        }
        if said.letter != self.state.letter {
            return Err(Refusal::OtherOption {
                said: said.letter,
                offered: self.state.letter,
            });
        }
        if said.digest != self.state.digest {
            return Err(Refusal::StalePreview);
        }
        Ok(())
    }

    /// Whether the person may say it.
    fn check_person(&self, said: &Confirmation, terms: &Terms<'_>) -> Result<(), Refusal> {
        if matches!(said.by.proof(), Proof::FlagPolicy) && !terms.policy.flag_only {
            return Err(Refusal::NotHuman);
        }
        if said.said == Said::Reject {
            return Ok(());
        }
        let identity = said.by.identity();
        let is_requester = terms.requester.is_some_and(|asked| asked == identity);
        let may_be_requester =
            self.risk == Risk::Low || self.risk == Risk::Medium && terms.policy.self_approval;
        if is_requester && !may_be_requester {
            return Err(Refusal::Requester);
        }
        for step in &self.steps {
            let namespace = &step.target.namespace;
            if !terms
                .policy
                .may_approve(identity, self.risk, terms.cluster, namespace)
            {
                return Err(Refusal::NotAllowed {
                    who: identity.to_string(),
                    risk: self.risk,
                    namespace: namespace.clone(),
                });
            }
        }
        Ok(())
    }
}
