//! The contract of results, field by field, as the seeds define them. These types exist for their
//! JSON Schemas; the answers themselves come from the engine's report and are validated against the
//! schemas by tests.

#![allow(missing_docs)] // the names and nesting are the contract; the seeds describe them

use schemars::JsonSchema;
use serde_json::{Map, Value};

#[derive(Debug, JsonSchema)]
pub struct WorkloadDiagnosis {
    pub success: bool,
    pub action: String,
    pub region: String,
    pub cluster_id: String,
    pub target: Target,
    pub selector: Selector,
    pub summary: Summary,
    pub generation_check: GenerationCheck,
    pub workload: Workload,
    pub version: Version,
    pub funnel: Vec<Layer>,
    pub events: Events,
    pub pod_diagnosis: PodDiagnosis,
    pub top_causes: Vec<TopCause>,
    pub handoff: Vec<Handoff>,
    pub warnings: Vec<String>,
    pub data_gaps: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct Target {
    pub namespace: String,
    pub kind: WorkloadKind,
    pub name: String,
}

#[derive(Debug, JsonSchema)]
pub enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet,
}

#[derive(Debug, JsonSchema)]
pub struct Selector {
    pub value: String,
    pub source: SelectorSource,
}

#[derive(Debug, JsonSchema)]
pub enum SelectorSource {
    #[schemars(rename = "matchLabels")]
    MatchLabels,
    #[schemars(rename = "override")]
    Override,
}

#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Status {
    ControlPlaneNotObserved,
    NewVersionNotCreated,
    RolloutBlocked,
    ReplicasUnavailable,
    ProbeFailure,
    Healthy,
    /// Nothing wrong was seen, and not everything was read: healthy is never said over a hole.
    Unknown,
}

#[derive(Debug, JsonSchema)]
pub struct Summary {
    pub status: Status,
    pub headline: String,
    pub expected_replicas: i64,
    pub ready_replicas: i64,
    pub available_replicas: i64,
    pub top_cause: Option<String>,
}

#[derive(Debug, JsonSchema)]
pub struct GenerationCheck {
    pub generation: i64,
    pub observed_generation: Option<i64>,
    pub observed: bool,
}

#[derive(Debug, JsonSchema)]
pub struct Workload {
    pub kind: WorkloadKind,
    pub uid: String,
    pub desired_replicas: i64,
    pub updated_replicas: i64,
    pub ready_replicas: i64,
    pub available_replicas: i64,
    pub conditions: Vec<Map<String, Value>>,
}

#[derive(Debug, JsonSchema)]
pub struct Version {
    pub strategy: String,
    pub new_rs: Option<Map<String, Value>>,
    pub old_rs: Vec<Map<String, Value>>,
}

#[derive(Debug, JsonSchema)]
pub struct Layer {
    pub layer: String,
    pub expected: i64,
    pub actual: i64,
    pub status: LayerStatus,
}

#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum LayerStatus {
    Pass,
    Fail,
    Held,
    Waiting,
    Unknown,
}

#[derive(Debug, JsonSchema)]
pub struct Events {
    pub filtered_count: u64,
    pub timeline: Vec<Map<String, Value>>,
    pub filter: EventFilter,
}

#[derive(Debug, JsonSchema)]
pub struct EventFilter {
    pub uid_count: u64,
    pub before_count: u64,
    pub after_count: u64,
    pub events_without_involved_uid: u64,
}

#[derive(Debug, JsonSchema)]
pub struct PodDiagnosis {
    pub diagnosed_pods: u64,
    pub pods: Vec<Map<String, Value>>,
}

#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Role {
    Cause,
    Symptom,
    Note,
}

#[derive(Debug, JsonSchema)]
pub struct TopCause {
    pub rank: u64,
    #[schemars(rename = "type")]
    pub public_type: String,
    pub mode: String,
    pub role: Role,
    pub title: String,
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    pub evidence: Vec<Map<String, Value>>,
    pub recommendation: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct Handoff {
    #[schemars(regex(pattern = "^huawei-cloud-cce-"))]
    pub skill: String,
    pub reason: String,
}

#[derive(Debug, JsonSchema)]
pub struct WorkloadContext {
    pub success: bool,
    pub action: String,
    pub region: String,
    pub cluster_id: String,
    pub workload: Option<Map<String, Value>>,
    pub replicasets: Vec<Map<String, Value>>,
    pub pods: Vec<Map<String, Value>>,
    pub events: Vec<Map<String, Value>>,
    pub event_filter: EventFilter,
    pub warnings: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct PodFailureDiagnosis {
    pub success: bool,
    pub action: String,
    pub region: String,
    pub cluster_id: String,
    pub summary: PodSummary,
    pub pods: Vec<Map<String, Value>>,
    pub top_causes: Vec<TopCause>,
    pub recommended_actions: Vec<Map<String, Value>>,
    pub warnings: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct PodSummary {
    pub diagnosis_status: DiagnosisStatus,
    pub diagnosed_pods: u64,
    pub total_pods_seen: u64,
    pub status_counts: Map<String, Value>,
    pub issue_counts: Map<String, Value>,
}

#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum DiagnosisStatus {
    Abnormal,
    NoKnownFailureDetected,
    NoMatchingAbnormalPods,
}

/// Answers that are a list of rows under one name.
#[derive(Debug, JsonSchema)]
pub struct Rows {
    pub success: bool,
    pub action: String,
    pub region: String,
    pub cluster_id: String,
    pub warnings: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct ChangeImpact {
    pub success: bool,
    pub action: String,
    pub region: String,
    pub cluster_id: String,
    pub analysis_trace_id: String,
    pub analysis_window: AnalysisWindow,
    pub scope: Map<String, Value>,
    pub summary: Map<String, Value>,
    pub top_changes: Vec<ChangeRow>,
    pub changes: Vec<ChangeRow>,
    pub report_markdown: String,
    pub data_gaps: Vec<String>,
    pub capture_metadata: Map<String, Value>,
    pub warnings: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct AnalysisWindow {
    pub start: String,
    pub end: String,
}

#[derive(Debug, JsonSchema)]
pub struct ChangeRow {
    /// RFC 3339, UTC; null when only two recordings frame the change.
    pub time: Option<String>,
    pub between: Option<Map<String, Value>>,
    pub source: String,
    pub verb: String,
    pub resource: String,
    pub namespace: String,
    pub name: String,
    pub object_key: String,
    pub category: String,
    pub title: String,
    pub actor: Option<String>,
    pub managed_by: Option<String>,
    pub user_agent: Option<String>,
    pub status_code: Option<u16>,
    pub semantic_fields: Vec<String>,
    pub differences: Option<Vec<Map<String, Value>>>,
    pub has_unread_fields: bool,
    pub blast_radius: u32,
    pub impacted_entities: ImpactedEntities,
    pub risk_score: i64,
    pub risk_level: String,
    pub confidence: String,
    pub risk_reasons: Vec<String>,
    pub evidence: Vec<String>,
    pub scope_match: String,
}

#[derive(Debug, JsonSchema)]
pub struct ImpactedEntities {
    pub pods: Vec<String>,
    pub services: Vec<String>,
    pub ingresses: Vec<String>,
    pub nodes: Vec<String>,
}

#[derive(Debug, JsonSchema)]
pub struct Remediation {
    pub success: bool,
    /// A preview was made and waits for approval and `confirm=true`.
    pub requires_confirmation: bool,
    pub operation: String,
    /// Why nothing was carried out.
    pub reason: Option<String>,
    pub warning: Option<String>,
    pub error: Option<String>,
    pub namespace: Option<String>,
    pub workload_type: Option<String>,
    pub name: Option<String>,
    pub hint: Option<String>,
    pub example: Option<String>,
    pub plan_id: Option<String>,
    /// 64 lower-case hexadecimal digits.
    pub plan_digest: Option<String>,
    pub incident_id: Option<String>,
    pub risk_class: Option<String>,
    pub expires_at: Option<String>,
    pub observed_state: Option<Map<String, Value>>,
    pub impact: Option<Map<String, Value>>,
    pub rollback: Option<Vec<String>>,
    /// Sentences in a preview, verdicts after an execution.
    pub verification: Option<Value>,
    pub state: Option<String>,
    pub message: Option<String>,
    /// The options of the next round, after an execution that did not help. They await approval.
    pub next_plans: Option<Vec<Map<String, Value>>>,
    pub report_markdown: Option<String>,
}
