//! Who may say yes, to what, and what is refused.

mod confirmation;
mod freeze;
mod policy;
mod refusal;

pub use confirmation::{Confirmation, Identity, Proof, Said, VerifiedHuman};
pub use freeze::{Day, FreezeWindow, NoWindow, TimeOfDay, WeeklyFreeze, Zone};
pub use policy::{Grant, Policy, Role};
pub use refusal::Refusal;

use jiff::Timestamp;

use crate::plan::{Act, PlanOption, Previewed, Risk, Step};

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
///
/// Its fields are private:
///
/// ```compile_fail,E0451
/// use dogwatch_model::{approval::Approved, plan::{PlanOption, Previewed}};
///
/// fn forge(option: PlanOption<Previewed>) -> Approved {
///     Approved { option, by: Vec::new(), last_said: jiff::Timestamp::UNIX_EPOCH }
/// }
/// ```
///
/// No text becomes one:
///
/// ```compile_fail,E0277
/// use dogwatch_model::approval::Approved;
///
/// fn forge(text: &str) -> Approved {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
///
/// One approval is for one execution, so it cannot be copied:
///
/// ```compile_fail,E0599
/// use dogwatch_model::approval::Approved;
///
/// fn twice(approved: Approved) -> (Approved, Approved) {
///     (approved.clone(), approved)
/// }
/// ```
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
        self.check_person(said, terms, at)
    }

    fn judge(
        &self,
        said: &[Confirmation],
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(Vec<VerifiedHuman>, Timestamp), Refusal> {
        self.check_terms(terms, at)?;
        let mut by: Vec<(Timestamp, VerifiedHuman)> = Vec::new();
        for one in said {
            self.check_binding(one)?;
            if one.said == Said::Reject {
                return Err(Refusal::Denied {
                    by: one.by.identity().to_string(),
                });
            }
            self.check_person(one, terms, at)?;
            let is_new =
                |(_, known): &(Timestamp, VerifiedHuman)| known.identity() != one.by.identity();
            if by.iter().all(is_new) {
                by.push((one.at, one.by.clone()));
            }
        }
        let need = terms.policy.approvals(self.risk);
        if by.len() < need {
            return Err(Refusal::NotEnough {
                have: by.len(),
                need,
            });
        }
        // The clock of the execution starts with the last approval that was needed; one more that
        // nobody needed does not prolong it.
        by.sort_by_key(|(at, _)| *at);
        let last_said = by[need - 1].0;
        let late = terms.policy.execute_by(last_said).min(terms.expires_at);
        if at > late {
            return Err(Refusal::Expired { at: late });
        }
        Ok((by.into_iter().map(|(_, human)| human).collect(), last_said))
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
        if self.steps.is_empty() {
            return Err(Refusal::Blocked {
                reason: "it writes nothing".to_owned(),
            });
        }
        if !self.is_intact() {
            return Err(Refusal::StalePreview);
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
    fn check_person(
        &self,
        said: &Confirmation,
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        // A time that has not come would move the end of the approval.
        if said.at > at {
            return Err(Refusal::NotYet { at: said.at });
        }
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
            let namespace = authority(step);
            if !terms
                .policy
                .may_approve(identity, self.risk, terms.cluster, namespace)
            {
                return Err(Refusal::NotAllowed {
                    who: identity.to_string(),
                    risk: self.risk,
                    namespace: namespace.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// The Namespace that a grant must cover for a step. What a provider changes is changed for the
/// whole cluster, whichever workload it is done for.
fn authority(step: &Step) -> &str {
    match step.act {
        Act::Provider { .. } => "",
        Act::Patch { .. }
        | Act::CopyTemplate { .. }
        | Act::Create { .. }
        | Act::RerunJob { .. }
        | Act::ApplyManifest { .. }
        | Act::StoreRevision { .. }
        | Act::Delete { .. }
        | Act::Evict => &step.target.namespace,
    }
}
