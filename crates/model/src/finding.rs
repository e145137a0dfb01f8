//! Findings: typed wrong things with evidence.

mod kinds;

use jiff::Timestamp;
use serde::Serialize;

pub use kinds::{
    AddonFinding, AdmissionFinding, AutoscalingFinding, CertificateFinding, ClusterApiFinding,
    ConfigFinding, ContainerFinding, ControlPlaneFinding, DisruptionFinding, FindingKind,
    GitopsFinding, ImageFinding, JobFinding, LifecycleFinding, NetworkFinding, NodeFinding,
    OperatorFinding, PodFinding, ProbeFinding, ReleaseFinding, SchedulingFinding, StorageFinding,
    WorkloadFinding,
};

use crate::{CheckId, Evidence, ObjectRef, wire::Text};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Users are hit, or will be as soon as something restarts.
    Critical,
    /// Degraded or at risk.
    Warning,
    /// Worth knowing; no fault.
    Info,
}

/// One wrong thing about one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: CheckId,
    /// What is wrong.
    pub kind: FindingKind,
    /// How bad it is here.
    pub severity: Severity,
    /// The object it is about.
    pub object: ObjectRef,
    /// The container it is about, if one.
    pub container: Text,
    /// What exactly: the missing name, the taint key, the sub-cause. Quoted from evidence.
    pub detail: String,
    /// The earliest time at which the evidence proves it.
    pub since: Option<Timestamp>,
    /// At least one fact.
    pub evidence: Vec<Evidence>,
    /// Facts that speak against it.
    pub against: Vec<Evidence>,
}
