//! The status word of pods, case by case.

use super::*;

const NOW: &str = "2026-03-01T10:00:00Z";

fn pod(spec: &Value, status: &Value) -> Value {
    json!({"metadata": {"name": "p", "creationTimestamp": "2026-03-01T09:00:00Z"},
        "spec": spec, "status": status})
}

#[track_caller]
fn check(pod: &Value, ready: &str, status: &str, restarts: &str) {
    let cells = cells(pod, NOW.parse().unwrap());
    let found: Vec<_> = cells[1..4].iter().map(|c| c.as_str().unwrap()).collect();
    assert_eq!(found, [ready, status, restarts]);
}

fn one() -> Value {
    json!({"containers": [{"name": "a"}]})
}

#[test]
fn phases_without_container_statuses() {
    check(
        &pod(&one(), &json!({"phase": "Pending"})),
        "0/1",
        "Pending",
        "0",
    );
    let evicted = json!({"phase": "Failed", "reason": "Evicted"});
    check(&pod(&one(), &evicted), "0/1", "Evicted", "0");
    let gated = json!({"phase": "Pending", "conditions":
        [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]});
    check(&pod(&one(), &gated), "0/1", "SchedulingGated", "0");
}

#[test]
fn running_and_crashing_containers() {
    let running = json!({"phase": "Running", "containerStatuses":
        [{"name": "a", "ready": true, "restartCount": 0, "state": {"running": {}}}]});
    check(&pod(&one(), &running), "1/1", "Running", "0");
    let crashing = json!({"phase": "Running", "containerStatuses": [{"name": "a", "ready": false,
        "restartCount": 7, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"finishedAt": "2026-03-01T09:55:00Z", "exitCode": 1}}}]});
    check(
        &pod(&one(), &crashing),
        "0/1",
        "CrashLoopBackOff",
        "7 (5m ago)",
    );
    let signalled = json!({"phase": "Failed", "containerStatuses":
        [{"name": "a", "state": {"terminated": {"exitCode": 137, "signal": 9}}}]});
    check(&pod(&one(), &signalled), "0/1", "Signal:9", "0");
}

#[test]
fn completed_beside_running() {
    let two = json!({"containers": [{"name": "a"}, {"name": "b"}]});
    let statuses = json!([
        {"name": "a", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
        {"name": "b", "ready": true, "state": {"running": {}}}]);
    let not_ready = json!({"phase": "Running", "containerStatuses": statuses});
    check(&pod(&two, &not_ready), "1/2", "NotReady", "0");
    let ready = json!({"phase": "Running", "containerStatuses": statuses,
        "conditions": [{"type": "Ready", "status": "True"}]});
    check(&pod(&two, &ready), "1/2", "Running", "0");
}

#[test]
fn init_containers() {
    let spec = json!({"containers": [{"name": "a"}], "initContainers":
        [{"name": "i"}, {"name": "j"}]});
    let waits = json!({"phase": "Pending", "initContainerStatuses": [
        {"name": "i", "state": {"terminated": {"exitCode": 0}}},
        {"name": "j", "state": {"running": {}}}]});
    check(&pod(&spec, &waits), "0/1", "Init:1/2", "0");
    let fails = json!({"phase": "Pending", "initContainerStatuses": [{"name": "i",
        "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]});
    check(&pod(&spec, &fails), "0/1", "Init:CrashLoopBackOff", "3");
    let failed = json!({"phase": "Failed", "initContainerStatuses": [{"name": "i",
        "state": {"terminated": {"exitCode": 2}}}]});
    check(&pod(&spec, &failed), "0/1", "Init:ExitCode:2", "0");
}

#[test]
fn sidecars_count_as_containers() {
    let spec = json!({"containers": [{"name": "a"}], "initContainers":
        [{"name": "mesh", "restartPolicy": "Always"}]});
    let status = json!({"phase": "Running",
        "initContainerStatuses": [{"name": "mesh", "ready": true, "started": true,
            "restartCount": 1, "state": {"running": {}}}],
        "containerStatuses": [{"name": "a", "ready": true, "state": {"running": {}}}]});
    check(&pod(&spec, &status), "2/2", "Running", "1");
}

#[test]
fn deleted_pods() {
    let mut pod = pod(&one(), &json!({"phase": "Running"}));
    pod["metadata"]["deletionTimestamp"] = json!(NOW);
    check(&pod, "0/1", "Terminating", "0");
    pod["status"]["reason"] = json!("NodeLost");
    check(&pod, "0/1", "Unknown", "0");
    pod["status"] = json!({"phase": "Succeeded"});
    check(&pod, "0/1", "Succeeded", "0");
}
