//! The layers of the funnel, and which ReplicaSet is the new one.

use dogwatch_engine::{
    View,
    report::Status,
    rollout::LayerStatus::{Fail, Held, Pass, Unknown, Waiting},
};
use dogwatch_model::Kind;
use dogwatch_testkit::fixture;

use crate::{
    COUNTED, OLD_TEMPLATE, READY, TEMPLATE, UNREADY, check_layer, check_status, complete,
    counted_complete, deployment, diagnose, pod, replica_set,
};

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
