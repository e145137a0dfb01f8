//! Situations in which earlier diagnosers named the wrong cause: what must come first here, what is
//! only a symptom, and what must not be said at all.

use dogwatch_engine::report::{ObjectDiagnosis, Status, object};
use dogwatch_model::{Kind, ObjectRef, Role};
use dogwatch_testkit::fixture;

/// A Deployment of `wanted` Pods with the ReplicaSet of its present template.
fn deployment(wanted: i64, status: &str) -> String {
    let template =
        "{metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: \"r/api:v2\"}]}}";
    format!(
        "kind: Deployment\nmetadata: {{name: api, generation: 2}}\nspec: {{replicas: {wanted}, \
         selector: {{matchLabels: {{app: api}}}}, template: {template}}}\nstatus: \
         {{observedGeneration: 2{status}}}\n---\nkind: ReplicaSet\nmetadata: {{name: api-n, owner: \
         Deployment/api, labels: {{app: api}}}}\nspec: {{replicas: {wanted}, template: \
         {template}}}\nstatus: {{replicas: {wanted}}}\n---\n"
    )
}

/// A Pod of that ReplicaSet; both arguments are flow entries.
fn pod(container: &str, status: &str) -> String {
    format!(
        "kind: Pod\nmetadata: {{name: api-n-1, owner: ReplicaSet/api-n, labels: {{app: \
         api}}}}\nspec: {{nodeName: n1, containers: [{{name: api, image: \
         \"r/api:v2\"{container}}}]}}\nstatus: {{startTime: \"2026-01-01T00:00:10Z\", \
         {status}}}\n---\n"
    )
}

fn event(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!(
        "kind: Event\nreason: {reason}\ninvolvedObject: {{kind: Pod, name: api-n-1, fieldPath: \
         \"spec.containers{{api}}\"}}\nmessage: '{message}'\n---\n"
    )
}

const UNREADY: &str = "{type: Ready, status: \"False\", reason: ContainersNotReady, \
                       lastTransitionTime: \"2026-01-01T00:01:00Z\"}";
const TIMED_OUT: &str = ", replicas: 1, updatedReplicas: 1, conditions: [{type: Progressing, \
                         status: \"False\", reason: ProgressDeadlineExceeded, message: \
                         'ReplicaSet \"api-n\" has timed out progressing.'}]";
const GOING: &str = ", replicas: 1, updatedReplicas: 1, unavailableReplicas: 1";

fn waiting(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!(
        "phase: Pending, conditions: [{UNREADY}], containerStatuses: [{{name: api, state: \
         {{waiting: {{reason: {reason}, message: '{message}'}}}}}}]"
    )
}

fn failed(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!("phase: Failed, reason: {reason}, message: '{message}'")
}

/// A container that ended and waits for its next start.
fn looping(end: &str) -> String {
    format!(
        "phase: Running, conditions: [{UNREADY}], containerStatuses: [{{name: api, restartCount: \
         5, state: {{waiting: {{reason: CrashLoopBackOff, message: back-off 2m40s restarting \
         failed container=api pod=api-n-1_shop}}}}, lastState: {{terminated: {{{end}, startedAt: \
         \"2026-01-01T00:07:00Z\", finishedAt: \"2026-01-01T00:08:00Z\"}}}}}}]"
    )
}

fn running() -> String {
    format!(
        "phase: Running, conditions: [{UNREADY}], containerStatuses: [{{name: api, ready: false, \
         started: true, state: {{running: {{startedAt: \"2026-01-01T00:00:20Z\"}}}}}}]"
    )
}

fn readiness(words: &str) -> String {
    event("Unhealthy", &format!("Readiness probe failed: {words}"))
}

const PROBED: &str = ", readinessProbe: {httpGet: {path: /ready, port: 8080}}";

struct Case {
    what: &'static str,
    yaml: String,
    target: (Kind, &'static str),
    status: Status,
    top: &'static str,
    symptoms: &'static [&'static str],
    never: &'static [&'static str],
}

impl Case {
    fn of_deployment(what: &'static str, yaml: String, status: Status, top: &'static str) -> Self {
        Self {
            what,
            yaml,
            target: (Kind::Deployment, "api"),
            status,
            top,
            symptoms: &[],
            never: &[],
        }
    }

    fn symptoms(mut self, symptoms: &'static [&'static str]) -> Self {
        self.symptoms = symptoms;
        self
    }

    fn never(mut self, never: &'static [&'static str]) -> Self {
        self.never = never;
        self
    }

    fn about(mut self, kind: Kind, name: &'static str) -> Self {
        self.target = (kind, name);
        self
    }

    #[track_caller]
    fn check(&self) -> ObjectDiagnosis {
        let target = ObjectRef::named(self.target.0, fixture::NAMESPACE, self.target.1);
        let report = object(&fixture::snapshot(&self.yaml), &target, 10);
        let seen: Vec<String> = report
            .top_causes
            .iter()
            .map(|cause| format!("{:?} {} {}", cause.role, cause.public_type, cause.detail))
            .collect();
        let what = format!("{}: {seen:#?}\n{:#?}", self.what, report.funnel);
        assert_eq!(report.summary.status, self.status, "{what}");
        assert_eq!(
            report.summary.top_cause.unwrap_or_default(),
            self.top,
            "{what}"
        );
        let types = |role: Role| -> Vec<&str> {
            let of_role = report.top_causes.iter().filter(|cause| cause.role == role);
            of_role.map(|cause| cause.public_type).collect()
        };
        for symptom in self.symptoms {
            assert!(
                types(Role::Symptom).contains(symptom),
                "{symptom} is a symptom of {what}"
            );
        }
        for wrong in self.never {
            assert!(
                !types(Role::Cause).contains(wrong),
                "{wrong} is no cause of {what}"
            );
        }
        report
    }
}

fn evidence(report: &ObjectDiagnosis) -> String {
    let facts = report.top_causes.iter().flat_map(|cause| &cause.evidence);
    facts
        .map(|cited| cited.fact.value.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

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
