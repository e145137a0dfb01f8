//! Faults that a generated cluster can contain.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{App, CREATED};

/// How many pods are broken in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Containers that exit with code 1 again and again.
    pub crash_loops: usize,
    /// Containers killed for memory.
    pub out_of_memory: usize,
    /// Images that cannot be pulled.
    pub image_pulls: usize,
    /// Pods that fit on no node.
    pub unschedulable: usize,
    /// Containers that run but fail their readiness probe.
    pub unready: usize,
}

/// One way to be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// See [`Faults::crash_loops`].
    CrashLoop,
    /// See [`Faults::out_of_memory`].
    OutOfMemory,
    /// See [`Faults::image_pulls`].
    ImagePull,
    /// See [`Faults::unschedulable`].
    Unschedulable,
    /// See [`Faults::unready`].
    Unready,
}

/// Where a fault was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// Namespace of the broken pod.
    pub namespace: String,
    /// The Deployment that the pod belongs to.
    pub deployment: String,
    /// Name of the broken pod.
    pub pod: String,
    /// What is wrong.
    pub mode: Mode,
}

/// Spreads the faults over the apps, at most one for each app.
pub(super) fn modes(apps: usize, seed: u64, faults: Faults) -> BTreeMap<usize, Mode> {
    let counts = [
        (Mode::CrashLoop, faults.crash_loops),
        (Mode::OutOfMemory, faults.out_of_memory),
        (Mode::ImagePull, faults.image_pulls),
        (Mode::Unschedulable, faults.unschedulable),
        (Mode::Unready, faults.unready),
    ];
    let wanted = counts
        .into_iter()
        .flat_map(|(mode, count)| std::iter::repeat_n(mode, count));
    let wanted: Vec<Mode> = wanted.take(apps).collect();
    let step = (apps / wanted.len().max(1)).max(1);
    let offset = usize::try_from(seed).unwrap_or(0) % step;
    wanted
        .into_iter()
        .enumerate()
        .map(|(at, mode)| (at * step + offset, mode))
        .collect()
}

/// The state of the broken container and its last state.
pub(super) fn container_state(mode: Mode) -> (Value, Value, i64) {
    let ended = |code: i64, reason: &str| {
        json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": CREATED,
            "finishedAt": "2026-03-01T09:55:00Z", "containerID": "containerd://0"}})
    };
    let back_off = json!({"waiting": {"reason": "CrashLoopBackOff",
        "message": "back-off 5m0s restarting failed container"}});
    match mode {
        Mode::CrashLoop => (back_off, ended(1, "Error"), 12),
        Mode::OutOfMemory => (back_off, ended(137, "OOMKilled"), 9),
        Mode::ImagePull => {
            let message = "Back-off pulling image \"registry.example/app:missing\"";
            (
                json!({"waiting": {"reason": "ImagePullBackOff", "message": message}}),
                json!({}),
                0,
            )
        }
        Mode::Unready | Mode::Unschedulable => {
            (json!({"running": {"startedAt": CREATED}}), json!({}), 0)
        }
    }
}

/// The event of an app: the symptom of its fault, or a routine one.
pub(super) fn event(app: &App) -> Value {
    let (kind, reason, message) = match app.fault {
        None => ("Normal", "Started", "Started container main"),
        Some(Mode::CrashLoop | Mode::OutOfMemory) => (
            "Warning",
            "BackOff",
            "Back-off restarting failed container main in pod",
        ),
        Some(Mode::ImagePull) => (
            "Warning",
            "Failed",
            "Failed to pull image \"registry.example/app:missing\": rpc error: code = NotFound \
             desc = failed to pull and unpack image: registry.example/app:missing: not found",
        ),
        Some(Mode::Unschedulable) => (
            "Warning",
            "FailedScheduling",
            "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 \
             No preemption victims found for incoming pod.",
        ),
        Some(Mode::Unready) => (
            "Warning",
            "Unhealthy",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
        ),
    };
    let scheduler = app.fault == Some(Mode::Unschedulable);
    let component = if scheduler {
        "default-scheduler"
    } else {
        "kubelet"
    };
    let field = if scheduler {
        ""
    } else {
        "spec.containers{main}"
    };
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": format!("{}.{}", app.pod_name(0), &app.uid("event")[..8]),
            "namespace": app.namespace(), "uid": app.uid("event"), "creationTimestamp": CREATED},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": app.namespace(),
            "name": app.pod_name(0), "uid": app.uid("pod-0"), "fieldPath": field},
        "type": kind, "reason": reason, "message": message, "count": 12,
        "firstTimestamp": CREATED, "lastTimestamp": "2026-03-01T09:58:00Z",
        "source": {"component": component, "host": app.node(0)},
        "reportingComponent": component, "reportingInstance": app.node(0),
    })
}
