//! What a Pod asks for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Affinity, ClaimSpec, Toleration, TopologySpread};
use crate::wire::{IntOrString, Labels, List, Resources, Text, is_there, null_as_default};

/// The part of a Pod spec that some check reads. Values of environment variables are never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// Node the Pod is bound to; moved to [`super::Pod::node`] when a Pod is decoded.
    pub node_name: Text,
    /// Scheduler that has to place the Pod.
    pub scheduler_name: Text,
    /// Application containers.
    pub containers: List<Container>,
    /// Init containers, sidecars (`restartPolicy: Always`) among them.
    pub init_containers: List<Container>,
    /// `Always`, `OnFailure` or `Never`.
    pub restart_policy: Text,
    /// Volumes with the sources that some check reads.
    pub volumes: List<Volume>,
    /// ServiceAccount.
    pub service_account_name: Text,
    /// Labels a node must carry.
    pub node_selector: Labels,
    /// Required affinity.
    pub affinity: Option<Affinity>,
    /// Tolerated taints.
    pub tolerations: List<Toleration>,
    /// How evenly Pods have to be spread over domains.
    pub topology_spread_constraints: List<TopologySpread>,
    /// `ClusterFirst` (the default), `ClusterFirstWithHostNet`, `Default` or `None`.
    pub dns_policy: Text,
    /// Uses the network of the node.
    #[serde(deserialize_with = "null_as_default")]
    pub host_network: bool,
    /// PriorityClass.
    pub priority_class_name: Text,
    /// Priority; set by the API server, so absent in templates.
    pub priority: Option<i64>,
    /// Whether the Pod may drive others out; `None` means `PreemptLowerPriority`.
    pub preemption_policy: Option<Preemption>,
    /// RuntimeClass.
    pub runtime_class_name: Text,
    /// What the runtime itself needs; set by the API server from the RuntimeClass.
    pub overhead: Resources,
    /// Requests and limits of the Pod as a whole.
    pub resources: Option<Box<ResourceNeeds>>,
    /// Seconds the Pod may run at most.
    pub active_deadline_seconds: Option<i64>,
    /// Gates that hold scheduling back.
    pub scheduling_gates: List<NamedRef>,
    /// Conditions that readiness waits for besides the containers.
    pub readiness_gates: List<ReadinessGate>,
    /// Secrets for image pulls.
    pub image_pull_secrets: List<NamedRef>,
    /// Seconds between SIGTERM and SIGKILL; 30 when absent.
    pub termination_grace_period_seconds: Option<i64>,
}

/// Whether a Pod may drive others out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Preemption {
    /// It waits until there is room.
    Never,
    /// Pods of lower priority make room for it.
    #[serde(other)]
    PreemptLowerPriority,
}

/// Names a condition type that readiness waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReadinessGate {
    /// The condition type.
    pub condition_type: Text,
}

/// A reference by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedRef {
    /// The name.
    pub name: Text,
}

/// One container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Name.
    pub name: Text,
    /// Image reference.
    pub image: Text,
    /// Entrypoint.
    pub command: List<Text>,
    /// Arguments.
    pub args: List<Text>,
    /// `Always` makes an init container a sidecar.
    pub restart_policy: Text,
    /// Ports.
    pub ports: List<ContainerPort>,
    /// Environment, without its values.
    #[serde(deserialize_with = "null_as_default")]
    pub env: Environment,
    /// ConfigMaps and Secrets that are environment as a whole.
    pub env_from: List<EnvSource>,
    /// Requests and limits.
    pub resources: ResourceNeeds,
    /// Restarts the container when it fails.
    pub liveness_probe: Option<Probe>,
    /// Takes the Pod out of Services when it fails.
    pub readiness_probe: Option<Probe>,
    /// Holds the other probes back until it succeeds.
    pub startup_probe: Option<Probe>,
}

/// What the environment of a container refers to. Values are compared while decoding and dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Environment {
    /// ConfigMaps by name.
    pub config_maps: Box<[Text]>,
    /// Secrets by name.
    pub secrets: Box<[Text]>,
    /// Names that are defined more than once, and not to the same value.
    pub shadowed: Box<[Text]>,
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = List::<EnvVar>::deserialize(deserializer)?;
        let mut values: BTreeMap<&Text, &EnvVar> = BTreeMap::new();
        let mut shadowed = BTreeSet::new();
        let mut config_maps = BTreeSet::new();
        let mut secrets = BTreeSet::new();
        for entry in &*entries {
            if let Some(known) = values.insert(&entry.name, entry)
                && known != entry
            {
                shadowed.insert(entry.name.clone());
            }
            let from = entry.value_from.as_ref();
            config_maps.extend(from.and_then(|from| from.config_map.as_ref()).map(name));
            secrets.extend(from.and_then(|from| from.secret.as_ref()).map(name));
        }
        Ok(Self {
            config_maps: config_maps.into_iter().collect(),
            secrets: secrets.into_iter().collect(),
            shadowed: shadowed.into_iter().collect(),
        })
    }
}

fn name(from: &KeyRef) -> Text {
    from.name.clone()
}

/// One variable, as it arrives.
#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EnvVar {
    name: Text,
    value: Text,
    value_from: Option<ValueFrom>,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct ValueFrom {
    #[serde(rename = "configMapKeyRef")]
    config_map: Option<KeyRef>,
    #[serde(rename = "secretKeyRef")]
    secret: Option<KeyRef>,
    #[serde(rename = "fieldRef")]
    field: Option<FieldRef>,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct KeyRef {
    name: Text,
    key: Text,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FieldRef {
    field_path: Text,
}

/// A ConfigMap or Secret that is environment as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvSource {
    /// ConfigMap.
    pub config_map_ref: Option<NamedRef>,
    /// Secret, by name only.
    pub secret_ref: Option<NamedRef>,
}

/// Requests and limits of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceNeeds {
    /// What the scheduler counts with.
    pub requests: Resources,
    /// What the kernel enforces.
    pub limits: Resources,
}

/// A declared port of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    /// Name, possibly empty.
    pub name: Text,
    /// Number in the container.
    #[serde(deserialize_with = "null_as_default")]
    pub container_port: i64,
    /// Number on the node; 0 when not claimed.
    #[serde(deserialize_with = "null_as_default")]
    pub host_port: i64,
    /// Address of the node; empty means every address.
    #[serde(rename = "hostIP")]
    pub host_ip: Text,
    /// `TCP` (the default), `UDP` or `SCTP`.
    pub protocol: Text,
}

/// A probe: how it asks and how patient it is. Zero means "the API server's default".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    /// Asks with HTTP GET.
    pub http_get: Option<HttpGet>,
    /// Asks with a TCP connect.
    pub tcp_socket: Option<Port>,
    /// Asks with a gRPC health check.
    pub grpc: Option<Port>,
    /// Seconds before the first probe.
    #[serde(deserialize_with = "null_as_default")]
    pub initial_delay_seconds: i64,
    /// Seconds between probes; default 10.
    #[serde(deserialize_with = "null_as_default")]
    pub period_seconds: i64,
    /// Seconds until a probe counts as failed; default 1.
    #[serde(deserialize_with = "null_as_default")]
    pub timeout_seconds: i64,
    /// Failures in a row until it acts; default 3.
    #[serde(deserialize_with = "null_as_default")]
    pub failure_threshold: i64,
}

/// An HTTP probe.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpGet {
    /// Path.
    pub path: Text,
    /// Number or name of a port.
    pub port: Option<IntOrString>,
}

/// A port of a TCP or gRPC probe.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Port {
    /// Number or name of a port.
    pub port: Option<IntOrString>,
}

impl Probe {
    /// The port that the probe asks.
    pub fn port(&self) -> Option<&IntOrString> {
        let http = self.http_get.as_ref().and_then(|get| get.port.as_ref());
        let other = || {
            self.tcp_socket
                .as_ref()
                .or(self.grpc.as_ref())?
                .port
                .as_ref()
        };
        http.or_else(other)
    }
}

/// A volume, with the sources that some check reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    /// Name within the Pod.
    pub name: Text,
    /// Claim.
    pub persistent_volume_claim: Option<ClaimRef>,
    /// A claim that is made for this Pod alone.
    pub ephemeral: Option<Box<EphemeralVolume>>,
    /// ConfigMap.
    pub config_map: Option<NamedRef>,
    /// Secret, by name only.
    pub secret: Option<SecretRef>,
    /// Lives and dies with the Pod.
    #[serde(deserialize_with = "is_there")]
    pub empty_dir: bool,
}

/// A volume whose claim lives as long as the Pod; the claim is called `<Pod>-<volume>`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EphemeralVolume {
    /// The claim.
    #[serde(deserialize_with = "null_as_default")]
    pub volume_claim_template: ClaimTemplate,
}

/// The template of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(default)]
pub struct ClaimTemplate {
    /// Its name.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: NamedRef,
    /// What is wanted.
    pub spec: ClaimSpec,
}

/// A claim by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimRef {
    /// Name of the PersistentVolumeClaim.
    pub claim_name: Text,
}

/// A Secret by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretRef {
    /// Name of the Secret.
    pub secret_name: Text,
}

impl Container {
    /// True for an init container that runs beside the application.
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy == "Always"
    }
}

impl PodSpec {
    /// The container of this name, init containers included.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers
            .iter()
            .chain(&self.init_containers)
            .find(|known| known.name == name)
    }

    /// Names of the claims that the Pod mounts.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        self.volumes
            .iter()
            .filter_map(|volume| volume.persistent_volume_claim.as_ref())
            .map(|claim| &*claim.claim_name)
    }

    /// Seconds between SIGTERM and SIGKILL.
    pub fn grace_seconds(&self) -> i64 {
        self.termination_grace_period_seconds.unwrap_or(30)
    }
}
