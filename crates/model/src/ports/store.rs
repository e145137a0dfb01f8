//! The durable store: incidents, plans, approvals, executions and the audit chain.
//!
//! Every method that changes something takes an [`Entry`] and writes its record in the same
//! transaction: no audit, no action. The store has no clock; times come with the call and are kept
//! to the microsecond. Bodies are opaque JSON text.

mod error;
mod execution;
mod incident;
mod plan;
mod plan_state;

pub use error::{Refused, StoreError};
pub use execution::{Claim, Epoch, Lease, Limits, Recheck, Step, StepEnd, StepStart, StepState};
pub use incident::{Incident, IncidentFilter, IncidentMove, IncidentState, NewIncident};
pub use plan::{Approval, ApproverRole, NewPlan, Plan, PlanMove, Verdict};
pub use plan_state::{PLAN_MOVES, PlanState};

use crate::record::{Entry, Record, Tip};

use super::PortFuture;

/// The answer of the store.
pub type Answer<'a, T> = PortFuture<'a, Result<T, StoreError>>;

/// A stop of all recovery, in force until two people lift it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Its number, from 1.
    pub id: u64,
    /// Why.
    pub reason: String,
    /// The identity that asked for it.
    pub by: String,
    /// The first of the two identities that want it lifted.
    pub resume_asked_by: Option<String>,
}

/// What became of the wish to resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resumed {
    /// Noted; another identity has to ask as well.
    NeedsSecond,
    /// The pause is lifted.
    Lifted,
}

/// The store works: it was read and written a moment ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreHealth {
    /// `SQLite` or `PostgreSQL`.
    pub backend: &'static str,
    /// The version of the tables.
    pub schema: u32,
    /// The end of the audit chain.
    pub tip: Tip,
}

/// What is kept over restarts. See the module for the rules that hold for all methods.
pub trait Store: Send + Sync {
    /// Adds a record to the audit chain.
    fn append(&self, entry: Entry) -> Answer<'_, Record>;

    /// At most `limit` records that follow the record `after_seq`, in order.
    fn records(&self, after_seq: u64, limit: u32) -> Answer<'_, Vec<Record>>;

    /// All records of one incident, in order.
    fn records_of_incident<'a>(&'a self, incident_id: &'a str) -> Answer<'a, Vec<Record>>;

    /// The end of the audit chain.
    fn tip(&self) -> Answer<'_, Tip>;

    /// Opens an incident. Refused with [`StoreError::AlreadyOpen`] while another one of the same
    /// cluster and fingerprint is not closed.
    fn open_incident<'a>(&'a self, new: &'a NewIncident, entry: Entry) -> Answer<'a, Incident>;

    /// One incident.
    fn incident<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Incident>>;

    /// At most `limit` incidents that match, the newest first.
    fn incidents<'a>(&'a self, filter: &'a IncidentFilter, limit: u32)
    -> Answer<'a, Vec<Incident>>;

    /// The incident of this fingerprint that is not closed.
    fn open_incident_of<'a>(
        &'a self,
        cluster: &'a str,
        fingerprint: &'a str,
    ) -> Answer<'a, Option<Incident>>;

    /// Changes state and body if the version is still the one that the caller read, else
    /// [`StoreError::Stale`]. Answers the new version. When the incident executes or is closed, no
    /// plan of it awaits a decision any more: those that do become superseded, those that were
    /// approved and did not begin become aborted, each with a record of its own.
    fn move_incident<'a>(&'a self, to: &'a IncidentMove, entry: Entry) -> Answer<'a, u64>;

    /// The letter of a remedy in an incident: the next free one at the first call, the same one
    /// ever after.
    fn letter_for<'a>(&'a self, incident_id: &'a str, remedy_key: &'a str) -> Answer<'a, char>;

    /// Keeps a plan that awaits approval. Older awaiting plans of the same incident and letter
    /// become superseded, each with a record of its own; their ids are answered. The letter must
    /// come from [`Store::letter_for`].
    fn save_plan<'a>(&'a self, new: &'a NewPlan, entry: Entry) -> Answer<'a, Vec<String>>;

    /// One plan.
    fn plan<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Plan>>;

    /// The plans of an incident, the newest first.
    fn plans_of<'a>(&'a self, incident_id: &'a str) -> Answer<'a, Vec<Plan>>;

    /// The newest awaiting plan of a cluster with this digest. It may be expired.
    fn awaiting_by_digest<'a>(
        &'a self,
        cluster: &'a str,
        digest: &'a str,
    ) -> Answer<'a, Option<Plan>>;

    /// Changes the state of a plan if it is still `from`, else [`StoreError::Conflict`]. To
    /// `approved` only with an approval and without a denial; to `executing` only by
    /// [`Store::begin`]; out of `executing` and `verifying` only with the present epoch.
    fn move_plan<'a>(&'a self, to: &'a PlanMove, entry: Entry) -> Answer<'a, ()>;

    /// Moves a plan and its incident in one transaction: no decision and no end without its
    /// explanation. The rules of [`Store::move_plan`] and [`Store::move_incident`] hold; the first
    /// entry is about the plan, the second about the incident.
    fn move_together<'a>(
        &'a self,
        to: &'a PlanMove,
        incident: &'a IncidentMove,
        entries: (Entry, Entry),
    ) -> Answer<'a, ()>;

    /// The same, and later looks at what the plan promised fall due at these times.
    fn end_plan<'a>(
        &'a self,
        to: &'a PlanMove,
        incident: &'a IncidentMove,
        rechecks: &'a [jiff::Timestamp],
        entries: (Entry, Entry),
    ) -> Answer<'a, ()>;

    /// At most `limit` later looks in a cluster that are due and not done, the oldest first.
    fn rechecks_due<'a>(
        &'a self,
        cluster: &'a str,
        now: jiff::Timestamp,
        limit: u32,
    ) -> Answer<'a, Vec<Recheck>>;

    /// Notes that a later look was done, with the move of the incident that holds its result. Refused
    /// with [`StoreError::Unknown`] when it is not due any more: it counts once.
    fn recheck_done<'a>(
        &'a self,
        recheck: &'a Recheck,
        incident: &'a IncidentMove,
        entry: Entry,
    ) -> Answer<'a, ()>;

    /// Keeps the decision of one identity, once, while the plan awaits and is not expired, and only
    /// when digest and letter are those of the plan. The state of the plan stays as it is.
    fn add_approval<'a>(
        &'a self,
        plan_id: &'a str,
        approval: &'a Approval,
        entry: Entry,
    ) -> Answer<'a, ()>;

    /// The decisions on a plan, in the order in which they came.
    fn approvals<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Vec<Approval>>;

    /// Starts an approved plan: spends its nonces, checks pauses, expiry and limits, and hands out
    /// the first epoch. Of two concurrent calls one wins.
    fn begin<'a>(&'a self, claim: &'a Claim, limits: &'a Limits, entry: Entry)
    -> Answer<'a, Epoch>;

    /// Continues the plan of an executor whose lease is over. The old epoch is void from then on.
    fn take_over<'a>(&'a self, claim: &'a Claim, entry: Entry) -> Answer<'a, Epoch>;

    /// Extends the lease. Writes no record: nothing but the lease changes.
    fn renew<'a>(
        &'a self,
        plan_id: &'a str,
        epoch: Epoch,
        lease_until: jiff::Timestamp,
    ) -> Answer<'a, ()>;

    /// Who executes a plan, or did last.
    fn lease<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Option<Lease>>;

    /// Notes a step before it is sent. Refused while a pause is in force or the lease is over.
    /// Repeating it with the same request changes nothing and answers the step as it is, so that a
    /// step that is done is not sent again.
    fn step_started<'a>(&'a self, start: &'a StepStart, entry: Entry) -> Answer<'a, Step>;

    /// Notes that a step was done, and the mutation of its object for the limits. Repeating it with
    /// the same outcome changes nothing.
    fn step_done<'a>(&'a self, end: &'a StepEnd, entry: Entry) -> Answer<'a, ()>;

    /// Notes that a step failed and changed nothing. Repeating it changes nothing.
    fn step_failed<'a>(&'a self, end: &'a StepEnd, entry: Entry) -> Answer<'a, ()>;

    /// The steps of a plan that were started, in order.
    fn steps<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Vec<Step>>;

    /// Stops all recovery; answers the number of the pause.
    fn pause<'a>(&'a self, reason: &'a str, by: &'a str, entry: Entry) -> Answer<'a, u64>;

    /// Asks to lift a pause. Two different identities are needed.
    fn resume<'a>(&'a self, id: u64, by: &'a str, entry: Entry) -> Answer<'a, Resumed>;

    /// The pauses in force.
    fn pauses(&self) -> Answer<'_, Vec<Pause>>;

    /// The name of this installation, which every process with this store shares: the proposed one
    /// at the first call, the same one ever after. Writes no record: nothing depends on it here.
    fn installation<'a>(&'a self, proposed: &'a str) -> Answer<'a, String>;

    /// Reads and writes; the error says why the store cannot be used.
    fn health(&self) -> Answer<'_, StoreHealth>;
}
