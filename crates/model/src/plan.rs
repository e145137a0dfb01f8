//! Plans: what would be done, to what, why it is safe, and how to tell that it worked.
//!
//! A plan is data. It is frozen before a person sees it, named by a digest, and carried out as it
//! stands: nothing in it is chosen at execution time.

mod document;
mod expectation;
mod option;
mod preview;
mod refusal;
mod request;
mod shape;
mod step;

pub use document::{Binding, NoDigest, PlanDigest, SCHEMA};
pub use expectation::{Expectation, Outcome, Verdict, Verification};
pub use option::{
    Draft, Impact, NoLetter, Observed, OptionLetter, Permission, PlanOption, Previewed,
};
pub use preview::{Difference, Fit, Preview};
pub use refusal::PlanRefusal;
pub use request::{AmountChange, BadRequest, RemedyRequest, ResourceAmount, UtilizationAim};
pub use shape::{DataVolume, NODE_PASSWORD, PoolBounds, PoolShape};
pub use step::{Act, Fact, PatchFormat, Revision, Step, Target};

use core::fmt;

use serde::{Deserialize, Serialize};

/// How dangerous a remedy is. Decides how many people must approve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// One approval.
    Low,
    /// One approval by somebody other than the person who asked for it.
    Medium,
    /// Two approvals by different people.
    High,
    /// Never done; it exists to say why.
    Forbidden,
}

impl Risk {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
            Risk::Forbidden => "forbidden",
        }
    }

    /// One level up, as for something that could not be read. `High` stays: what is forbidden is
    /// forbidden for what it does, not for what is unknown.
    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Risk::Low => Risk::Medium,
            Risk::Medium | Risk::High => Risk::High,
            Risk::Forbidden => Risk::Forbidden,
        }
    }

    /// Different people who must approve.
    pub const fn approvals(self) -> usize {
        match self {
            Risk::Low | Risk::Medium => 1,
            Risk::High => 2,
            Risk::Forbidden => usize::MAX,
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether the way back leads to where it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reversibility {
    /// The rollback restores the former state.
    Reversible,
    /// Something remains: cost, moved Pods.
    Partial,
    /// There is no way back.
    Irreversible,
}

impl fmt::Display for Reversibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reversibility::Reversible => "reversible",
            Reversibility::Partial => "partly reversible",
            Reversibility::Irreversible => "irreversible",
        })
    }
}
