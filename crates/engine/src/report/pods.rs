//! Pods with their issues.

use dogwatch_model::{
    Diagnosis, Kind, Uid,
    snapshot::{ContainerStatus, Pod},
    wire::Text,
};
use serde::Serialize;

/// A Pod under diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PodEntry {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// UID.
    pub uid: Uid,
    /// Node; empty while unplaced.
    pub node: Text,
    /// Phase.
    pub phase: Text,
    /// Status as kubectl prints it.
    pub status: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Restarts of all containers.
    pub restarts: i64,
    /// What is wrong with it.
    pub issues: Vec<PodIssue>,
}

/// One thing that is wrong with a Pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PodIssue {
    /// Public type.
    #[serde(rename = "type")]
    pub public_type: &'static str,
    /// Mode.
    pub mode: &'static str,
    /// Container.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub container: Text,
    /// What exactly.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

pub(super) fn entry(diagnosis: &Diagnosis, pod: &Pod) -> PodEntry {
    let issues = diagnosis
        .findings
        .iter()
        .filter(|finding| {
            finding.object.kind == Kind::Pod
                && finding.object.name == *pod.meta.name
                && finding.object.namespace == *pod.meta.namespace
        })
        .map(|finding| PodIssue {
            public_type: finding.kind.public_type(),
            mode: finding.kind.mode(),
            container: finding.container.clone(),
            detail: finding.detail.clone(),
        });
    PodEntry {
        namespace: pod.meta.namespace.clone(),
        name: pod.meta.name.clone(),
        uid: pod.meta.uid.clone(),
        node: pod.node.clone(),
        phase: pod.status.phase.clone(),
        status: status(pod),
        ready: pod.is_ready(),
        restarts: pod
            .container_statuses()
            .map(|status| status.restart_count)
            .sum(),
        issues: issues.collect(),
    }
}

/// One word for the state of a Pod: the most telling reason, else the phase.
fn status(pod: &Pod) -> String {
    if pod.meta.is_terminating() {
        return "Terminating".to_owned();
    }
    let init = pod
        .status
        .init_container_statuses
        .iter()
        .find_map(|status| reason(status).map(|reason| format!("Init:{reason}")));
    let own = || {
        pod.status
            .container_statuses
            .iter()
            .find_map(reason)
            .map(str::to_owned)
    };
    let whole = || (!pod.status.reason.is_empty()).then(|| pod.status.reason.to_string());
    init.or_else(own)
        .or_else(whole)
        .unwrap_or_else(|| pod.status.phase.to_string())
}

fn reason(status: &ContainerStatus) -> Option<&str> {
    let waiting = status.waiting_reason().filter(|reason| !reason.is_empty());
    let ended = status
        .state
        .terminated
        .as_deref()
        .filter(|end| end.exit_code != 0);
    waiting.or_else(|| ended.map(|end| &*end.reason))
}
