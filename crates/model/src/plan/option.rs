//! One option of a plan, from draft to preview.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Expectation, Fact, Fit, PlanDigest, Preview, RemedyRequest, Reversibility, Risk, Step, Target,
};

/// A, B or C: the same remedy on the same target for the life of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "char")]
pub struct OptionLetter(char);

/// A character that is no letter of an option. Not worth a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an option has a letter from A to Z")]
pub struct NoLetter;

impl TryFrom<char> for OptionLetter {
    type Error = NoLetter;

    fn try_from(letter: char) -> Result<Self, NoLetter> {
        letter
            .is_ascii_uppercase()
            .then_some(Self(letter))
            .ok_or(NoLetter)
    }
}

impl OptionLetter {
    /// Reads a letter; lower case is accepted.
    pub fn new(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then_some(Self(letter))
    }

    /// The letter.
    pub const fn as_char(self) -> char {
        self.0
    }
}

impl fmt::Display for OptionLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An object that the plan relies on, and the fields that must not change before it runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observed {
    /// The object.
    #[serde(flatten)]
    pub target: Target,
    /// Fields and their values.
    pub relied_on: Vec<Fact>,
}

/// What a step needs to be allowed, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Permission {
    /// Verb.
    pub verb: String,
    /// API group; empty for the core group.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Resource in URLs, with its subresource: `deployments/scale`.
    pub resource: String,
    /// Namespace; empty for cluster-scoped resources.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Why.
    pub why: String,
}

/// What is touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Objects that are written to, and Pods that come or go.
    pub summary: Vec<String>,
    /// Objects written.
    pub objects: u32,
    /// Pods that are restarted or moved.
    pub pods_restarted: u32,
    /// Share of Ready replicas that may be missing at any moment, in percent.
    pub ready_lost_percent: u32,
    /// Nodes touched.
    pub nodes: u32,
    /// Cost in words; `None` when nothing is known of prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// Seconds it will probably take until verified.
    pub expected_seconds: u32,
}

/// Not yet tried against the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft;

/// Tried against the server without effect, and named by a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Previewed {
    /// The incident.
    pub incident_id: String,
    /// The letter.
    pub letter: OptionLetter,
    /// UID of the Namespace `kube-system`.
    pub cluster_uid: String,
    /// Version of the policy that was in force.
    pub policy_version: String,
    /// Names the plan.
    pub digest: PlanDigest,
    /// What the server says it would do.
    pub preview: Preview,
}

/// One way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanOption<S> {
    /// The remedy and its parameters: what "the same option" means.
    pub request: RemedyRequest,
    /// What is done, in one line.
    pub title: String,
    /// When this is the right choice.
    pub scenario: String,
    /// Writes, in order.
    pub steps: Vec<Step>,
    /// What the plan relies on.
    pub observed: Vec<Observed>,
    /// What must be true, in words with numbers; part of the digest.
    pub preconditions: Vec<String>,
    /// How dangerous.
    pub risk: Risk,
    /// Whether there is a way back.
    pub reversibility: Reversibility,
    /// What is touched.
    pub impact: Impact,
    /// Whether new Pods will find a place; `None` when none are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// The way back.
    pub rollback: Vec<Step>,
    /// What must be true afterwards.
    pub verification: Vec<Expectation>,
    /// What must be allowed.
    pub permissions: Vec<Permission>,
    /// What the reader must know: who else writes the field, what could not be read.
    pub warnings: Vec<String>,
    /// Draft or previewed.
    pub state: S,
}

impl PlanOption<Previewed> {
    /// What a person types to approve it: the short digest, and before it remedy and object where these
    /// have to be named.
    pub fn typed(&self) -> String {
        let short = self.state.digest.short();
        match self.request.spoken() {
            None => short.to_owned(),
            Some(spoken) => format!("{spoken} {short}"),
        }
    }
}

impl<S> PlanOption<S> {
    /// The same option in another state.
    #[must_use]
    pub fn with_state<T>(self, state: T) -> PlanOption<T> {
        PlanOption {
            request: self.request,
            title: self.title,
            scenario: self.scenario,
            steps: self.steps,
            observed: self.observed,
            preconditions: self.preconditions,
            risk: self.risk,
            reversibility: self.reversibility,
            impact: self.impact,
            fit: self.fit,
            rollback: self.rollback,
            verification: self.verification,
            permissions: self.permissions,
            warnings: self.warnings,
            state,
        }
    }

    /// The objects that are written to, by key.
    pub fn target_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.steps.iter().map(Step::key).collect();
        keys.sort();
        keys.dedup();
        keys
    }
}
