//! Nouns of the domain, their invariants and the port traits.
//!
//! This crate depends on no other crate of ours, on no client library and on no async runtime.
//! Newcomers start at [`Snapshot`] (what was seen), [`Ledger`] (what could not be seen),
//! [`Finding`] (what is wrong) and [`Diagnosis`] (why).

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod alarm;
mod alert;
pub mod approval;
pub mod canonical;
mod causality;
mod diagnosis;
mod evidence;
mod finding;
mod ids;
mod kind;
mod ledger;
mod metric;
mod node_service;
mod object;
pub mod plan;
pub mod ports;
pub mod record;
pub mod redaction;
pub mod report;
pub mod snapshot;
pub mod wire;

pub use alarm::{Alarm, AlarmSource, AlarmState, annotations, fingerprint};
pub use alert::{Alert, AlertFile, AlertSubject};
pub use causality::{CausalGraph, Cycle, Edge, EdgeStrength, MissingProof};
pub use diagnosis::{Cause, Confidence, Diagnosis, Handoff, Role, Undecided};
pub use evidence::{Evidence, EvidenceSource};
pub use finding::*;
pub use ids::{CheckId, RuleId, Uid};
pub use kind::{CustomKind, Kind, KindInfo, UnknownKind};
pub use ledger::{CompleteFor, Hole, Holes, Ledger, LedgerEntry, ReadOutcome, SkipReason, Source};
pub use metric::{Basis, MAX_POINTS, MAX_SERIES, Measurement, Measurements, Resource, Series};
pub use node_service::NodeService;
pub use object::ObjectRef;
pub use snapshot::Snapshot;
