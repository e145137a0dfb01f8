//! What the store keeps of plans and incidents, as JSON.

use dogwatch_model::{
    AlertFile,
    approval::Identity,
    plan::{Outcome, PlanOption, PlanRefusal, Previewed, Target, Verification},
    ports::store::{Incident, Plan},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RecoveryError;

/// A plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanBody {
    /// What was previewed.
    pub option: PlanOption<Previewed>,
    /// Who asked for it; `None` when nobody did.
    pub requester: Option<Identity>,
    /// The object it is about.
    pub target: Target,
    /// When it was made.
    pub created_at: Timestamp,
    /// The plan that this one goes back on, for a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// True when a person named the remedy, false when the diagnosis chose it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_wanted: bool,
}

/// What came out of one round: from looking to verifying.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Round {
    /// When it began.
    pub at: Timestamp,
    /// Alerts about the object that were firing.
    #[serde(default)]
    pub alerts: Vec<AlertFile>,
    /// The conclusion.
    pub headline: String,
    /// The causes, best first.
    pub causes: Vec<String>,
    /// The whole diagnosis, as `dogwatch diagnose -o json` prints it.
    pub diagnosis: serde_json::Value,
    /// SHA-256 of the recording from which it can be made again; empty when there is none.
    #[serde(default)]
    pub recording: String,
    /// Plans that were offered.
    pub plans: Vec<String>,
    /// What was thought of and is in the way: remedy and reason.
    #[serde(default)]
    pub refused: Vec<(String, PlanRefusal)>,
    /// The plan that was executed, and what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed: Option<Closed>,
    /// The plan whose end led to this round; `None` when somebody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// How an executed plan ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Closed {
    /// The plan.
    pub plan: String,
    /// `succeeded`, `failed`, `inconclusive`, `drifted`, `aborted`.
    pub state: String,
    /// In words.
    pub words: String,
    /// What was verified.
    pub verification: Verification,
    /// When it ended.
    pub at: Timestamp,
}

/// An incident.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IncidentBody {
    /// The object it is about.
    pub target: Target,
    /// Alerts that are firing about it.
    pub alerts: Vec<AlertFile>,
    /// Rounds, in order.
    pub rounds: Vec<Round>,
    /// The closed incident about the same object that came before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
    /// Who gave it up, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<Abandoned>,
    /// Later looks at what its plans promised, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rechecks: Vec<Rechecked>,
}

/// A later look at what a plan promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rechecked {
    /// The plan.
    pub plan: String,
    /// When it fell due.
    pub due_at: Timestamp,
    /// When it was done.
    pub at: Timestamp,
    /// Whether all is as it was promised; `None` when a later change makes the question idle.
    pub outcome: Option<Outcome>,
    /// In words.
    pub words: String,
    /// What was looked at.
    pub verification: Verification,
    /// The incident that it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<String>,
}

/// How an incident was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandoned {
    /// The person, as the API server names them.
    pub by: Identity,
    /// Why, in their words, redacted.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl PlanBody {
    /// Reads the body of a stored plan.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn of(plan: &Plan) -> Result<Self, RecoveryError> {
        read(&plan.body, &plan.id)
    }
}

impl IncidentBody {
    /// Reads the body of a stored incident.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn of(incident: &Incident) -> Result<Self, RecoveryError> {
        read(&incident.body, &incident.id)
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &str, id: &str) -> Result<T, RecoveryError> {
    serde_json::from_str(body).map_err(|error| RecoveryError::Garbled(format!("{id}: {error}")))
}

/// A body as text.
pub(crate) fn written<T: Serialize>(body: &T) -> Result<String, RecoveryError> {
    serde_json::to_string(body).map_err(|error| RecoveryError::Garbled(error.to_string()))
}
