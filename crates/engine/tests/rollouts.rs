//! Versions, funnel layers and summary statuses, in tables over short Kubernetes YAML.

use dogwatch_engine::{
    View,
    report::{ObjectDiagnosis, Status, object},
    rollout::LayerStatus::{self, Fail, Held, Pass, Unknown, Waiting},
};
use dogwatch_model::{Kind, ObjectRef};
use dogwatch_testkit::fixture;

const TEMPLATE: &str =
    "{metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: \"r/api:v2\"}]}}";
const OLD_TEMPLATE: &str =
    "{metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: \"r/api:v1\"}]}}";

/// A Deployment of two Pods; `spec` and `status` are flow entries.
fn deployment(spec: &str, status: &str) -> String {
    format!(
        "kind: Deployment\nmetadata: {{name: api, generation: 2}}\nspec: {{replicas: 2, selector: \
         {{matchLabels: {{app: api}}}}, template: {TEMPLATE}{spec}}}\nstatus: \
         {{observedGeneration: 2{status}}}\n---\n"
    )
}

fn replica_set(name: &str, template: &str, want: i64, have: i64) -> String {
    format!(
        "kind: ReplicaSet\nmetadata: {{name: {name}, owner: Deployment/api, labels: {{app: \
         api}}}}\nspec: {{replicas: {want}, template: {template}}}\nstatus: {{replicas: {have}, \
         readyReplicas: {have}}}\n---\n"
    )
}

const READY: &str = "phase: Running, startTime: \"2026-01-01T00:00:10Z\", conditions: [{type: \
                     Initialized, status: \"True\"}, {type: Ready, status: \"True\", \
                     lastTransitionTime: \"2026-01-01T00:01:00Z\"}], containerStatuses: [{name: \
                     api, ready: true, started: true, state: {running: {startedAt: \
                     \"2026-01-01T00:00:20Z\"}}}]";
const UNREADY: &str = "phase: Running, startTime: \"2026-01-01T00:00:10Z\", conditions: [{type: \
                       Initialized, status: \"True\"}, {type: Ready, status: \"False\", reason: \
                       ContainersNotReady, lastTransitionTime: \"2026-01-01T00:05:00Z\"}], \
                       containerStatuses: [{name: api, ready: false, started: true, state: \
                       {running: {startedAt: \"2026-01-01T00:00:20Z\"}}}]";
const NEVER_READY: &str = "phase: Running, startTime: \"2026-01-01T00:00:10Z\", conditions: \
                           [{type: Ready, status: \"False\", lastTransitionTime: \
                           \"2026-01-01T00:00:11Z\"}]";

fn pod(name: &str, owner: &str, hash: &str, status: &str) -> String {
    format!(
        "kind: Pod\nmetadata: {{name: {name}, owner: {owner}, labels: {{app: api, \
         controller-revision-hash: {hash}}}}}\nspec: {{nodeName: n1, containers: [{{name: \
         api}}]}}\nstatus: {{{status}}}\n---\n"
    )
}

const COUNTED: &str = ", replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2";
const AVAILABLE_ONCE: &str =
    ", conditions: [{type: Progressing, status: \"True\", reason: NewReplicaSetAvailable}]";

/// A Deployment whose rollout is complete, as far as its own counters and its ReplicaSet tell.
fn counted_complete() -> String {
    let status = format!("{COUNTED}{AVAILABLE_ONCE}");
    deployment("", &status) + &replica_set("api-n", TEMPLATE, 2, 2)
}

/// The same with its Pods.
fn complete() -> String {
    let pods = pod("api-n-1", "ReplicaSet/api-n", "x", READY)
        + &pod("api-n-2", "ReplicaSet/api-n", "x", READY);
    counted_complete() + &pods
}

fn diagnose(yaml: &str, kind: Kind, name: &str) -> ObjectDiagnosis {
    let target = ObjectRef::named(kind, fixture::NAMESPACE, name);
    object(&fixture::snapshot(yaml), &target, 10)
}

#[track_caller]
fn check_status(what: &str, yaml: &str, kind: Kind, name: &str, expected: Status) {
    let report = diagnose(yaml, kind, name);
    let funnel = &report.funnel;
    assert_eq!(report.summary.status, expected, "{what}: {funnel:#?}");
}

#[track_caller]
fn check_layer(yaml: &str, kind: Kind, name: &str, expected: (&str, i64, i64, LayerStatus)) {
    let report = diagnose(yaml, kind, name);
    let layer = report
        .funnel
        .iter()
        .find(|layer| layer.layer == expected.0)
        .unwrap_or_else(|| panic!("{expected:?} is missing"));
    let got = (layer.layer, layer.expected, layer.actual, layer.status);
    assert_eq!(got, expected, "{:#?}", report.funnel);
}

fn new_rs(want: i64, have: i64) -> String {
    replica_set("api-n", TEMPLATE, want, have)
}

fn old_rs() -> String {
    replica_set("api-o", OLD_TEMPLATE, 2, 2)
}

/// Two Pods of the old version serve, one of the new version exists.
const HALF: &str = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2";

#[test]
fn statuses_before_the_first_new_pod() {
    let table = [
        ("complete", complete(), Status::Healthy),
        (
            "the controller lags",
            complete().replace("generation: 2", "generation: 3"),
            Status::ControlPlaneNotObserved,
        ),
        (
            "the controller never reported",
            deployment("", "").replace("observedGeneration: 2", ""),
            Status::ControlPlaneNotObserved,
        ),
        (
            "no ReplicaSet",
            deployment("", HALF) + &old_rs(),
            Status::NewVersionNotCreated,
        ),
        (
            "asked for no Pod",
            deployment("", HALF) + &old_rs() + &new_rs(0, 0),
            Status::NewVersionNotCreated,
        ),
        (
            "made no Pod",
            deployment("", HALF) + &old_rs() + &new_rs(1, 0),
            Status::NewVersionNotCreated,
        ),
        (
            "counts a Pod and owns none",
            deployment("", HALF) + &old_rs() + &new_rs(1, 1),
            Status::NewVersionNotCreated,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::Deployment, "api", expected);
    }
}

#[test]
fn statuses_with_new_pods() {
    let of_new = |status| pod("api-n-1", "ReplicaSet/api-n", "x", status);
    let unhealthy = "kind: Event\nreason: Unhealthy\ninvolvedObject: {kind: Pod, name: api-n-1, \
                     fieldPath: \"spec.containers{api}\"}\nmessage: 'Readiness probe failed: HTTP \
                     probe failed with statuscode: 503'\n";
    let lost = ", replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1";
    let table = [
        (
            "a Pod that is not ready",
            deployment("", HALF) + &old_rs() + &new_rs(1, 1) + &of_new(UNREADY),
            Status::RolloutBlocked,
        ),
        (
            "old Pods still serve everybody",
            deployment("", HALF) + &old_rs() + &new_rs(1, 1) + &of_new(NEVER_READY),
            Status::RolloutBlocked,
        ),
        (
            "a Pod that fails its probe",
            deployment("", HALF) + &old_rs() + &new_rs(1, 1) + &of_new(UNREADY) + unhealthy,
            Status::ProbeFailure,
        ),
        (
            "complete once, one Pod lost",
            deployment("", &format!("{lost}{AVAILABLE_ONCE}")) + &new_rs(2, 2) + &of_new(UNREADY),
            Status::ReplicasUnavailable,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::Deployment, "api", expected);
    }
}

#[test]
fn statuses_of_what_is_meant_or_not_known() {
    let table = [
        (
            "paused before the new version",
            deployment(", paused: true", HALF) + &old_rs(),
            Status::RolloutBlocked,
        ),
        (
            "paused and nothing waits",
            complete().replace(
                "replicas: 2, selector",
                "paused: true, replicas: 2, selector",
            ),
            Status::Healthy,
        ),
        (
            "scaled to zero",
            deployment("", "").replace("replicas: 2, sel", "replicas: 0, sel") + &new_rs(0, 0),
            Status::Healthy,
        ),
        (
            "no counters, nothing asked for",
            deployment("", ", conditions: [{type: Available, status: \"False\"}]") + &new_rs(0, 0),
            Status::NewVersionNotCreated,
        ),
        (
            "complete, and the Pods were denied",
            format!("missing: [pods]\n---\n{}", counted_complete()),
            Status::Unknown,
        ),
        (
            "complete, and the Events were denied",
            format!("missing: [events]\n---\n{}", complete()),
            Status::Unknown,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::Deployment, "api", expected);
    }
}

#[test]
fn a_missing_object_is_not_found() {
    check_status(
        "nothing is there",
        "missing: []",
        Kind::Deployment,
        "api",
        Status::NotFound,
    );
}

#[test]
fn a_startup_probe_that_failed_once_tells_without_events() {
    let starting = "phase: Running, conditions: [{type: Ready, status: \"False\"}], \
                    containerStatuses: [{name: api, ready: false, started: false, state: \
                    {running: {startedAt: \"SINCE\"}}}]";
    let probe = "{name: api, startupProbe: {periodSeconds: 10, failureThreshold: 30}}";
    let all = |since: &str| {
        let one = pod(
            "api-n-1",
            "ReplicaSet/api-n",
            "x",
            &starting.replace("SINCE", since),
        );
        deployment("", ", replicas: 2, updatedReplicas: 2")
            + &replica_set("api-n", TEMPLATE, 2, 2)
            + &one.replace("{name: api}]", &format!("{probe}]"))
    };
    let late = all("2026-01-01T00:05:00Z");
    check_status(
        "failed",
        &late,
        Kind::Deployment,
        "api",
        Status::ProbeFailure,
    );
    let early = all("2026-01-01T00:10:00Z");
    check_status(
        "not yet tried",
        &early,
        Kind::Deployment,
        "api",
        Status::RolloutBlocked,
    );
}

#[test]
fn funnel_of_a_deployment_layer_by_layer() {
    let status = ", replicas: 2, updatedReplicas: 2";
    let new_rs = replica_set("api-n", TEMPLATE, 2, 2);
    let two = |status: &str| {
        pod("api-n-1", "ReplicaSet/api-n", "x", READY)
            + &pod("api-n-2", "ReplicaSet/api-n", "x", status)
    };
    let waiting = |reason: &str| {
        format!(
            "phase: Pending, conditions: [{{type: Initialized, status: \"True\"}}], \
             containerStatuses: [{{name: api, state: {{waiting: {{reason: {reason}}}}}}}]"
        )
    };
    let initializing = "phase: Pending, conditions: [{type: Initialized, status: \"False\"}], \
                        initContainerStatuses: [{name: migrate, state: {running: {}}}]";
    let starting = "phase: Running, conditions: [{type: Initialized, status: \"True\"}, {type: \
                    Ready, status: \"False\"}], containerStatuses: [{name: api, started: false, \
                    state: {running: {}}}]";
    let table = [
        ("new_pods_sandbox_volumes", waiting("ContainerCreating")),
        ("new_pods_images", waiting("ImagePullBackOff")),
        ("new_pods_initialized", initializing.to_owned()),
        ("new_pods_started", waiting("CrashLoopBackOff")),
        ("new_pods_startup", starting.to_owned()),
        ("new_pods_ready", UNREADY.to_owned()),
    ];
    for (first, status_of_one) in table {
        let yaml = deployment("", status) + &new_rs + &two(&status_of_one);
        let report = diagnose(&yaml, Kind::Deployment, "api");
        let failing = report.funnel.iter().find(|layer| layer.status == Fail);
        let failing = failing.expect("a layer fails");
        let got = (failing.layer, failing.expected, failing.actual);
        assert_eq!(got, (first, 2, 1), "{:#?}", report.funnel);
    }
    let unplaced = deployment("", status) + &new_rs + &two("phase: Pending");
    let unplaced = unplaced.replacen("nodeName: n1, ", "", 1);
    check_layer(
        &unplaced,
        Kind::Deployment,
        "api",
        ("new_pods_scheduled", 2, 1, Fail),
    );
    let report = diagnose(&complete(), Kind::Deployment, "api");
    let all_pass = report.funnel.iter().all(|layer| layer.status == Pass);
    assert!(all_pass, "{:#?}", report.funnel);
}

#[test]
fn a_pod_is_available_after_min_ready_seconds() {
    for (seconds, available, status) in [(540, 2, Pass), (541, 0, Fail)] {
        let yaml = complete().replace(
            "replicas: 2, selector",
            &format!("minReadySeconds: {seconds}, replicas: 2, selector"),
        );
        let expected = ("new_pods_available", 2, available, status);
        check_layer(&yaml, Kind::Deployment, "api", expected);
    }
}

#[test]
fn layers_that_the_rolling_update_holds_back() {
    let old = replica_set("api-o", OLD_TEMPLATE, 2, 2);
    let old_pods = pod("api-o-1", "ReplicaSet/api-o", "x", READY);
    let new = replica_set("api-n", TEMPLATE, 1, 1);
    let new_pod = pod("api-n-1", "ReplicaSet/api-n", "x", UNREADY);
    let serving = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2";
    let short = ", replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1";
    for (status, expected) in [(serving, Held), (short, Waiting)] {
        let yaml = deployment("", status) + &old + &old_pods + &new + &new_pod;
        let expected = ("new_rs_desired", 2, 1, expected);
        check_layer(&yaml, Kind::Deployment, "api", expected);
        let expected = ("old_pods_removed", 0, 1, Fail);
        check_layer(&yaml, Kind::Deployment, "api", expected);
    }
    let denied = format!("missing: [pods]\n---\n{}", counted_complete());
    for layer in ["new_pods_scheduled", "new_pods_ready"] {
        check_layer(&denied, Kind::Deployment, "api", (layer, 2, 0, Unknown));
    }
    check_layer(
        &denied,
        Kind::Deployment,
        "api",
        ("old_pods_removed", 0, 0, Unknown),
    );
}

#[test]
fn endpoints_never_change_the_status() {
    let service = "kind: Service\nmetadata: {name: api}\nspec: {selector: {app: api}}\n";
    let yaml = complete() + service;
    check_layer(
        &yaml,
        Kind::Deployment,
        "api",
        ("endpoints_ready", 2, 0, Fail),
    );
    check_status(
        "no endpoint",
        &yaml,
        Kind::Deployment,
        "api",
        Status::Healthy,
    );
    let slice = "---\nkind: EndpointSlice\nmetadata: {name: api-x}\nendpoints: [{targetRef: \
                 {uid: pod-api-n-1}, conditions: {ready: true}}, {targetRef: {uid: pod-api-n-2}}]\n";
    let expected = ("endpoints_ready", 2, 2, Pass);
    check_layer(&(yaml + slice), Kind::Deployment, "api", expected);
}

fn new_replica_set(yaml: &str) -> Option<String> {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let new_rs = view.rollouts[0].version.new_rs;
    new_rs.map(|set| set.meta.name.to_string())
}

#[test]
fn the_new_replica_set_is_the_oldest_with_an_equal_template() {
    let set = |name: &str, template: &str, created: &str, revision: i64| {
        let meta = format!(
            "labels: {{app: api}}, creationTimestamp: \"{created}\", annotations: \
             {{deployment.kubernetes.io/revision: \"{revision}\"}}}}"
        );
        replica_set(name, template, 2, 2).replacen("labels: {app: api}}", &meta, 1)
    };
    let hashed = TEMPLATE.replace("app: api}", "app: api, pod-template-hash: 6d4f}");
    let wordy = TEMPLATE.replace("image:", "env: [], resources: {limits: {}}, image:");
    let foreign =
        replica_set("api-f", TEMPLATE, 2, 2).replace("Deployment/api", "Deployment/other");
    let unselected = replica_set("api-u", TEMPLATE, 2, 2)
        .replace("labels: {app: api}}\n", "labels: {app: other}}\n");
    let (early, late) = ("2025-12-01T00:00:00Z", "2025-12-24T00:00:00Z");
    let table = [
        (
            "after a rollback the old object is the new version",
            set("api-1", TEMPLATE, early, 3) + &set("api-2", OLD_TEMPLATE, late, 2),
            Some("api-1"),
        ),
        (
            "of two equal ones the oldest",
            set("api-2", TEMPLATE, late, 2) + &set("api-1", TEMPLATE, early, 1),
            Some("api-1"),
        ),
        (
            "the hash label does not count",
            set("api-1", &hashed, early, 1),
            Some("api-1"),
        ),
        (
            "nil equals empty",
            set("api-1", &wordy, early, 1),
            Some("api-1"),
        ),
        (
            "the newest is not the new one",
            set("api-2", OLD_TEMPLATE, late, 9),
            None,
        ),
        ("somebody else's", foreign, None),
        ("not selected", unselected, None),
    ];
    for (what, sets, expected) in table {
        let got = new_replica_set(&(deployment("", COUNTED) + &sets));
        assert_eq!(got.as_deref(), expected, "{what}");
    }
}

#[test]
fn percentages_round_as_the_controllers_round() {
    // Kind, wanted, maxSurge, maxUnavailable, and how many may be missing.
    let table = [
        (Kind::Deployment, 3, "25%", "25%", 0),
        (Kind::Deployment, 4, "25%", "25%", 1),
        (Kind::Deployment, 10, "25%", "25%", 2),
        (Kind::Deployment, 3, "0", "0", 1),
        (Kind::Deployment, 3, "0", "10%", 1),
        (Kind::Deployment, 3, "1", "0", 0),
        (Kind::Deployment, 2, "1", "7", 2),
        (Kind::Deployment, 0, "25%", "25%", 0),
        (Kind::DaemonSet, 3, "0", "25%", 1),
        (Kind::DaemonSet, 10, "0", "25%", 3),
        (Kind::DaemonSet, 10, "0", "0", 1),
        (Kind::DaemonSet, 10, "25%", "0", 0),
        (Kind::StatefulSet, 10, "0", "50%", 1),
    ];
    for (kind, wanted, surge, unavailable, expected) in table {
        let quoted = |text: &str| {
            if text.ends_with('%') {
                format!("\"{text}\"")
            } else {
                text.to_owned()
            }
        };
        let field = if kind == Kind::Deployment {
            "strategy"
        } else {
            "updateStrategy"
        };
        let yaml = format!(
            "kind: {kind}\nmetadata: {{name: api}}\nspec: {{replicas: {wanted}, {field}: \
             {{rollingUpdate: {{maxSurge: {}, maxUnavailable: {}}}}}}}\nstatus: \
             {{desiredNumberScheduled: {wanted}}}",
            quoted(surge),
            quoted(unavailable)
        );
        let snapshot = fixture::snapshot(&yaml);
        let got = View::new(&snapshot).rollouts[0].max_unavailable();
        assert_eq!(
            got, expected,
            "{kind} {wanted} surge {surge} unavailable {unavailable}"
        );
    }
    let recreate =
        "kind: Deployment\nmetadata: {name: api}\nspec: {replicas: 3, strategy: {type: Recreate}}";
    let snapshot = fixture::snapshot(recreate);
    assert_eq!(View::new(&snapshot).rollouts[0].max_unavailable(), 0);
}

fn stateful_set(spec: &str, current: &str, status: &str) -> String {
    format!(
        "kind: StatefulSet\nmetadata: {{name: db, generation: 1}}\nspec: {{replicas: 3, selector: \
         {{matchLabels: {{app: api}}}}{spec}}}\nstatus: {{observedGeneration: 1, currentRevision: \
         {current}, updateRevision: new{status}}}\n---\n"
    )
}

fn db(number: i64, hash: &str, status: &str) -> String {
    pod(&format!("db-{number}"), "StatefulSet/db", hash, status)
}

fn three(hashes: [&str; 3]) -> String {
    db(0, hashes[0], READY) + &db(1, hashes[1], READY) + &db(2, hashes[2], READY)
}

/// The update has replaced the Pod with the highest ordinal, and waits for it.
const WAITS: &str = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2";

#[test]
fn statuses_of_a_stateful_set_that_is_held() {
    let all = ", replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3";
    let one_new = ", replicas: 3, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3";
    let partition = ", updateStrategy: {rollingUpdate: {partition: 2}}";
    let from_five = ", updateStrategy: {rollingUpdate: {partition: 2}}, ordinals: {start: 5}";
    let table = [
        (
            "complete",
            stateful_set("", "new", all) + &three(["new"; 3]),
            Status::Healthy,
        ),
        (
            "held by the partition",
            stateful_set(partition, "old", one_new) + &three(["old", "old", "new"]),
            Status::Healthy,
        ),
        (
            "held by the partition, ordinals from 5",
            stateful_set(from_five, "old", one_new)
                + &(db(5, "old", READY) + &db(6, "old", READY) + &db(7, "new", READY)),
            Status::Healthy,
        ),
        (
            "old above the partition",
            stateful_set(
                partition,
                "old",
                ", replicas: 3, readyReplicas: 3, availableReplicas: 3",
            ) + &three(["old"; 3]),
            Status::RolloutBlocked,
        ),
        (
            "the new Pod above the partition is broken",
            stateful_set(partition, "old", WAITS)
                + &(db(0, "old", READY) + &db(1, "old", READY) + &db(2, "new", NEVER_READY)),
            Status::RolloutBlocked,
        ),
        (
            "held by OnDelete",
            stateful_set(", updateStrategy: {type: OnDelete}", "old", one_new)
                + &three(["old", "old", "new"]),
            Status::Healthy,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::StatefulSet, "db", expected);
    }
}

#[test]
fn statuses_of_a_stateful_set_that_fails() {
    let all = ", replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3";
    let two_ready = ", replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2";
    let table = [
        (
            "the update waits for its newest Pod",
            stateful_set("", "old", WAITS)
                + &(db(0, "old", READY) + &db(1, "old", READY) + &db(2, "new", NEVER_READY)),
            Status::RolloutBlocked,
        ),
        (
            "no Pod at all",
            stateful_set("", "new", ""),
            Status::NewVersionNotCreated,
        ),
        (
            "the first Pod never became ready",
            stateful_set("", "new", ", replicas: 1, updatedReplicas: 1")
                + &db(0, "new", NEVER_READY),
            Status::RolloutBlocked,
        ),
        (
            "complete once, one Pod lost",
            stateful_set("", "new", two_ready)
                + &(db(0, "new", UNREADY) + &db(1, "new", READY) + &db(2, "new", READY)),
            Status::ReplicasUnavailable,
        ),
        (
            "revisions were denied",
            format!(
                "missing: [controllerrevisions]\n---\n{}",
                stateful_set("", "new", all)
            ) + &three(["new"; 3]),
            Status::Unknown,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::StatefulSet, "db", expected);
    }
}

#[test]
fn a_broken_revision_is_a_trap_and_its_pod_is_the_cause() {
    let crash = "phase: Running, startTime: \"2026-01-01T00:00:10Z\", conditions: [{type: Ready, \
                 status: \"False\", lastTransitionTime: \"2026-01-01T00:00:11Z\"}], \
                 containerStatuses: [{name: api, restartCount: 5, state: {waiting: {reason: \
                 CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]";
    let yaml = stateful_set("", "old", ", replicas: 1") + &db(0, "broken", crash);
    let report = diagnose(&yaml, Kind::StatefulSet, "db");
    let modes: Vec<&str> = report.top_causes.iter().map(|cause| cause.mode).collect();
    assert!(modes.contains(&"sts-broken-revision-trap"), "{modes:?}");
    assert_eq!(report.summary.status, Status::RolloutBlocked);
}

fn daemon_set(spec: &str, status: &str) -> String {
    let revision = |name: &str, image: &str, number: i64| {
        format!(
            "kind: ControllerRevision\nmetadata: {{name: agent-{name}, owner: DaemonSet/agent, \
             labels: {{controller-revision-hash: {name}}}}}\nrevision: {number}\ndata: {{spec: \
             {{template: {{$patch: replace, spec: {{containers: [{{name: a, image: \
             {image}}}]}}}}}}}}\n---\n"
        )
    };
    // After a rollback the controller renumbers the old revision; here it has not done so yet.
    revision("one", "v2", 1)
        + &revision("two", "v1", 2)
        + &format!(
            "kind: DaemonSet\nmetadata: {{name: agent, generation: 1}}\nspec: {{template: {{spec: \
             {{containers: [{{name: a, image: v2}}]}}}}{spec}}}\nstatus: {{observedGeneration: 1, \
             desiredNumberScheduled: 2, currentNumberScheduled: 2{status}}}\n---\n"
        )
}

#[test]
fn the_revision_of_a_daemon_set_is_the_one_with_its_template() {
    let yaml = daemon_set("", "")
        + &pod("agent-1", "DaemonSet/agent", "one", READY)
        + &pod("agent-2", "DaemonSet/agent", "two", READY);
    let snapshot = fixture::snapshot(&yaml);
    let view = View::new(&snapshot);
    let rollout = &view.rollouts[0];
    assert_eq!(rollout.version.update_revision, "one");
    let names = |pods: &[&dogwatch_model::snapshot::Pod]| -> Vec<String> {
        pods.iter().map(|pod| pod.meta.name.to_string()).collect()
    };
    assert_eq!(names(&rollout.new_pods), ["agent-1"]);
    assert_eq!(names(&rollout.old_pods), ["agent-2"]);
}

#[test]
fn statuses_of_a_daemon_set() {
    let done = ", updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2";
    let half = ", updatedNumberScheduled: 1, numberReady: 2, numberAvailable: 2";
    let lost =
        ", updatedNumberScheduled: 2, numberReady: 1, numberAvailable: 1, numberUnavailable: 1";
    let never = ", updatedNumberScheduled: 2, numberUnavailable: 2";
    let agent = |n: i64, hash: &str, status: &str| {
        pod(&format!("agent-{n}"), "DaemonSet/agent", hash, status)
    };
    let table = [
        (
            "complete",
            daemon_set("", done) + &agent(1, "one", READY) + &agent(2, "one", READY),
            Status::Healthy,
        ),
        (
            "under way",
            daemon_set("", half) + &agent(1, "one", READY) + &agent(2, "two", READY),
            Status::RolloutBlocked,
        ),
        (
            "held by OnDelete",
            daemon_set(", updateStrategy: {type: OnDelete}", half)
                + &agent(1, "one", READY)
                + &agent(2, "two", READY),
            Status::Healthy,
        ),
        (
            "complete once, one Pod lost",
            daemon_set("", lost) + &agent(1, "one", READY) + &agent(2, "one", UNREADY),
            Status::ReplicasUnavailable,
        ),
        (
            "never came up",
            daemon_set("", never) + &agent(1, "one", NEVER_READY) + &agent(2, "one", NEVER_READY),
            Status::RolloutBlocked,
        ),
        (
            "no Pod at all",
            daemon_set("", "").replace("currentNumberScheduled: 2", "currentNumberScheduled: 0"),
            Status::NewVersionNotCreated,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::DaemonSet, "agent", expected);
    }
}

#[test]
fn a_deployment_that_was_complete_is_not_judged_by_another_version() {
    // The condition after a rollback still names the ReplicaSet that was complete before.
    let stale = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, \
                 conditions: [{type: Progressing, status: \"True\", reason: \
                 NewReplicaSetAvailable, message: 'ReplicaSet \"api-o\" has successfully \
                 progressed.'}]";
    let yaml = deployment("", stale)
        + &replica_set("api-o", OLD_TEMPLATE, 2, 2)
        + &replica_set("api-n", TEMPLATE, 1, 1)
        + &pod("api-n-1", "ReplicaSet/api-n", "x", UNREADY);
    check_status(
        "another one was complete",
        &yaml,
        Kind::Deployment,
        "api",
        Status::RolloutBlocked,
    );
    let own = yaml.replace("\"api-o\" has", "\"api-n\" has");
    let report = diagnose(&own, Kind::Deployment, "api");
    let types: Vec<&str> = report
        .top_causes
        .iter()
        .map(|cause| cause.public_type)
        .collect();
    assert!(
        !types.contains(&"RolloutTimeout"),
        "complete once never times out: {types:?}"
    );
}

#[test]
fn the_clock_of_progress_is_the_last_update() {
    let going = |updated: &str| {
        let status = format!(
            ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, \
             conditions: [{{type: Progressing, status: \"True\", reason: ReplicaSetUpdated, \
             lastTransitionTime: \"2026-01-01T00:00:00Z\", lastUpdateTime: \"{updated}\"}}]"
        );
        let yaml = deployment("", &status)
            + &replica_set("api-o", OLD_TEMPLATE, 2, 2)
            + &replica_set("api-n", TEMPLATE, 1, 1)
            + &pod("api-n-1", "ReplicaSet/api-n", "x", UNREADY);
        let report = diagnose(&yaml, Kind::Deployment, "api");
        let found = report
            .top_causes
            .iter()
            .find(|cause| cause.mode == "rollout-incomplete");
        found.map(|cause| format!("{:?}", cause.severity))
    };
    assert_eq!(going("2026-01-01T00:09:30Z").as_deref(), Some("Info"));
    assert_eq!(going("2026-01-01T00:05:00Z").as_deref(), Some("Warning"));
}

#[test]
fn old_pods_that_serve_are_named_in_the_headline_and_never_in_the_status() {
    let half = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2";
    let yaml = deployment("", half)
        + &replica_set("api-o", OLD_TEMPLATE, 2, 2)
        + &pod("api-o-1", "ReplicaSet/api-o", "x", READY)
        + &replica_set("api-n", TEMPLATE, 1, 1)
        + &pod("api-n-1", "ReplicaSet/api-n", "x", NEVER_READY);
    let report = diagnose(&yaml, Kind::Deployment, "api");
    assert_eq!(report.summary.status, Status::RolloutBlocked);
    let headline = &report.summary.headline;
    assert!(
        headline.contains("Pods of the old version still serve"),
        "{headline}"
    );
}
