//! Whether a workload is gone with its Pods, and whether amounts are what they should be.

use dogwatch_engine::{
    View,
    verification::{Seen, verify},
};
use dogwatch_model::plan::{Expectation, Fact, Outcome, Target};
use dogwatch_testkit::{fixture, remedybook};

const SET: &str = r"
kind: ReplicaSet
metadata: {name: api-7f, owner: Deployment/api, labels: {app: api}}
spec: {replicas: 1}
";

const POD: &str = r#"
kind: Pod
metadata: {name: api-7f-x, owner: ReplicaSet/api-7f, labels: {app: api, pod-template-hash: 7f}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status: {phase: Running}
"#;

const DEPLOYMENT: &str = r#"
kind: Deployment
metadata: {name: api, generation: 1}
spec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
"#;

fn target(short: &str) -> Target {
    serde_json::from_value(remedybook::target(short)).expect("a target")
}

fn judged(yaml: &str, expectation: Expectation, seen: &Seen) -> (Outcome, String) {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let judged = verify(&view, &[expectation], seen);
    let verdict = judged.verdicts.into_iter().next().expect("one verdict");
    (verdict.outcome, verdict.seen)
}

#[track_caller]
fn check(documents: &[&str], short: &str, outcome: Outcome, words: &str) {
    let expectation = Expectation::Gone {
        object: target(short),
    };
    let found = judged(&documents.join("---\n"), expectation, &Seen::default());
    assert_eq!(found, (outcome, words.to_owned()));
}

#[test]
fn a_workload_that_is_there_is_not_gone() {
    let all = [DEPLOYMENT, SET, POD];
    let words = "Deployment/shop/api is still there";
    check(&all, "Deployment/api", Outcome::Unmet, words);
    let leaving = DEPLOYMENT.replace(
        "generation: 1",
        "generation: 1, deletionTimestamp: \"2026-01-01T00:09:00Z\"",
    );
    let words = "Deployment/shop/api is still being deleted";
    check(&[&leaving], "Deployment/api", Outcome::Unmet, words);
}

#[test]
fn what_remains_of_a_workload_is_no_success() {
    let words = "ReplicaSet api-7f of Deployment/shop/api is still there";
    check(&[SET, POD], "Deployment/api", Outcome::Unmet, words);
    // The ReplicaSet may go before its Pods.
    let words = "1 Pods of Deployment/shop/api are still there, such as api-7f-x";
    check(&[POD], "Deployment/api", Outcome::Unmet, words);
    let ordered = POD.replace("owner: ReplicaSet/api-7f", "owner: StatefulSet/db");
    let words = "1 Pods of StatefulSet/shop/db are still there, such as api-7f-x";
    check(&[&ordered], "StatefulSet/db", Outcome::Unmet, words);
}

#[test]
fn a_workload_is_gone_with_its_pods_whatever_else_is_there() {
    let words = "Deployment/shop/api of before and its Pods are gone";
    check(&["---\n"], "Deployment/api", Outcome::Met, words);
    // Others with a name that only looks alike, and another incarnation with a ReplicaSet of its own.
    let other = POD.replace("pod-template-hash: 7f", "pod-template-hash: 8a");
    check(&[&other], "Deployment/api", Outcome::Met, words);
    let young = DEPLOYMENT.replace("name: api,", "name: api, uid: young,");
    let set = SET.replace("owner: Deployment/api,", "");
    check(&[&young, &set, POD], "Deployment/api", Outcome::Met, words);
}

#[test]
fn a_hole_proves_no_absence() {
    for kind in ["deployments", "replicasets", "pods"] {
        let hole = format!("missing: [{kind}]\n");
        let words = format!("{kind} could not be read in full");
        check(&[&hole], "Deployment/api", Outcome::Undecided, &words);
    }
    let words = "Service is not followed";
    check(&["---\n"], "Service/api", Outcome::Undecided, words);
}

#[test]
fn an_amount_is_the_same_in_another_form() {
    let object = target("ResourceQuota/compute");
    let field = "/spec/hard/limits.memory";
    let outcome = |value: &str| {
        let seen = Seen {
            fields: [((object.key(), field.to_owned()), value.to_owned())].into(),
            ..Seen::default()
        };
        let expectation = Expectation::FieldIs {
            object: object.clone(),
            fact: Fact::new(field, "10240Mi"),
        };
        judged("---\n", expectation, &seen).0
    };
    assert_eq!(outcome("\"10Gi\""), Outcome::Met);
    assert_eq!(outcome("\"11Gi\""), Outcome::Unmet);
    assert_eq!(outcome("absent"), Outcome::Unmet);
}
