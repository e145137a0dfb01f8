//! What a call wants: the parameters of each action, and the remedy that they describe.

mod autoscaler;
mod delete;
mod pools;
mod provider;

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{AmountChange, RemedyRequest, ResourceAmount, Target},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    ActionMeta, CallError, Parameters,
    flexible::{self, workload_kind},
};

pub(super) use autoscaler::Hpa;
pub(super) use delete::Delete;
pub(super) use pools::{NewPool, Pool, PoolGone};
pub(super) use provider::{
    Awake, Bind, Hibernate, NodeGone, Reboot, Start, Stop, Unbind, Weakness,
};

/// A remedy, and whether the call confirms it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) target: ObjectRef,
    pub(super) request: RemedyRequest,
    /// What is wanted where the workload has no autoscaler.
    pub(super) otherwise: Option<Otherwise>,
    pub(super) is_confirmed: bool,
    /// How long its verification may take, where the call says so.
    pub(super) patience: Patience,
    /// The id under which the run is filed.
    pub(super) trace_id: Option<String>,
}

/// The remedy for a workload without an autoscaler, and which one would be its.
#[derive(Debug)]
pub(super) struct Otherwise {
    pub(super) workload: ObjectRef,
    /// Whether the call says what kind the workload is of.
    pub(super) is_kind_given: bool,
    /// The name of the autoscaler, where the call gives one.
    pub(super) given_name: Option<String>,
    pub(super) request: RemedyRequest,
}

/// Seconds of a verification; what is absent is the operator's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Patience {
    pub(super) wait: Option<u32>,
    pub(super) interval: Option<u32>,
}

impl Wanted {
    fn new(request: RemedyRequest, target: ObjectRef, is_confirmed: bool) -> Self {
        Self {
            target,
            request,
            otherwise: None,
            is_confirmed,
            patience: Patience::default(),
            trace_id: None,
        }
    }
}

fn node(name: &str) -> ObjectRef {
    ObjectRef::named(Kind::Node, "", name)
}

/// Parameters of a scaling.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Scale {
    /// Deployment or StatefulSet.
    workload_type: String,
    /// Name of the workload.
    name: String,
    /// Its Namespace.
    namespace: String,
    /// Replicas wanted.
    #[serde(deserialize_with = "flexible::number")]
    replicas: u32,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Scale {
    pub(super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let kind = workload_kind(Some(&asked.workload_type), meta)?;
        let target = ObjectRef::named(kind, &asked.namespace, &asked.name);
        Ok(Wanted::new(
            RemedyRequest::ScaleWorkload {
                workload: Target::of(&target),
                replicas: asked.replicas.into(),
            },
            target,
            asked.confirm,
        ))
    }
}

/// Parameters of a rollback.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Rollback {
    /// Deployment.
    workload_type: String,
    /// Name of the workload.
    name: String,
    /// Its Namespace.
    namespace: String,
    /// The revision; the one before the present one when absent.
    #[serde(default, deserialize_with = "revision")]
    target_revision: Option<i64>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

fn revision<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    flexible::number(deserializer).map(|number| Some(number.into()))
}

impl Rollback {
    pub(super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let kind = workload_kind(Some(&asked.workload_type), meta)?;
        let target = ObjectRef::named(kind, &asked.namespace, &asked.name);
        Ok(rollback(target, asked.target_revision, asked.confirm))
    }
}

fn rollback(target: ObjectRef, revision: Option<i64>, is_confirmed: bool) -> Wanted {
    let request = RemedyRequest::RollbackWorkload {
        workload: Target::of(&target),
        revision,
    };
    Wanted::new(request, target, is_confirmed)
}

/// Parameters of an automatic remediation.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Auto {
    /// Its Namespace.
    namespace: String,
    /// Name of the workload.
    workload_name: Option<String>,
    /// Name of the workload, the other spelling.
    name: Option<String>,
    /// Deployment.
    workload_type: Option<String>,
    /// Deployment, the other spelling.
    kind: Option<String>,
    /// The only strategy there is: `rollback_previous_revision`.
    strategy: Option<String>,
    /// The revision; the one before the present one when absent.
    #[serde(default, deserialize_with = "revision")]
    target_revision: Option<i64>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
    /// Only true is possible: an execution always ends with its verification.
    #[serde(default = "yes", deserialize_with = "flexible::flag")]
    wait: bool,
    /// Seconds that the verification may take; never fewer than settling and holding take.
    #[serde(default, deserialize_with = "given")]
    wait_seconds: Option<u32>,
    /// Seconds between two looks when nothing is heard of a change.
    #[serde(default, deserialize_with = "given")]
    interval_seconds: Option<u32>,
    /// Id under which the run is filed; one is made when absent.
    remediation_trace_id: Option<String>,
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    flexible::number(deserializer).map(Some)
}

fn yes() -> bool {
    true
}

impl Auto {
    pub(super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let strategy = asked
            .strategy
            .as_deref()
            .unwrap_or("rollback_previous_revision");
        if strategy != "rollback_previous_revision" {
            let words =
                format!("there is no strategy \"{strategy}\"; use rollback_previous_revision");
            return Err(CallError::unusable(meta.name, words));
        }
        if !asked.wait {
            let words = "wait=false is not possible: an execution ends with its verification";
            return Err(CallError::unusable(meta.name, words));
        }
        let name = asked.workload_name.or(asked.name);
        let name =
            name.ok_or_else(|| CallError::missing(meta.name, vec!["workload_name".to_owned()]))?;
        let named = asked.workload_type.or(asked.kind);
        let kind = workload_kind(named.as_deref(), meta)?;
        let target = ObjectRef::named(kind, &asked.namespace, &name);
        let mut wanted = rollback(target, asked.target_revision, asked.confirm);
        wanted.patience = Patience {
            wait: asked.wait_seconds,
            interval: asked.interval_seconds,
        };
        wanted.trace_id = asked.remediation_trace_id;
        Ok(wanted)
    }
}

/// Parameters of a change of requests and limits.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Resize {
    /// Deployment, StatefulSet or DaemonSet.
    workload_type: String,
    /// Name of the workload.
    name: String,
    /// Its Namespace.
    namespace: String,
    /// The container; may be absent when the workload has one that is called like it.
    container: Option<String>,
    /// Replicas wanted, where nothing else is: one plan changes one thing.
    #[serde(default, deserialize_with = "given")]
    replicas: Option<u32>,
    /// New CPU limit, such as `500m`.
    cpu_limit: Option<String>,
    /// New memory limit, such as `1Gi`.
    memory_limit: Option<String>,
    /// New CPU request.
    cpu_request: Option<String>,
    /// New memory request.
    memory_request: Option<String>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Resize {
    pub(super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let kind = workload_kind(Some(&asked.workload_type), meta)?;
        let target = ObjectRef::named(kind, &asked.namespace, &asked.name);
        let amount = |resource: &str, amount: Option<String>| {
            amount.map(|amount| ResourceAmount {
                resource: resource.to_owned(),
                amount,
            })
        };
        let requests = [
            amount("cpu", asked.cpu_request),
            amount("memory", asked.memory_request),
        ];
        let limits = [
            amount("cpu", asked.cpu_limit),
            amount("memory", asked.memory_limit),
        ];
        let has_amounts = requests.iter().chain(&limits).any(Option::is_some);
        if let Some(replicas) = asked.replicas {
            if has_amounts {
                let words = "`replicas` and amounts are two plans: call it twice";
                return Err(CallError::unusable(meta.name, words));
            }
            let workload = Target::of(&target);
            let replicas = replicas.into();
            let request = RemedyRequest::ScaleWorkload { workload, replicas };
            return Ok(Wanted::new(request, target, asked.confirm));
        }
        let change = AmountChange {
            container: asked.container.unwrap_or_else(|| asked.name.clone()),
            requests: requests.into_iter().flatten().collect(),
            limits: limits.into_iter().flatten().collect(),
        };
        Ok(Wanted::new(
            RemedyRequest::ResizeWorkload {
                workload: Target::of(&target),
                changes: vec![change],
            },
            target,
            asked.confirm,
        ))
    }
}

macro_rules! of_node {
    ($($(#[$doc:meta])* $name:ident $node:ident => $request:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Deserialize, JsonSchema)]
            pub(super) struct $name {
                /// The node.
                node_name: String,
                /// Carry it out, when it was previewed and approved.
                #[serde(default, deserialize_with = "flexible::flag")]
                confirm: bool,
            }

            impl $name {
                pub(super) fn read(
                    parameters: Parameters,
                    meta: &'static ActionMeta,
                ) -> Result<Wanted, CallError> {
                    let asked: Self = parameters.decode(meta)?;
                    let target = node(&asked.node_name);
                    let $node = Target::of(&target);
                    Ok(Wanted::new($request, target, asked.confirm))
                }
            }
        )*
    };
}

of_node! {
    /// Parameters of a cordon.
    Cordon node => RemedyRequest::CordonNode { node, cordoned: true };
    /// Parameters of an uncordon.
    Uncordon node => RemedyRequest::CordonNode { node, cordoned: false };
    /// Parameters of a drain.
    Drain node => RemedyRequest::DrainNode { node };
}
