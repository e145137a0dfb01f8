//! WL-9 to WL-17: what kubelet and scheduler say, and words of others.

use dogwatch_engine::report::{Status, object};
use dogwatch_model::{Kind, ObjectRef};
use dogwatch_testkit::fixture;

use crate::{
    Case, GOING, PROBED, deployment, event, evidence, failed, looping, pod, readiness, running,
    waiting,
};

#[test]
fn wl_9_and_10_what_the_kubelet_says_has_its_own_name() {
    let key = waiting(
        "CreateContainerConfigError",
        "couldn't find key password in Secret shop/db-credentials",
    );
    let run = waiting(
        "RunContainerError",
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: \
         runc create failed: unable to start container process: error during container init: error \
         mounting \"/dev/x\": operation not permitted",
    );
    let start = "phase: Failed, containerStatuses: [{name: api, state: {terminated: {exitCode: \
                 128, reason: StartError, message: 'failed to create containerd task: failed to \
                 create shim task: OCI runtime create failed: runc create failed: unable to apply \
                 cgroup configuration: mkdir: no space left on device'}}}]";
    let never = waiting(
        "ErrImageNeverPull",
        "Container image \"r/api:v2\" is not present with pull policy of Never",
    );
    let device = failed(
        "UnexpectedAdmissionError",
        "Pod was rejected: Allocate failed due to requested number of devices unavailable for \
         nvidia.com/gpu. Requested: 1, Available: 0, which is unexpected",
    );
    let cpu = failed(
        "OutOfcpu",
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000, used: 3900, \
         capacity: 4000",
    );
    let critical = failed("Preempting", "Preempted in order to admit critical pod");
    let evicted = failed("Evicted", "The node was low on resource: memory. ");
    let table = [
        (
            "wl-9",
            key,
            "ContainerConfigError",
            "password in Secret shop/db-credentials",
        ),
        ("wl-10 run", run, "ContainerStartError", "RunContainerError"),
        (
            "wl-10 start",
            start.to_owned(),
            "ContainerStartError",
            "StartError",
        ),
        (
            "wl-10 never",
            never,
            "ImagePullBackOff",
            "ErrImageNeverPull",
        ),
        (
            "wl-10 device",
            device,
            "PodAdmissionRejected",
            "UnexpectedAdmissionError",
        ),
        ("wl-10 cpu", cpu, "PodAdmissionRejected", "OutOfcpu"),
        ("wl-10 preempted", critical, "PodPreempted", "critical pod"),
        ("evicted", evicted, "Evicted", "low on resource"),
    ];
    for (what, status, top, words) in table {
        let yaml = deployment(1, GOING) + &pod("", &status);
        let report = Case::of_deployment(what, yaml, Status::RolloutBlocked, top)
            .never(&["SchedulingFailure"])
            .check();
        assert!(evidence(&report).contains(words), "{what}");
    }
}

#[test]
fn wl_11_a_sandbox_timeout_is_no_storage() {
    let yaml = deployment(1, GOING)
        + &pod("", &waiting("ContainerCreating", ""))
        + &event(
            "FailedCreatePodSandBox",
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
             network for sandbox \"a1\": plugin type=\"calico\" failed (add): error getting \
             ClusterInformation: Get \"https://10.96.0.1:443/apis\": dial tcp 10.96.0.1:443: i/o \
             timeout",
        )
        .replace(", fieldPath: \"spec.containers{api}\"", "");
    let report = Case::of_deployment("wl-11", yaml, Status::RolloutBlocked, "SandboxCreateFailed")
        .never(&["StorageMountFailure"])
        .check();
    let skills: Vec<&str> = report.handoff.iter().map(|next| next.skill).collect();
    assert!(
        skills.contains(&"huawei-cloud-cce-network-failure-diagnoser"),
        "{skills:?}"
    );
}

#[test]
fn wl_12_and_13_stale_and_foreign_words() {
    let stale = event(
        "FailedScheduling",
        "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No \
         preemption victims found for incoming pod.",
    );
    let yaml = deployment(1, GOING)
        + &pod(PROBED, &running())
        + &stale
        + &readiness("HTTP probe failed with statuscode: 503");
    Case::of_deployment("wl-12", yaml, Status::ProbeFailure, "ProbeFailure")
        .never(&["SchedulingFailure"])
        .check();
    let yaml = deployment(1, GOING)
        + &pod(PROBED, &running())
        + &readiness("HTTP probe failed with statuscode: 401 unauthorized");
    Case::of_deployment("wl-13", yaml, Status::ProbeFailure, "ProbeFailure")
        .never(&["ImagePullBackOff"])
        .check();
}

#[test]
fn wl_14_exit_137_after_a_liveness_kill_is_no_oom() {
    let yaml = deployment(1, GOING)
        + &pod(
            ", livenessProbe: {httpGet: {path: /live, port: 8080}}",
            &looping("exitCode: 137, reason: Error"),
        )
        + &event(
            "Unhealthy",
            "Liveness probe failed: Get \"http://10.0.0.7:8080/live\": context deadline exceeded \
             (Client.Timeout exceeded while awaiting headers)",
        )
        + &event(
            "Killing",
            "Container api failed liveness probe, will be restarted",
        );
    Case::of_deployment("wl-14", yaml, Status::RolloutBlocked, "ProbeFailure")
        .never(&["OOMKilled", "CrashLoopOrAppExit"])
        .check();
}

#[test]
fn wl_15_pods_of_somebody_else_are_no_evidence() {
    let yaml = "kind: StatefulSet\nmetadata: {name: db, generation: 1}\nspec: {replicas: 1, \
                selector: {matchLabels: {app: db}}}\nstatus: {observedGeneration: 1, replicas: 1, \
                readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, currentRevision: r, \
                updateRevision: r}\n---\nkind: Pod\nmetadata: {name: db-0, owner: StatefulSet/db, \
                labels: {app: db, controller-revision-hash: r}}\nspec: {nodeName: n1}\nstatus: \
                {phase: Running, conditions: [{type: Ready, status: \"True\"}]}\n---\nkind: Job\n\
                metadata: {name: backup}\nstatus: {succeeded: 1}\n---\nkind: Pod\nmetadata: {name: \
                backup-x, owner: Job/backup, labels: {app: db}}\nspec: {nodeName: n1}\nstatus: \
                {phase: Succeeded, conditions: [{type: Ready, status: \"False\", reason: \
                PodCompleted}]}\n";
    let report = Case::of_deployment("wl-15", yaml.to_owned(), Status::Healthy, "")
        .about(Kind::StatefulSet, "db")
        .check();
    assert!(report.top_causes.is_empty());
}

#[test]
fn wl_16_the_taint_is_named() {
    let words = "0/1 nodes are available: 1 node(s) had untolerated taint(s). preemption: 0/1 \
                 nodes are available: 1 Preemption is not helpful for scheduling.";
    let yaml = deployment(1, GOING)
        + &pod(
            "",
            &format!(
                "phase: Pending, conditions: [{{type: PodScheduled, status: \"False\", reason: \
                 Unschedulable, message: '{words}'}}]"
            ),
        )
        .replace("nodeName: n1, ", "")
        + "kind: Node\nmetadata: {name: n1}\nspec: {taints: [{key: \
           node.cloudprovider.kubernetes.io/uninitialized, value: \"true\", effect: \
           NoSchedule}]}\nstatus: {conditions: [{type: Ready, status: \"True\"}]}\n";
    let target = ObjectRef::named(Kind::Deployment, fixture::NAMESPACE, "api");
    let report = object(&fixture::snapshot(&yaml), &target, 10);
    assert_eq!(report.summary.status, Status::RolloutBlocked);
    let types: Vec<&str> = report
        .top_causes
        .iter()
        .map(|cause| cause.public_type)
        .collect();
    assert!(types.contains(&"NodeUninitializedCloud"), "{types:?}");
    assert!(types.contains(&"SchedulingFailure"), "{types:?}");
    assert!(
        evidence(&report).contains("node.cloudprovider.kubernetes.io/uninitialized"),
        "{types:?}"
    );
}

#[test]
fn wl_17_events_of_others_do_not_drown_the_own() {
    use std::fmt::Write as _;
    let mut yaml = deployment(1, GOING) + &pod("", &looping("exitCode: 1, reason: Error"));
    for number in 0..700 {
        write!(
            yaml,
            "kind: Event\nreason: Pulled\ntype: Normal\ninvolvedObject: {{kind: Pod, name: \
             a-{number}}}\nmessage: Container image already present\n---\n"
        )
        .expect("a String takes every word");
    }
    yaml += &event(
        "BackOff",
        "Back-off restarting failed container api in pod api-n-1_shop(pod-api-n-1)",
    );
    let report =
        Case::of_deployment("wl-17", yaml, Status::RolloutBlocked, "CrashLoopOrAppExit").check();
    assert!(evidence(&report).contains("Back-off restarting failed container api"));
    assert_eq!(report.events.filtered_count, 1);
}
