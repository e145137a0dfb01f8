//! Plans and the decisions on them, as the store keeps them.

use jiff::Timestamp;

use super::{Epoch, PlanState};

/// A plan option to be kept; it awaits approval from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    /// Its id.
    pub id: String,
    /// The incident that it belongs to.
    pub incident_id: String,
    /// Its letter, from `letter_for`.
    pub letter: char,
    /// Its digest, 64 hexadecimal digits.
    pub digest: String,
    /// From when on it can no longer be approved or started.
    pub expires_at: Timestamp,
    /// The plan as JSON text.
    pub body: String,
    /// The cluster that it changes.
    pub cluster: String,
    /// The objects that it may change.
    pub targets: Vec<String>,
}

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// The incident that it belongs to.
    pub incident_id: String,
    /// Its letter.
    pub letter: char,
    /// Its digest, 64 hexadecimal digits.
    pub digest: String,
    /// Where it stands.
    pub state: PlanState,
    /// From when on it can no longer be approved or started.
    pub expires_at: Timestamp,
    /// When it was kept.
    pub saved_at: Timestamp,
    /// The plan as JSON text.
    pub body: String,
    /// The cluster that it changes.
    pub cluster: String,
    /// The objects that it may change, sorted.
    pub targets: Vec<String>,
}

/// A change of a plan's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMove {
    /// The plan.
    pub id: String,
    /// The state that the caller believes it to be in.
    pub from: PlanState,
    /// The state that it shall have.
    pub to: PlanState,
    /// The epoch of the executor; needed when `from` is `executing` or `verifying`.
    pub epoch: Option<Epoch>,
}

/// The role in which somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApproverRole {
    /// May approve low and medium risk.
    Operator,
    /// May approve high risk as well.
    Approver,
    /// May in addition change policy and the kill switch.
    Admin,
}

impl ApproverRole {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Operator, Self::Approver, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// What somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No. One denial ends the plan.
    Deny,
}

impl Verdict {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
        }
    }

    /// The verdict of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Approve, Self::Deny]
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
    }
}

/// The decision of one identity on one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The verified identity.
    pub by: String,
    /// The role in which it decided.
    pub role: ApproverRole,
    /// The digest that it was shown, in full.
    pub digest: String,
    /// The letter that it was shown.
    pub letter: char,
    /// Spent when the plan begins, and never accepted again, for any plan.
    pub nonce: String,
    /// When it decided.
    pub decided_at: Timestamp,
    /// What it decided.
    pub verdict: Verdict,
    /// How the identity was proven.
    pub proof: String,
}
