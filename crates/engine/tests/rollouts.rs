//! Versions, funnel layers and summary statuses, in tables over short Kubernetes YAML.

mod rollouts {
    mod daemon_sets;
    mod layers;
    mod stateful_sets;
}

use dogwatch_engine::{
    report::{ObjectDiagnosis, Status, object},
    rollout::LayerStatus,
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
