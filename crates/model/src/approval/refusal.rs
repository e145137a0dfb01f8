//! Why a confirmation does not lead to an execution.

use jiff::Timestamp;
use serde::Serialize;

use crate::plan::{OptionLetter, Risk};

/// Why a confirmation does not count. One sentence each, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// It is about another incident.
    #[error("the confirmation is about another incident")]
    OtherIncident,
    /// It names another option.
    #[error("the confirmation names option {said}, this is option {offered}")]
    OtherOption {
        /// What was said.
        said: OptionLetter,
        /// What is offered.
        offered: OptionLetter,
    },
    /// It is about an older content.
    #[error(
        "the digest is not that of this preview; look at the present one with `dogwatch plan show`"
    )]
    StalePreview,
    /// Too late.
    #[error("it expired at {at}; make a new preview with `dogwatch plan create`")]
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// It claims a time that has not come.
    #[error("it claims to be said at {at}, which has not come; look at the clocks")]
    NotYet {
        /// The time.
        at: Timestamp,
    },
    /// The person may not.
    #[error(
        "{who} may not approve {risk} risk in namespace \"{namespace}\"; the policy names who may"
    )]
    NotAllowed {
        /// Who.
        who: String,
        /// The risk.
        risk: Risk,
        /// Where.
        namespace: String,
    },
    /// The person asked for it.
    #[error("who asked for a plan of this risk does not approve it; somebody else must")]
    Requester,
    /// No human was seen.
    #[error(
        "a flag is no approval here; run it at a terminal, or set approval.flagOnly in the configuration"
    )]
    NotHuman,
    /// Not enough people.
    #[error("{have} of {need} approvals by different people are there")]
    NotEnough {
        /// There are.
        have: usize,
        /// There must be.
        need: usize,
    },
    /// Somebody said no.
    #[error("{by} rejected it; a new plan is needed")]
    Denied {
        /// Who.
        by: String,
    },
    /// It ran before.
    #[error("it was executed before; an approval counts once")]
    AlreadyUsed,
    /// Everything is stopped.
    #[error("everything is paused: {reason}")]
    Paused {
        /// Why.
        reason: String,
    },
    /// Changes are frozen.
    #[error("changes are frozen until {until}: {reason}")]
    Frozen {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// The preview found a reason.
    #[error("the preview says it cannot be executed: {reason}")]
    Blocked {
        /// Which.
        reason: String,
    },
    /// The rules have changed.
    #[error("the policy has changed since the preview; make a new one")]
    OtherPolicy,
    /// It is never done.
    #[error("this is never done")]
    Forbidden,
}

impl Refusal {
    /// The code of the action contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "preview_expired",
            Self::AlreadyUsed => "preview_used",
            Self::StalePreview | Self::OtherPolicy => "plan_drifted",
            Self::OtherIncident
            | Self::OtherOption { .. }
            | Self::NotYet { .. }
            | Self::NotAllowed { .. }
            | Self::Requester
            | Self::NotHuman
            | Self::NotEnough { .. }
            | Self::Denied { .. }
            | Self::Paused { .. }
            | Self::Frozen { .. }
            | Self::Blocked { .. }
            | Self::Forbidden => "approval_required",
        }
    }
}
