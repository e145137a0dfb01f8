//! WL-1 to WL-8: what controllers say, and what was meant.

use dogwatch_engine::report::Status;
use dogwatch_model::Kind;

use crate::{
    Case, GOING, PROBED, TIMED_OUT, deployment, evidence, looping, pod, readiness, running, waiting,
};

#[test]
fn wl_1_an_oom_kill_explains_the_probe() {
    let yaml = deployment(1, GOING)
        + &pod(PROBED, &looping("exitCode: 137, reason: OOMKilled"))
        + &readiness(
            "Get \"http://10.0.0.7:8080/ready\": dial tcp 10.0.0.7:8080: connect: connection refused",
        );
    Case::of_deployment("wl-1", yaml, Status::RolloutBlocked, "OOMKilled")
        .symptoms(&["ProbeFailure"])
        .check();
}

#[test]
fn wl_2_a_deadline_is_a_symptom() {
    let refused = "rpc error: code = NotFound desc = failed to pull and unpack image \
                   \"r/api:v2\": failed to resolve reference \"r/api:v2\": r/api:v2: not found";
    let table = [
        (
            pod("", &looping("exitCode: 1, reason: Error")),
            Status::RolloutBlocked,
            "CrashLoopOrAppExit",
        ),
        (
            pod("", &waiting("ErrImagePull", refused)),
            Status::RolloutBlocked,
            "ImagePullBackOff",
        ),
        (
            pod(PROBED, &running()) + &readiness("HTTP probe failed with statuscode: 503"),
            Status::ProbeFailure,
            "ProbeFailure",
        ),
    ];
    for (pods, status, top) in table {
        let yaml = deployment(1, TIMED_OUT) + &pods;
        Case::of_deployment("wl-2", yaml, status, top)
            .symptoms(&["RolloutTimeout"])
            .never(&["RolloutTimeout"])
            .check();
    }
}

#[test]
fn wl_3_missing_counters_are_zero() {
    let status = ", conditions: [{type: Available, status: \"False\", reason: \
                  MinimumReplicasUnavailable}]";
    let yaml = deployment(3, status).replace(
        "replicas: 3, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, \
         image: \"r/api:v2\"}]}}}\nstatus: {replicas: 3}",
        "replicas: 0, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, \
         image: \"r/api:v2\"}]}}}\nstatus: {replicas: 0}",
    );
    Case::of_deployment("wl-3", yaml, Status::NewVersionNotCreated, "RolloutBlocked").check();
}

#[test]
fn wl_4_and_5_refusals_of_other_controllers() {
    let stateful_set = "kind: StatefulSet\nmetadata: {name: db, generation: 1}\nspec: {replicas: 2, \
                        minReadySeconds: 10}\nstatus: {observedGeneration: 1, currentRevision: \
                        db-1, updateRevision: db-1}\n---\nkind: Event\nreason: FailedCreate\n\
                        involvedObject: {kind: StatefulSet, name: db}\nmessage: 'create Pod db-0 \
                        in StatefulSet db failed error: pods \"db-0\" is forbidden: exceeded \
                        quota: compute, requested: cpu=1, used: cpu=4, limited: cpu=4'\n";
    let report = Case::of_deployment(
        "wl-4",
        stateful_set.to_owned(),
        Status::NewVersionNotCreated,
        "QuotaOrAdmissionRejected",
    )
    .about(Kind::StatefulSet, "db")
    .never(&["MinReadySecondsWaiting", "ReplicasUnavailable"])
    .check();
    assert_eq!(report.top_causes[0].subtype, Some("ResourceQuota"));
    let daemon_set = "kind: DaemonSet\nmetadata: {name: agent, generation: 1}\nspec: {selector: \
                      {matchLabels: {app: agent}}}\nstatus: {observedGeneration: 1, \
                      desiredNumberScheduled: 3}\n---\nkind: Event\nreason: FailedCreate\n\
                      involvedObject: {kind: DaemonSet, name: agent}\nmessage: 'Error creating: \
                      admission webhook \"guard.example.com\" denied the request: no host paths'\n";
    let report = Case::of_deployment(
        "wl-5",
        daemon_set.to_owned(),
        Status::NewVersionNotCreated,
        "QuotaOrAdmissionRejected",
    )
    .about(Kind::DaemonSet, "agent")
    .never(&["ReplicasUnavailable"])
    .check();
    assert_eq!(report.top_causes[0].subtype, Some("AdmissionWebhook"));
}

#[test]
fn wl_6_a_quota_that_lets_some_in() {
    let status = ", replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2";
    let ready = "phase: Running, conditions: [{type: Ready, status: \"True\"}]";
    let yaml = deployment(3, status).replace("status: {replicas: 3}", "status: {replicas: 2}")
        + &pod("", ready)
        + &pod("", ready).replace("api-n-1", "api-n-2")
        + "kind: Event\nreason: FailedCreate\ninvolvedObject: {kind: ReplicaSet, name: api-n}\n\
           message: 'Error creating: pods \"api-n-3\" is forbidden: exceeded quota: pods, \
           requested: pods=1, used: pods=2, limited: pods=2'\n";
    let report = Case::of_deployment(
        "wl-6",
        yaml,
        Status::RolloutBlocked,
        "QuotaOrAdmissionRejected",
    )
    .never(&["RolloutBlocked"])
    .check();
    assert!(evidence(&report).contains("2 of 3 Pods created"));
}

#[test]
fn wl_7_a_pause_is_no_obstacle_of_creation() {
    let yaml = deployment(2, ", replicas: 2, readyReplicas: 2, availableReplicas: 2")
        .replacen("v2", "v3", 1)
        .replacen("spec: {replicas", "spec: {paused: true, replicas", 1);
    Case::of_deployment("wl-7", yaml, Status::RolloutBlocked, "RolloutPaused")
        .never(&["ReplicaSetCreateBlocked"])
        .check();
}

#[test]
fn wl_8_what_is_meant_is_no_alarm() {
    let zero = deployment(0, "");
    Case::of_deployment("wl-8 zero", zero, Status::Healthy, "ScaledToZero").check();
    for strategy in ["rollingUpdate: {partition: 1}", "type: OnDelete"] {
        let ready = "phase: Running, conditions: [{type: Ready, status: \"True\"}]";
        let of = |number: i64, hash: &str| {
            format!(
                "kind: Pod\nmetadata: {{name: db-{number}, owner: StatefulSet/db, labels: \
                 {{controller-revision-hash: {hash}}}}}\nspec: {{nodeName: n1}}\nstatus: \
                 {{{ready}}}\n---\n"
            )
        };
        let yaml = format!(
            "kind: StatefulSet\nmetadata: {{name: db, generation: 2}}\nspec: {{replicas: 2, \
             updateStrategy: {{{strategy}}}}}\nstatus: {{observedGeneration: 2, replicas: 2, \
             readyReplicas: 2, availableReplicas: 2, updatedReplicas: 1, currentRevision: old, \
             updateRevision: new}}\n---\n"
        ) + &of(0, "old")
            + &of(1, "new");
        Case::of_deployment(
            strategy_name(strategy),
            yaml,
            Status::Healthy,
            "UpdateHeldByStrategy",
        )
        .about(Kind::StatefulSet, "db")
        .never(&["RolloutBlocked", "ReplicasUnavailable"])
        .check();
    }
}

fn strategy_name(strategy: &str) -> &'static str {
    if strategy.contains("partition") {
        "wl-8 partition"
    } else {
        "wl-8 OnDelete"
    }
}
