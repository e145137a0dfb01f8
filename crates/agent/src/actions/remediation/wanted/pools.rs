//! What calls want of node pools.

use dogwatch_model::{
    ObjectRef,
    plan::{DataVolume, PoolBounds, PoolShape, RemedyRequest, Target},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Wanted, provider::cluster};
use crate::actions::{
    ActionMeta, CallError, Parameters,
    flexible::{self, workload_kind},
};

/// The workload that waits for Nodes; the cluster when none is named.
fn waiting(
    meta: &'static ActionMeta,
    (namespace, name, kind): (Option<&str>, Option<&str>, Option<&str>),
) -> Result<ObjectRef, CallError> {
    match (namespace, name) {
        (None, None) => Ok(cluster()),
        (Some(namespace), Some(name)) => {
            let kind = workload_kind(kind, meta)?;
            Ok(ObjectRef::named(kind, namespace, name))
        }
        (Some(_), None) => Err(CallError::missing(
            meta.name,
            vec!["workload_name".to_owned()],
        )),
        (None, Some(_)) => Err(CallError::missing(meta.name, vec!["namespace".to_owned()])),
    }
}

/// Parameters of a change of a node pool.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Pool {
    /// Id or name of the pool.
    nodepool_id: String,
    /// Nodes wanted.
    #[serde(deserialize_with = "flexible::number")]
    node_count: u32,
    /// Groups that grow; only `default` is possible.
    #[serde(default, deserialize_with = "flexible::words")]
    scale_group_names: Vec<String>,
    /// Namespace of the workload that needs the nodes; the nodes are for the cluster when absent.
    namespace: Option<String>,
    /// The workload that needs the nodes: what the verification looks at.
    workload_name: Option<String>,
    /// Its kind; Deployment when absent.
    workload_type: Option<String>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Pool {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        if let Some(group) = asked
            .scale_group_names
            .iter()
            .find(|name| *name != "default")
        {
            let words = format!("scale group \"{group}\" is not known; only default is possible");
            return Err(CallError::unusable(meta.name, words));
        }
        let place = (
            asked.namespace.as_deref(),
            asked.workload_name.as_deref(),
            asked.workload_type.as_deref(),
        );
        let target = waiting(meta, place)?;
        Ok(Wanted::new(
            RemedyRequest::ResizeNodePool {
                pool: asked.nodepool_id,
                nodes: asked.node_count,
                workload: Target::of(&target),
            },
            target,
            asked.confirm,
        ))
    }
}

/// Parameters of a new node pool.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct NewPool {
    /// Name of the pool.
    nodepool_name: String,
    /// Type of machine.
    flavor: String,
    /// Where the machines stand.
    availability_zone: String,
    /// Size of the system disk in GiB.
    #[serde(deserialize_with = "flexible::number")]
    root_volume_size: u32,
    /// Type of the system disk.
    root_volume_type: String,
    /// Nodes wanted.
    #[serde(default = "one", deserialize_with = "flexible::number")]
    initial_node_count: u32,
    /// Operating system; `EulerOS` when absent.
    os_type: Option<String>,
    /// Name of the key pair for logins. Without it the password in the environment variable
    /// `CCE_NODE_PASSWORD` is taken, where there is one.
    ssh_key: Option<String>,
    /// Id of the subnet.
    subnet_id: Option<String>,
    /// More disks: a list of `{"size", "type"}`, or such a list as text.
    #[serde(default)]
    data_volumes: Value,
    /// Whether the cluster autoscaler may change the number of nodes.
    #[serde(default, deserialize_with = "flexible::flag")]
    autoscaling_enabled: bool,
    /// Fewest nodes for the autoscaler.
    #[serde(default, deserialize_with = "flexible::number")]
    min_node_count: u32,
    /// Most nodes for the autoscaler.
    #[serde(default, deserialize_with = "flexible::number")]
    max_node_count: u32,
    /// Namespace of the workload that needs the nodes; the nodes are for the cluster when absent.
    namespace: Option<String>,
    /// The workload that needs the nodes: what the verification looks at.
    workload_name: Option<String>,
    /// Its kind; Deployment when absent.
    workload_type: Option<String>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

const fn one() -> u32 {
    1
}

impl NewPool {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let place = (
            asked.namespace.as_deref(),
            asked.workload_name.as_deref(),
            asked.workload_type.as_deref(),
        );
        let target = waiting(meta, place)?;
        let bounds = PoolBounds {
            min: asked.min_node_count,
            max: asked.max_node_count,
        };
        let shape = PoolShape {
            flavor: asked.flavor,
            zone: asked.availability_zone,
            root_volume_size: asked.root_volume_size,
            root_volume_type: asked.root_volume_type,
            os: Some(asked.os_type.unwrap_or_else(|| "EulerOS".to_owned())),
            ssh_key: asked.ssh_key,
            password_from: None,
            subnet: asked.subnet_id,
            data_volumes: disks(&asked.data_volumes, meta)?,
            autoscaling: asked.autoscaling_enabled.then_some(bounds),
        };
        Ok(Wanted::new(
            RemedyRequest::CreateNodePool {
                name: asked.nodepool_name,
                like: String::new(),
                shape: Some(Box::new(shape)),
                nodes: asked.initial_node_count,
                workload: Target::of(&target),
            },
            target,
            asked.confirm,
        ))
    }
}

/// A list, or a list as text.
fn disks(value: &Value, meta: &'static ActionMeta) -> Result<Vec<DataVolume>, CallError> {
    let read = match value {
        Value::Null => return Ok(Vec::new()),
        Value::String(text) => serde_json::from_str(text),
        list => serde_json::from_value(list.clone()),
    };
    read.map_err(|_| {
        let words = "`data_volumes` is no list such as [{\"size\": 100, \"type\": \"SSD\"}]";
        CallError::unusable(meta.name, words)
    })
}

/// Parameters of giving a node pool back.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct PoolGone {
    /// Id of the pool; a name is not enough.
    nodepool_id: String,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl PoolGone {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        Ok(Wanted::new(
            RemedyRequest::DeleteNodePool {
                pool: asked.nodepool_id,
                cluster: Target::cluster(),
            },
            cluster(),
            asked.confirm,
        ))
    }
}
