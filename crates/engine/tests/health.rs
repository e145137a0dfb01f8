//! Health words per kind: as wanted, not yet, failed, and gone.

use dogwatch_engine::{
    health::{
        Health,
        HealthWord::{self, Current, Failed, InProgress, NotFound, Terminating, Unknown},
        of_claim, of_daemon_set, of_deployment, of_found, of_job, of_node, of_pod, of_replica_set,
        of_stateful_set,
    },
    report::inspection,
};
use dogwatch_model::{Kind, Snapshot};
use dogwatch_testkit::fixture;

fn judge(kind: Kind, snapshot: &Snapshot) -> Health {
    match kind {
        Kind::Deployment => of_found(snapshot.deployments.first(), of_deployment),
        Kind::ReplicaSet => of_found(snapshot.replica_sets.first(), of_replica_set),
        Kind::StatefulSet => of_found(snapshot.stateful_sets.first(), of_stateful_set),
        Kind::DaemonSet => of_found(snapshot.daemon_sets.first(), of_daemon_set),
        Kind::Job => of_found(snapshot.jobs.first(), of_job),
        Kind::PersistentVolumeClaim => of_found(snapshot.claims.first(), of_claim),
        Kind::Node => of_found(snapshot.nodes.first(), of_node),
        Kind::Pod => of_found(snapshot.pods.first(), |pod| {
            of_pod(pod, snapshot.captured_at)
        }),
        _ => panic!("{kind} has no health"),
    }
}

/// Rows are flow entries of spec and status, with the expected word and reason.
#[track_caller]
fn check(kind: Kind, rows: &[(&str, &str, HealthWord, &str)]) {
    for (spec, status, word, reason) in rows {
        let yaml = format!(
            "kind: {kind}\nmetadata: {{name: it, generation: 2}}\nspec: {{{spec}}}\nstatus: \
             {{{status}}}"
        );
        let got = judge(kind, &fixture::snapshot(&yaml));
        assert_eq!((got.word, got.reason), (*word, *reason), "{yaml}");
        let leaving = yaml.replace(
            "generation: 2",
            "generation: 2, deletionTimestamp: \"2026-01-01T00:09:00Z\"",
        );
        let got = judge(kind, &fixture::snapshot(&leaving));
        assert_eq!(got.word, Terminating, "{leaving}");
    }
    let nothing = judge(kind, &fixture::snapshot("missing: []"));
    assert_eq!((nothing.word, nothing.reason), (NotFound, "NotFound"));
}

#[test]
fn deployments() {
    let available = "{type: Available, status: \"True\"}";
    let done = "{type: Progressing, status: \"True\", reason: NewReplicaSetAvailable}";
    let going = "{type: Progressing, status: \"True\", reason: ReplicaSetUpdated}";
    let late = "{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded}";
    let with = |numbers: [i64; 4], conditions: &str| {
        format!(
            "observedGeneration: 2, replicas: {}, updatedReplicas: {}, readyReplicas: {}, \
             availableReplicas: {}, conditions: [{conditions}]",
            numbers[0], numbers[1], numbers[2], numbers[3]
        )
    };
    let both = format!("{available}, {done}");
    let full = [3, 3, 3, 3];
    let table = [
        (with(full, &both), Current, "DeploymentAvailable"),
        (
            with(full, &both).replace("Generation: 2", "Generation: 1"),
            InProgress,
            "LatestGenerationNotObserved",
        ),
        (with(full, late), Failed, "ProgressDeadlineExceeded"),
        (with([2, 2, 2, 2], &both), InProgress, "TooFewReplicas"),
        (with([3, 1, 3, 3], &both), InProgress, "TooFewUpdated"),
        (with([4, 3, 3, 3], &both), InProgress, "ExtraPods"),
        (with([3, 3, 3, 2], &both), InProgress, "TooFewAvailable"),
        (with([3, 3, 2, 3], &both), InProgress, "TooFewReady"),
        (
            with(full, &format!("{available}, {going}")),
            InProgress,
            "ReplicaSetNotAvailable",
        ),
        (with(full, done), InProgress, "DeploymentNotAvailable"),
    ];
    for (status, word, reason) in &table {
        check(Kind::Deployment, &[("replicas: 3", status, *word, reason)]);
    }
    let unjudged = with(full, available);
    let spec = "replicas: 3, progressDeadlineSeconds: 2147483647";
    check(
        Kind::Deployment,
        &[(spec, &unjudged, Current, "DeploymentAvailable")],
    );
}

#[test]
fn replica_sets() {
    let refused = "replicas: 1, conditions: [{type: ReplicaFailure, status: \"True\"}]";
    check(
        Kind::ReplicaSet,
        &[
            (
                "replicas: 2",
                "replicas: 2, readyReplicas: 2, availableReplicas: 2",
                Current,
                "ReplicaSetReady",
            ),
            ("replicas: 0", "replicas: 0", Current, "ReplicaSetReady"),
            ("replicas: 2", refused, InProgress, "ReplicaFailure"),
            ("replicas: 2", "replicas: 1", InProgress, "TooFewReplicas"),
            (
                "replicas: 2",
                "replicas: 2, readyReplicas: 2, availableReplicas: 1",
                InProgress,
                "TooFewAvailable",
            ),
            ("replicas: 0", "replicas: 1", InProgress, "ExtraPods"),
        ],
    );
}

#[test]
fn stateful_sets() {
    let one = "observedGeneration: 2, replicas: 3, readyReplicas: 3, currentReplicas: 3, \
               currentRevision: a, updateRevision: a";
    let two = "observedGeneration: 2, replicas: 3, readyReplicas: 3, currentReplicas: 2, \
               updatedReplicas: 1, currentRevision: a, updateRevision: b";
    let partition = "replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}";
    let narrow = "replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}";
    let explicit = "replicas: 3, updateStrategy: {rollingUpdate: {partition: 0}}";
    let on_delete = "replicas: 3, updateStrategy: {type: OnDelete}";
    let short = "observedGeneration: 2, replicas: 3, readyReplicas: 2";
    check(
        Kind::StatefulSet,
        &[
            ("replicas: 3", one, Current, "StatefulSetReady"),
            ("replicas: 3", two, InProgress, "RevisionMismatch"),
            // A partition of 0 is what the API server fills in: it excuses nothing.
            (explicit, two, InProgress, "RevisionMismatch"),
            (partition, two, Current, "StatefulSetReady"),
            (narrow, two, InProgress, "PartitionRollout"),
            (on_delete, two, Current, "StatefulSetReady"),
            (on_delete, short, InProgress, "TooFewReady"),
            ("replicas: 4", one, InProgress, "TooFewReplicas"),
            ("replicas: 2", one, InProgress, "ExtraPods"),
            (
                "replicas: 3",
                "observedGeneration: 1",
                InProgress,
                "LatestGenerationNotObserved",
            ),
        ],
    );
}

#[test]
fn daemon_sets() {
    let with = |current: i64, updated: i64, available: i64, ready: i64| {
        format!(
            "observedGeneration: 2, desiredNumberScheduled: 3, currentNumberScheduled: {current}, \
             updatedNumberScheduled: {updated}, numberAvailable: {available}, numberReady: {ready}"
        )
    };
    let held = "updateStrategy: {type: OnDelete}";
    check(
        Kind::DaemonSet,
        &[
            ("", &with(3, 3, 3, 3), Current, "DaemonSetReady"),
            ("", &with(2, 2, 2, 2), InProgress, "LessCurrent"),
            ("", &with(3, 2, 3, 3), InProgress, "TooFewUpdated"),
            (held, &with(3, 2, 3, 3), Current, "DaemonSetReady"),
            ("", &with(3, 3, 2, 2), InProgress, "TooFewAvailable"),
            ("", &with(3, 3, 3, 2), InProgress, "TooFewReady"),
            ("", "", InProgress, "LatestGenerationNotObserved"),
        ],
    );
}

#[test]
fn pods() {
    let ready = "phase: Running, conditions: [{type: Ready, status: \"True\"}]";
    let waits = |reason: &str| {
        format!(
            "phase: Pending, containerStatuses: [{{name: a, state: {{waiting: {{reason: \
             {reason}}}}}}}]"
        )
    };
    let looping = waits("CrashLoopBackOff").replace("Pending", "Running");
    let unplaced = "phase: Pending, conditions: [{type: PodScheduled, status: \"False\", reason: \
                    Unschedulable}]";
    check(
        Kind::Pod,
        &[
            ("", ready, Current, "PodReady"),
            ("", "phase: Succeeded", Current, "PodSucceeded"),
            ("", "phase: Failed", Failed, "PodFailed"),
            ("", "phase: Running", InProgress, "PodRunningNotReady"),
            ("", &looping, Failed, "ContainerCrashLooping"),
            ("", &waits("ImagePullBackOff"), Failed, "ContainerWaiting"),
            ("", &waits("ErrImagePull"), Failed, "ContainerWaiting"),
            (
                "",
                &waits("CreateContainerConfigError"),
                Failed,
                "ContainerWaiting",
            ),
            ("", &waits("ContainerCreating"), InProgress, "PodPending"),
            ("", unplaced, Failed, "PodUnschedulable"),
            ("", "phase: Unknown", Unknown, "PodPhaseUnknown"),
        ],
    );
    let young = format!(
        "kind: Pod\nmetadata: {{name: it, creationTimestamp: \
         \"2026-01-01T00:09:50Z\"}}\nstatus: {{{unplaced}}}"
    );
    let got = judge(Kind::Pod, &fixture::snapshot(&young));
    assert_eq!((got.word, got.reason), (InProgress, "PodNotScheduled"));
}

#[test]
fn jobs_claims_and_nodes() {
    let is =
        |kind: &str, status: &str| format!("conditions: [{{type: {kind}, status: \"{status}\"}}]");
    check(
        Kind::Job,
        &[
            ("", &is("Complete", "True"), Current, "JobComplete"),
            ("", &is("Failed", "True"), Failed, "JobFailed"),
            ("", &is("FailureTarget", "True"), Failed, "JobFailed"),
            ("suspend: true", "", Current, "JobSuspended"),
            ("", "", InProgress, "JobNotStarted"),
            (
                "",
                "startTime: \"2026-01-01T00:01:00Z\"",
                InProgress,
                "JobRunning",
            ),
        ],
    );
    check(
        Kind::PersistentVolumeClaim,
        &[
            ("", "phase: Bound", Current, "Bound"),
            ("", "phase: Pending", InProgress, "NotBound"),
            ("", "phase: Lost", Failed, "VolumeLost"),
        ],
    );
    check(
        Kind::Node,
        &[
            ("", &is("Ready", "True"), Current, "KubeletReady"),
            ("", &is("Ready", "False"), Failed, "KubeletNotReady"),
            ("", &is("Ready", "Unknown"), Unknown, "KubeletSilent"),
            ("", "", InProgress, "NodeStarting"),
        ],
    );
}

#[test]
fn an_inspection_counts_the_words_per_kind() {
    let yaml = "kind: Pod\nmetadata: {name: a}\nstatus: {phase: Running, conditions: [{type: Ready, \
                status: \"True\"}]}\n---\nkind: Pod\nmetadata: {name: b}\nstatus: {phase: \
                Failed}\n---\nkind: Service\nmetadata: {name: s}\n";
    let report = inspection(&fixture::snapshot(yaml), "*");
    let json = serde_json::to_value(&report.summary.checked).expect("counts serialize");
    let of = |kind: &str| {
        let entries = json.as_array().expect("a list");
        entries.iter().find(|entry| entry["kind"] == kind).cloned()
    };
    let pods = serde_json::json!({"kind": "Pod", "objects": 2, "current": 1, "in_progress": 0,
        "failed": 1, "terminating": 0, "unknown": 0});
    assert_eq!(of("Pod"), Some(pods));
    let services = serde_json::json!({"kind": "Service", "objects": 1});
    assert_eq!(of("Service"), Some(services), "Services are not judged");
}
