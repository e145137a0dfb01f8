//! Nodes, Services and the other objects around workloads.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Condition, Meta};
use crate::wire::{
    IntOrString, LabelSelector, Labels, List, Resources, Text, internal_ip, null_as_default, time,
};

/// An object of which only metadata is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ObjectName {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
}

/// A Namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: NamespaceStatus,
}

/// Status of a Namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    /// `Active` or `Terminating`.
    pub phase: Text,
    /// Conditions; those of a deletion.
    pub conditions: List<Condition>,
}

/// A Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Node {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted of it.
    pub spec: NodeSpec,
    /// What the kubelet says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: NodeStatus,
}

/// Spec of a Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    /// Cordoned.
    #[serde(deserialize_with = "null_as_default")]
    pub unschedulable: bool,
    /// Taints.
    pub taints: List<Taint>,
    /// The machine at the provider; empty until the cloud controller has seen the node.
    #[serde(rename = "providerID")]
    pub provider_id: Text,
    /// Addresses for its Pods; empty until they are allotted, and where somebody else allots them.
    #[serde(rename = "podCIDR")]
    pub pod_cidr: Text,
}

/// A taint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Taint {
    /// Key.
    pub key: Text,
    /// Value.
    pub value: Text,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Text,
    /// Since when, for `NoExecute`.
    #[serde(deserialize_with = "time")]
    pub time_added: Option<Timestamp>,
}

/// Status of a Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    /// Conditions.
    pub conditions: List<Condition>,
    /// What Pods may use.
    pub allocatable: Resources,
    /// What there is.
    pub capacity: Resources,
    /// What the kubelet says of itself.
    #[serde(deserialize_with = "null_as_default")]
    pub node_info: NodeInfo,
    /// Its address inside the cluster: metrics of nodes are often named by it.
    #[serde(rename = "addresses", deserialize_with = "internal_ip")]
    pub internal_ip: Text,
}

/// What the kubelet says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeInfo {
    /// Version such as `v1.36.3`.
    pub kubelet_version: Text,
    /// Runtime and its version, such as `containerd://2.1.0`.
    pub container_runtime_version: Text,
    /// Another one after every start of the machine.
    #[serde(rename = "bootID")]
    pub boot_id: Text,
}

impl Node {
    /// The condition of one type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        super::find_condition(&self.status.conditions, kind)
    }

    /// The taint of one key.
    pub fn taint(&self, key: &str) -> Option<&Taint> {
        self.spec.taints.iter().find(|taint| taint.key == key)
    }
}

/// A Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: ServiceSpec,
    /// What the controllers say.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ServiceStatus,
}

/// Status of a Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    /// Addresses of the load balancer.
    #[serde(deserialize_with = "null_as_default")]
    pub load_balancer: LoadBalancerStatus,
    /// Conditions.
    pub conditions: List<Condition>,
}

/// Addresses of a load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoadBalancerStatus {
    /// Addresses; empty until it is made.
    pub ingress: List<LoadBalancerAddress>,
}

/// One address of a load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoadBalancerAddress {
    /// Address.
    pub ip: Text,
    /// Name.
    pub hostname: Text,
}

/// Spec of a Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Which Pods it leads to; empty when endpoints are kept by somebody else.
    pub selector: Labels,
    /// Virtual address.
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Text,
    /// Ports.
    pub ports: List<ServicePort>,
    /// Whether Pods that are not Ready count as endpoints.
    #[serde(deserialize_with = "null_as_default")]
    pub publish_not_ready_addresses: bool,
    /// `Cluster` (the default) or `Local`: only Pods of the node that was asked.
    pub internal_traffic_policy: Text,
    /// `Cluster` (the default) or `Local`: only Pods of the node that was asked.
    pub external_traffic_policy: Text,
    /// Who makes the load balancer; `None` means the cloud controller.
    pub load_balancer_class: Option<Text>,
    /// Where an `ExternalName` leads.
    pub external_name: Text,
}

/// A port of a Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    /// Name.
    pub name: Text,
    /// Number.
    #[serde(deserialize_with = "null_as_default")]
    pub port: i64,
    /// Where it leads in the Pod.
    pub target_port: Option<IntOrString>,
    /// `TCP` (the default), `UDP` or `SCTP`.
    pub protocol: Text,
    /// Port on every node; 0 when there is none.
    #[serde(deserialize_with = "null_as_default")]
    pub node_port: i64,
}

/// An EndpointSlice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EndpointSlice {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Endpoints.
    pub endpoints: List<Endpoint>,
}

/// One endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    /// Whether it takes traffic.
    pub conditions: EndpointConditions,
    /// The Pod behind it.
    #[serde(deserialize_with = "null_as_default")]
    pub target_ref: TargetRef,
}

/// Conditions of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EndpointConditions {
    /// `None` counts as ready.
    pub ready: Option<bool>,
}

/// The object behind an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TargetRef {
    /// UID.
    pub uid: crate::Uid,
}

/// A PodDisruptionBudget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PodDisruptionBudget {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Which Pods it protects.
    pub spec: BudgetSpec,
    /// What the disruption controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: BudgetStatus,
}

/// Spec of a disruption budget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetSpec {
    /// Which Pods it protects.
    #[serde(deserialize_with = "null_as_default")]
    pub selector: LabelSelector,
    /// How many Pods must stay, as a number or a share.
    pub min_available: Option<IntOrString>,
    /// How many Pods may be missing, as a number or a share.
    pub max_unavailable: Option<IntOrString>,
    /// `IfHealthyBudget` (the default) or `AlwaysAllow`.
    pub unhealthy_pod_eviction_policy: Text,
}

/// Status of a disruption budget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetStatus {
    /// The generation the controller has seen; 0 when it has written nothing yet.
    #[serde(deserialize_with = "null_as_default")]
    pub observed_generation: i64,
    /// Evictions that are allowed now.
    #[serde(deserialize_with = "null_as_default")]
    pub disruptions_allowed: i64,
    /// Pods that are ready.
    #[serde(deserialize_with = "null_as_default")]
    pub current_healthy: i64,
    /// Pods that must be ready.
    #[serde(deserialize_with = "null_as_default")]
    pub desired_healthy: i64,
    /// Pods that are counted.
    #[serde(deserialize_with = "null_as_default")]
    pub expected_pods: i64,
    /// Conditions.
    pub conditions: List<Condition>,
}

/// A Lease: who leads, and since when silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Lease {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Holder and times.
    pub spec: LeaseSpec,
}

/// Spec of a Lease.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LeaseSpec {
    /// Who holds it.
    pub holder_identity: Text,
    /// Seconds after which it counts as lost.
    #[serde(deserialize_with = "null_as_default")]
    pub lease_duration_seconds: i64,
    /// When it was last renewed.
    #[serde(deserialize_with = "time")]
    pub renew_time: Option<Timestamp>,
}
