//! What the server says a plan would do.

use serde::{Deserialize, Serialize};

use super::Target;

/// One field that would change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// Number of the step.
    pub step: u32,
    /// The object.
    pub target: Target,
    /// JSON pointer of the field.
    pub field: String,
    /// Before, redacted; empty when the field is new.
    pub before: String,
    /// After, redacted; empty when the field goes away.
    pub after: String,
}

/// How many of the Pods that a plan adds will find a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Pods that are added, or that move.
    pub asked: u32,
    /// Pods that will surely be placed.
    pub fits: u32,
    /// What holds the others back, with numbers; empty when all fit.
    pub shortfall: String,
}

/// What the server says a plan would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Changed fields, from the dry run.
    pub differences: Vec<Difference>,
    /// SHA-256 of all changed fields before redaction, by step: what is compared before execution.
    pub difference_hashes: Vec<String>,
    /// Rights that the executing identity lacks.
    pub missing_permissions: Vec<String>,
    /// resourceVersion of every target, for information.
    pub resource_versions: Vec<(String, String)>,
    /// Reasons for which the option cannot be executed; empty when it can.
    pub blocked: Vec<String>,
}
