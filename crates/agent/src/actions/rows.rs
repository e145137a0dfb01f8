//! Objects as rows of an answer: the fields needed plus identifiers, never whole objects.

use dogwatch_model::{
    LedgerEntry, Snapshot,
    redaction::redact,
    snapshot::{
        ContainerState, ContainerStatus, Event, PersistentVolume, PersistentVolumeClaim, Pod,
    },
};
use serde_json::{Map, Value, json};

/// A map from a JSON object literal.
pub(super) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// What could not be read, in one sentence per read.
pub(super) fn data_gaps(snapshot: &Snapshot) -> Vec<String> {
    snapshot.ledger.holes().map(LedgerEntry::sentence).collect()
}

pub(super) fn pod(pod: &Pod) -> Value {
    let containers: Vec<Value> = pod
        .container_statuses()
        .map(|status| container(pod, status))
        .collect();
    let owner = pod
        .meta
        .controller()
        .map(|owner| json!({"kind": owner.kind, "name": owner.name}));
    json!({
        "namespace": pod.meta.namespace,
        "name": pod.meta.name,
        "uid": pod.meta.uid,
        "node": pod.node,
        "phase": pod.status.phase,
        "reason": pod.status.reason,
        "message": redact(&pod.status.message),
        "ready": pod.is_ready(),
        "owner": owner,
        "labels": pod.meta.labels,
        "created_at": pod.meta.created,
        "deletion_time": pod.meta.deletion,
        "containers": containers,
    })
}

fn container(pod: &Pod, status: &ContainerStatus) -> Value {
    let spec = pod.spec.container(&status.name);
    let resources = spec
        .map(|spec| json!({"requests": spec.resources.requests, "limits": spec.resources.limits}));
    json!({
        "name": status.name,
        "image": spec.map_or(&status.image, |spec| &spec.image),
        "init": pod.is_init_container(&status.name),
        "ready": status.ready,
        "restart_count": status.restart_count,
        "state_detail": state(&status.state),
        "last_state_detail": state(&status.last_state),
        "resources": resources,
    })
}

fn state(state: &ContainerState) -> Value {
    if let Some(waiting) = &state.waiting {
        return json!({
            "type": "waiting", "reason": waiting.reason, "message": redact(&waiting.message),
        });
    }
    if let Some(running) = &state.running {
        return json!({"type": "running", "started_at": running.started_at});
    }
    state.terminated.as_ref().map_or(Value::Null, |end| {
        json!({
            "type": "terminated",
            "reason": end.reason,
            "message": redact(&end.message),
            "exit_code": end.exit_code,
            "signal": end.signal,
            "started_at": end.started_at,
            "finished_at": end.finished_at,
        })
    })
}

pub(super) fn event(event: &Event) -> Value {
    json!({
        "type": event.kind,
        "reason": event.reason,
        "message": redact(&event.message),
        "component": event.component,
        "involved_object": {
            "kind": event.involved.kind,
            "namespace": event.involved.namespace,
            "name": event.involved.name,
            "uid": event.involved.uid,
            "field_path": event.involved.field_path,
        },
        "count": event.count,
        "first_seen": event.first_seen,
        "last_seen": event.last_seen,
        "uid": event.uid,
    })
}

pub(super) fn claim(claim: &PersistentVolumeClaim) -> Value {
    json!({
        "namespace": claim.meta.namespace,
        "name": claim.meta.name,
        "uid": claim.meta.uid,
        "phase": claim.status.phase,
        "storage_class": claim.spec.storage_class_name,
        "volume_name": claim.spec.volume_name,
        "access_modes": claim.spec.access_modes,
        "requests": claim.spec.resources.requests,
        "created_at": claim.meta.created,
    })
}

pub(super) fn volume(volume: &PersistentVolume) -> Value {
    json!({
        "name": volume.meta.name,
        "uid": volume.meta.uid,
        "phase": volume.status.phase,
        "storage_class": volume.spec.storage_class_name,
        "access_modes": volume.spec.access_modes,
        "capacity": volume.spec.capacity,
        "created_at": volume.meta.created,
    })
}
