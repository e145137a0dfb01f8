//! What the store answers instead of doing it.

use core::error::Error;

use jiff::Timestamp;

use crate::canonical::NotCanonical;

use super::{Epoch, PlanState};

/// The reason below a [`StoreError`]. Never holds a password.
type Cause = Box<dyn Error + Send + Sync>;

/// The store did not do it. Each message is one sentence; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, or not in time. Worth a retry.
    #[error("the store {place} does not answer; recovery stops until it does")]
    Unavailable {
        /// Where it is, without credentials.
        place: String,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The database takes no writes: read-only, full, or without the right to.
    #[error(
        "the store {place} cannot be written; recovery stops, because nothing is done without an audit record"
    )]
    NotWritable {
        /// Where it is, without credentials.
        place: String,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The address names no store.
    #[error("{reason}; name sqlite:/path/to/file or postgres://user@host/database")]
    Address {
        /// What is wrong, without credentials.
        reason: String,
    },
    /// The tables are those of a newer Dogwatch.
    #[error("the tables of the store have version {found}, this Dogwatch knows {known}; update it")]
    Newer {
        /// The version in the database.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// What was read makes no sense: somebody else wrote it, or the file is damaged.
    #[error("{what} in the store cannot be understood: it is damaged or was changed by hand")]
    Corrupt {
        /// Which row.
        what: String,
    },
    /// The database refused a statement for a reason that has no name here.
    #[error("the store {place} refused the connection or a statement")]
    Failed {
        /// Where it is, without credentials.
        place: String,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The audit entry has no canonical form.
    #[error("the audit record cannot be written")]
    Entry {
        /// The reason.
        #[from]
        source: NotCanonical,
    },
    /// There is no such thing.
    #[error("the store holds no {what} {id}")]
    Unknown {
        /// `plan`, `incident`, `letter`, `step`, `pause`.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// There is one already, with other content.
    #[error("the store holds {what} {id} already, and it differs")]
    Exists {
        /// `plan`, `incident`, `step`.
        what: &'static str,
        /// Its name.
        id: String,
    },
    /// An incident with this fingerprint is not closed yet.
    #[error("incident {id} with the same fingerprint is still open")]
    AlreadyOpen {
        /// The open incident.
        id: String,
    },
    /// Somebody else changed the incident in the meantime. Read it again.
    #[error("the incident was changed in the meantime: its version is {now}")]
    Stale {
        /// The present version.
        now: u64,
    },
    /// The plan is in another state than the caller believed.
    #[error("the plan is {now}")]
    Conflict {
        /// The present state.
        now: PlanState,
    },
    /// The state machine has no such move.
    #[error("a plan cannot go from {from} to {to} this way")]
    Illegal {
        /// The state before.
        from: PlanState,
        /// The state that was asked for.
        to: PlanState,
    },
    /// Another executor took over, or none was named.
    #[error("this executor was replaced: the present epoch is {now}")]
    Fenced {
        /// The present epoch.
        now: Epoch,
    },
    /// A rule forbids it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl StoreError {
    /// True when the same call may succeed a moment later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// True when a rule forbids it, and not a fault.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused(_)
                | Self::Conflict { .. }
                | Self::Illegal { .. }
                | Self::Fenced { .. }
                | Self::Stale { .. }
        )
    }
}

/// A rule that forbids it: a message for people, a code for machines. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A pause is in force.
    #[error("recovery is paused: {reason}")]
    Paused {
        /// The reason of the oldest pause.
        reason: String,
    },
    /// Nobody approved this plan.
    #[error("nobody approved this plan")]
    NotApproved,
    /// Somebody denied it.
    #[error("{by} denied this plan")]
    Denied {
        /// The identity.
        by: String,
    },
    /// The same identity decided before.
    #[error("{by} decided on this plan already")]
    DecidedBefore {
        /// The identity.
        by: String,
    },
    /// Digest or letter are not those of the plan.
    #[error("the approval is for another plan: its digest or its letter differs")]
    OtherPlan,
    /// The time is over.
    #[error("the plan expired at {at}; ask for a fresh preview")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// The approval was used before.
    #[error("the approval was used before; ask for a fresh preview")]
    NonceSpent,
    /// Another plan of the cluster is running.
    #[error("plan {plan_id} is still running in this cluster")]
    InFlight {
        /// One of the running plans.
        plan_id: String,
    },
    /// Too many plans within an hour.
    #[error("{limit} plans were started in this cluster within an hour; wait")]
    TooManyPlans {
        /// The limit.
        limit: u32,
    },
    /// Recovery does not hold: the same object was changed too often.
    #[error("{object} was changed {limit} times within 24 hours: remediation is not holding")]
    NotHolding {
        /// The object.
        object: String,
        /// The limit.
        limit: u32,
    },
    /// The object was changed a moment ago.
    #[error("{object} was changed a moment ago; wait until {until}")]
    CoolDown {
        /// The object.
        object: String,
        /// When it may be changed again.
        until: Timestamp,
    },
    /// The executor is alive.
    #[error("{owner} executes this plan until {until}")]
    LeaseHeld {
        /// The executor.
        owner: String,
        /// The end of its lease.
        until: Timestamp,
    },
    /// The executor did not renew its lease in time.
    #[error("the lease was over at {at}; renew it first")]
    LeaseOver {
        /// When.
        at: Timestamp,
    },
    /// The step would change an object that the plan does not name.
    #[error("{object} is no target of this plan")]
    NotATarget {
        /// The object.
        object: String,
    },
    /// One person cannot lift a pause alone.
    #[error("{by} asked already; a second person has to ask as well")]
    SamePerson {
        /// The identity.
        by: String,
    },
    /// All letters of the incident are taken.
    #[error("the letters A to Z of this incident are used up")]
    NoLetterLeft,
}

impl Refused {
    /// The name of the rule, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Paused { .. } => "paused",
            Self::NotApproved => "not_approved",
            Self::Denied { .. } => "denied",
            Self::DecidedBefore { .. } => "decided_before",
            Self::OtherPlan => "other_plan",
            Self::Expired { .. } => "expired",
            Self::NonceSpent => "nonce_spent",
            Self::InFlight { .. } => "in_flight",
            Self::TooManyPlans { .. } => "too_many_plans",
            Self::NotHolding { .. } => "not_holding",
            Self::CoolDown { .. } => "cool_down",
            Self::LeaseHeld { .. } => "lease_held",
            Self::LeaseOver { .. } => "lease_over",
            Self::NotATarget { .. } => "not_a_target",
            Self::SamePerson { .. } => "same_person",
            Self::NoLetterLeft => "no_letter_left",
        }
    }
}
