//! Pods: spec shared between equal Pods, status as the kubelet reports it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Condition, Container, Meta, PodSpec, find_condition};
use crate::wire::{List, Resources, Text, null_as_default, time};

/// A Pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "PodWire")]
pub struct Pod {
    /// Metadata.
    pub meta: Meta,
    /// The node it is bound to; empty while unscheduled.
    pub node: Text,
    /// What it asks for; equal Pods share one copy.
    pub spec: Arc<PodSpec>,
    /// What the kubelet says.
    pub status: PodStatus,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodWire {
    metadata: Meta,
    #[serde(deserialize_with = "null_as_default")]
    spec: PodSpec,
    #[serde(deserialize_with = "null_as_default")]
    status: PodStatus,
}

impl From<PodWire> for Pod {
    fn from(wire: PodWire) -> Self {
        let mut spec = wire.spec;
        let node = core::mem::take(&mut spec.node_name);
        let mut status = wire.status;
        forget_usual(&mut status.container_statuses, &spec.containers);
        forget_usual(&mut status.init_container_statuses, &spec.init_containers);
        Self {
            meta: wire.metadata,
            node,
            spec: Arc::new(spec),
            status,
        }
    }
}

/// Drops what the kubelet says of the resources of a container where it only repeats the spec, as
/// it does of every container that is not being resized.
fn forget_usual(statuses: &mut List<ContainerStatus>, containers: &[Container]) {
    for status in statuses.iter_mut() {
        let spec = containers
            .iter()
            .find(|known| known.name == status.name)
            .map(|container| &container.resources.requests);
        let is_usual = |said: &Resources| said.is_empty() || Some(said) == spec;
        let actuated = status.resources.as_deref();
        if actuated.is_some_and(|said| is_usual(&said.requests))
            && is_usual(&status.allocated_resources)
        {
            status.resources = None;
            status.allocated_resources = Resources::default();
        }
    }
}

/// Status of a Pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: Text,
    /// Why the Pod as a whole is in this state, for example `Evicted`.
    pub reason: Text,
    /// The words that go with the reason.
    pub message: Text,
    /// Its address; empty until the sandbox has one.
    #[serde(rename = "podIP")]
    pub pod_ip: Text,
    /// When the kubelet first saw the Pod.
    #[serde(deserialize_with = "time")]
    pub start_time: Option<Timestamp>,
    /// Conditions.
    pub conditions: List<Condition>,
    /// Application containers.
    pub container_statuses: List<ContainerStatus>,
    /// Init containers and sidecars.
    pub init_container_statuses: List<ContainerStatus>,
    /// The node on which room was made for it by driving others out.
    pub nominated_node_name: Option<Box<str>>,
}

/// Status of one container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    /// Name.
    pub name: Text,
    /// Image as it was resolved.
    pub image: Text,
    /// The beginning of the digest of the image that runs; empty when no registry gave one.
    #[serde(rename = "imageID", deserialize_with = "digest")]
    pub digest: Text,
    /// Whether the container counts as ready.
    #[serde(deserialize_with = "null_as_default")]
    pub ready: bool,
    /// Whether the startup probe succeeded; `None` when not reported.
    pub started: Option<bool>,
    /// How often it was restarted.
    #[serde(deserialize_with = "null_as_default")]
    pub restart_count: i64,
    /// What it does now.
    #[serde(deserialize_with = "null_as_default")]
    pub state: ContainerState,
    /// How the previous incarnation ended.
    #[serde(deserialize_with = "null_as_default")]
    pub last_state: ContainerState,
    /// What the container really has; kept only while it differs from the spec.
    pub resources: Option<Box<Actuated>>,
    /// What the node has set aside for it; kept only while it differs from the spec.
    pub allocated_resources: Resources,
}

/// What a container really has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Actuated {
    /// Requests.
    pub requests: Resources,
}

/// Bytes of a digest that are kept: enough to tell two images apart, and they need no allocation.
const MAX_DIGEST: usize = 19;

/// The digest at the end of an image id such as `reg.example/api@sha256:…`.
fn digest<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let id = Text::deserialize(deserializer)?;
    let digest = id.rsplit_once('@').map_or("", |(_, digest)| digest);
    Ok(Text::from(
        &digest[..digest.floor_char_boundary(MAX_DIGEST)],
    ))
}

/// One of waiting, running and terminated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerState {
    /// Not started.
    pub waiting: Option<Box<Waiting>>,
    /// Running.
    pub running: Option<Running>,
    /// Ended.
    pub terminated: Option<Box<Terminated>>,
}

/// Why a container does not run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Waiting {
    /// For example `CrashLoopBackOff`.
    pub reason: Text,
    /// The words that go with the reason.
    pub message: Text,
}

/// Since when a container runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Running {
    /// Start of this incarnation.
    #[serde(deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
}

/// How a container ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    /// Exit code; 128 + n for signal n.
    #[serde(deserialize_with = "null_as_default")]
    pub exit_code: i64,
    /// Signal, when the runtime reports it.
    #[serde(deserialize_with = "null_as_default")]
    pub signal: i64,
    /// For example `Error`, `Completed`, `OOMKilled`.
    pub reason: Text,
    /// The words that go with the reason.
    pub message: Text,
    /// Start of this incarnation.
    #[serde(deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
    /// End of this incarnation.
    #[serde(deserialize_with = "time")]
    pub finished_at: Option<Timestamp>,
}

impl Pod {
    /// The condition of one type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        find_condition(&self.status.conditions, kind)
    }

    /// True when the Pod is Ready and not being deleted.
    pub fn is_ready(&self) -> bool {
        !self.meta.is_terminating() && self.condition("Ready").is_some_and(Condition::is_true)
    }

    /// True when the Pod ended and will not run again.
    pub fn is_finished(&self) -> bool {
        matches!(&*self.status.phase, "Succeeded" | "Failed")
    }

    /// Statuses of all containers, init containers first.
    pub fn container_statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.status
            .init_container_statuses
            .iter()
            .chain(&self.status.container_statuses)
    }

    /// True when the named container is an init container (a sidecar included).
    pub fn is_init_container(&self, name: &str) -> bool {
        self.spec
            .init_containers
            .iter()
            .any(|known| known.name == name)
            || self
                .status
                .init_container_statuses
                .iter()
                .any(|known| known.name == name)
    }

    /// True when every application container runs.
    pub fn is_running(&self) -> bool {
        !self.status.container_statuses.is_empty()
            && self
                .status
                .container_statuses
                .iter()
                .all(|status| status.state.running.is_some())
    }

    /// Start of the Pod's life on its node, or its creation.
    pub fn begun(&self) -> Option<Timestamp> {
        self.meta.created.or(self.status.start_time)
    }
}

impl ContainerStatus {
    /// The reason for which the container waits, if it does.
    pub fn waiting_reason(&self) -> Option<&str> {
        self.state
            .waiting
            .as_deref()
            .map(|waiting| &*waiting.reason)
    }

    /// How the container ended: now, or in its previous incarnation.
    pub fn last_end(&self) -> Option<&Terminated> {
        self.state
            .terminated
            .as_deref()
            .or(self.last_state.terminated.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Preemption;

    fn pod(status: &str) -> Pod {
        let spec = r#"{"nodeName":"n","preemptionPolicy":"Never","containers":[
            {"name":"a","resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]}"#;
        serde_json::from_str(&format!(
            r#"{{"spec":{spec},"status":{{"containerStatuses":[{{"name":"a",{status}}}]}}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn resources_of_a_status_stay_only_when_they_differ() {
        let usual = pod(
            r#""resources":{"requests":{"cpu":"1000m","memory":"1024Mi"}},
            "allocatedResources":{"cpu":"1","memory":"1Gi"}"#,
        );
        let status = &usual.status.container_statuses[0];
        assert_eq!(status.resources, None);
        assert!(status.allocated_resources.is_empty());
        assert_eq!(usual.spec.preemption_policy, Some(Preemption::Never));

        let resized = pod(r#""resources":{"requests":{"cpu":"2","memory":"1Gi"}},
            "allocatedResources":{"cpu":"1","memory":"1Gi"}"#);
        let status = &resized.status.container_statuses[0];
        let actuated = status.resources.as_deref().unwrap();
        assert_eq!(actuated.requests.get("cpu"), Some("2".parse().unwrap()));
        assert!(!status.allocated_resources.is_empty());
    }
}
