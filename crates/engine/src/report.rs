//! Composes documents from a diagnosis: structures with wording and evidence ids, no layout.

mod causes;
mod changed;
mod document;
mod incident;
mod inspection;
mod logged;
mod picture;
mod plan;
mod pods;
mod summary;
mod timeline;
mod usage;
mod wording;
mod workload;

use dogwatch_model::{
    CheckId, Confidence, Evidence, Handoff, LedgerEntry, ObjectRef, Role, Severity, wire::Text,
};
use jiff::Timestamp;
use serde::Serialize;

pub use changed::ChangeEntry;
pub use document::{inspection_document, object_document};
pub use incident::{Incident, Refused, Step, incident, incident_document};
pub use inspection::{
    Checked, Inspection, InspectionStatus, InspectionSummary, WordCounts, inspection,
};
pub use logged::LogSummary;
pub use plan::{PlanEntry, diff_document, ended_document, plans_document};
pub use pods::{PodEntry, PodIssue};
pub use summary::{Status, Summary};
pub use timeline::{EventFilter, Events, TimelineEntry};
pub use usage::{Usage, UsageEntry, usage};
pub use workload::{
    GenerationCheck, ObjectDiagnosis, PodDiagnosis, ReplicaSetEntry, Selector, Target,
    VersionEntry, WorkloadEntry, object,
};

/// Version of every document that this module writes.
pub const SCHEMA: &str = "dogwatch.report/v1";

/// A fact with the id under which sentences cite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CitedEvidence {
    /// `E1` to `En`, unique within one document.
    pub id: String,
    /// The fact.
    #[serde(flatten)]
    pub fact: Evidence,
}

/// A ranked cause, symptom or note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseEntry {
    /// 1 is the first to look at.
    pub rank: usize,
    /// Public type: the seed's spelling.
    #[serde(rename = "type")]
    pub public_type: &'static str,
    /// Other spellings of the type.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub aliases: &'static [&'static str],
    /// Stable id within the catalogue of failure modes.
    pub mode: &'static str,
    /// Who refused, for rejections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<&'static str>,
    /// The type this one is a special case of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<&'static str>,
    /// The check that found it.
    pub check: CheckId,
    /// Cause, symptom or note.
    pub role: Role,
    /// Ranks of the entries that explain this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caused_by: Vec<usize>,
    /// Why they explain it, one reason per link.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The object it is about.
    pub object: ObjectRef,
    /// The workload, Job or other controller of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<ObjectRef>,
    /// The container it is about.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub container: Text,
    /// Objects with the same trouble, this one included.
    pub affected: usize,
    /// One sentence.
    pub title: String,
    /// What exactly.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The earliest time at which the evidence proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How sure.
    pub confidence: Confidence,
    /// Facts for it.
    pub evidence: Vec<CitedEvidence>,
    /// Facts against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counter_evidence: Vec<CitedEvidence>,
    /// What a person should do first.
    pub recommendation: Vec<&'static str>,
}

/// A circle of causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CycleEntry {
    /// Sentences of the members, in the order of the chain.
    pub members: Vec<String>,
    /// Links, as `cause -> effect (rule): because`.
    pub edges: Vec<String>,
    /// The same by kinds of trouble: four nodes with one taint are one link.
    pub chain: Vec<String>,
    /// Where to cut.
    pub breaker: String,
    /// Where else it might be cut, the safest first.
    pub cuts: Vec<String>,
    /// Reads that would prove the circle.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_proofs: Vec<String>,
}

/// Circles, proven and possible.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cycles {
    /// Every link is proven.
    pub proven: Vec<CycleEntry>,
    /// Closes only when the missing proofs hold; never changes the ranking.
    pub would_be: Vec<CycleEntry>,
}

/// What could not be seen, in one sentence per read.
pub(crate) fn data_gaps(ledger: &dogwatch_model::Ledger) -> Vec<String> {
    ledger.holes().map(LedgerEntry::sentence).collect()
}

/// One line per hand-off.
pub(crate) fn handoffs(list: &[Handoff]) -> Vec<Handoff> {
    list.to_vec()
}
