//! The public actions: one unit that the dispatcher, other faces and the schemas share.

mod analysed;
mod aom_metrics;
mod audit_logs;
mod call;
mod change_impact;
pub mod contract;
mod dependency_impact;
mod flexible;
mod get_events;
mod get_pod_logs;
mod get_pods;
mod get_volumes;
mod hpa_manifest;
mod list_node_pools;
mod network_diagnose;
mod node_diagnose;
mod node_metrics;
mod node_status;
mod observability_context;
mod parameters;
mod pod_failure_diagnose;
mod pod_metrics;
mod remediation;
mod root_cause;
mod rows;
mod trace;
mod workload_context;
mod workload_diagnose;

use dogwatch_model::{
    Snapshot,
    approval::{Identity, VerifiedHuman},
    ports::{AlarmReader, ClusterReader, History, MetricsReader, NodePoolReader, PortFuture},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use call::{Call, CallError, parse};
pub use parameters::{Common, Parameters};

use crate::{
    collect::{Limits, Scope, Silent, collect},
    recovery::{Hands, Recovery},
};

/// What an action does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It previews, and writes what was approved.
    Writes,
}

/// Identity of an action.
#[derive(Debug)]
pub struct ActionMeta {
    /// Public name.
    pub name: &'static str,
    /// What it answers, in one sentence.
    pub summary: &'static str,
    /// Parameters that must be given, besides those of every action.
    pub required: &'static [&'static str],
    /// What it does to the world.
    pub effect: Effect,
}

/// What an action may use.
pub struct Context<'a> {
    /// The cluster, read only.
    pub reader: &'a dyn ClusterReader,
    /// Metrics, when a source is configured.
    pub metrics: Option<&'a dyn MetricsReader>,
    /// Every source of alarms that is configured.
    pub alarms: &'a [&'a dyn AlarmReader],
    /// The provider of Nodes, when one is configured.
    pub pools: Option<&'a dyn NodePoolReader>,
    /// Clock for sources that have none.
    pub now: Timestamp,
    /// What the caller gave of the past.
    pub past: Past<'a>,
    /// What actions that write go through; `None` where only reading is possible.
    pub desk: Option<Desk<'a>>,
}

/// What a caller gives of the time before.
#[derive(Default)]
pub struct Past<'a> {
    /// An earlier recording of the same cluster.
    pub before: Option<&'a dyn ClusterReader>,
    /// What an audit log tells.
    pub history: History,
}

/// What actions that write go through.
pub struct Desk<'a> {
    /// Previews, approvals and records.
    pub recovery: &'a Recovery<'a>,
    /// What changes the world; `None` while the operator has not enabled it.
    pub hands: Option<&'a Hands<'a>>,
    /// Who calls, as the API server names them.
    pub caller: Identity,
    /// Who calls, where the policy lets a flag stand for a human.
    pub by_flag: Option<VerifiedHuman>,
    /// Whether the password for logins in the environment can be one, else what to do; `None` when
    /// there is none.
    pub node_password: Option<Result<(), String>>,
}

impl Context<'_> {
    /// Reads one Namespace, or the whole cluster.
    async fn read(&self, namespace: Option<&str>, limits: Limits) -> Snapshot {
        let scope = namespace.map_or(Scope::Cluster, |name| Scope::Namespace(name.to_owned()));
        let mut snapshot = collect(self.reader, &scope, &limits, &Silent, self.now).await;
        snapshot.add_history(self.past.history.clone());
        if let Some(before) = self.past.before {
            let earlier = Box::pin(collect(before, &scope, &limits, &Silent, self.now)).await;
            let is_earlier = earlier.captured_at < snapshot.captured_at;
            snapshot.before = is_earlier.then(|| Box::new(earlier));
        }
        snapshot
    }
}

/// A public action.
pub trait Action: core::fmt::Debug + Sync {
    /// Identity.
    fn meta(&self) -> &'static ActionMeta;
    /// Parameters that say where to look; every one of them is required.
    fn place(&self) -> &'static [&'static str] {
        &["region", "cluster_id"]
    }
    /// JSON Schema of the parameters.
    fn parameters(&self) -> schemars::Schema;
    /// JSON Schema of the result.
    fn result(&self) -> schemars::Schema;
    /// Runs it. The parameters have been checked for presence; the answer holds `success`.
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>>;
}

/// Every action, sorted by name.
pub const ACTIONS: &[&dyn Action] = &[
    &remediation::AUTO,
    &remediation::AWAKE,
    &remediation::BIND,
    &remediation::CORDON,
    &remediation::DRAIN,
    &node_status::NodeStatus,
    &remediation::UNCORDON,
    &change_impact::ChangeImpact,
    &remediation::HPA,
    &remediation::NEW_POOL,
    &remediation::DeleteCluster,
    &remediation::NODE_GONE,
    &remediation::POOL_GONE,
    &remediation::DELETE,
    &dependency_impact::DependencyImpact,
    &hpa_manifest::HpaManifest,
    &aom_metrics::AomMetrics,
    &get_events::GetEvents,
    &node_metrics::NodeMetrics,
    &node_metrics::NodeMetricsTop,
    &pod_metrics::PodMetrics,
    &pod_metrics::PodMetricsTop,
    &get_pods::GetPods,
    &get_volumes::GetClaims,
    &get_volumes::GetVolumes,
    &observability_context::ObservabilityContext,
    &get_pod_logs::GetPodLogs,
    &workload_context::WorkloadContext,
    &remediation::HIBERNATE,
    &remediation::WEAKNESS,
    &list_node_pools::ListNodePools,
    &network_diagnose::NetworkDiagnose,
    &node_diagnose::NodeDiagnose,
    &pod_failure_diagnose::PodFailureDiagnose,
    &audit_logs::AuditLogs,
    &remediation::REBOOT,
    &remediation::POOL,
    &remediation::RESIZE,
    &remediation::ROLLBACK,
    &root_cause::RootCause,
    &remediation::SCALE,
    &remediation::START,
    &remediation::STOP,
    &remediation::UNBIND,
    &workload_diagnose::WorkloadDiagnose,
];

/// The action of this name.
///
/// # Errors
/// When there is none; the message names near ones.
pub fn find(name: &str) -> Result<&'static dyn Action, CallError> {
    ACTIONS
        .iter()
        .copied()
        .find(|action| action.meta().name == name)
        .ok_or_else(|| {
            let stem = name.trim_start_matches("huawei_");
            let near = ACTIONS
                .iter()
                .map(|action| action.meta().name)
                .find(|known| {
                    known.contains(stem) || stem.contains(known.trim_start_matches("huawei_"))
                });
            CallError::unknown_action(name, near)
        })
}

/// Refuses a call that lacks a required parameter, before anything is read.
///
/// # Errors
/// When parameters are missing.
pub fn check(action: &dyn Action, call: &Call) -> Result<(), CallError> {
    let parameters = Parameters::new(call.parameters.clone());
    parameters.check(action).map(drop)
}

/// Runs a call and completes its answer with what every answer carries.
///
/// # Errors
/// For an unknown action, and for missing or unusable parameters.
pub async fn run(context: &Context<'_>, call: Call) -> Result<Value, CallError> {
    let action = find(&call.name)?;
    let meta = action.meta();
    let parameters = Parameters::new(call.parameters);
    let warnings = parameters.check(action)?;
    let common = parameters.common();
    let mut answer = action.run(context, parameters).await?;
    let mut document = Map::new();
    let success = answer.remove("success").unwrap_or(Value::Bool(true));
    document.insert("success".to_owned(), success);
    document.insert(
        "action".to_owned(),
        json!(meta.name.trim_start_matches("huawei_")),
    );
    document.insert("region".to_owned(), json!(common.region));
    document.insert("cluster_id".to_owned(), json!(common.cluster_id));
    document.append(&mut answer);
    let list = document.entry("warnings").or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        list.extend(warnings.into_iter().map(Value::String));
    }
    Ok(Value::Object(document))
}
