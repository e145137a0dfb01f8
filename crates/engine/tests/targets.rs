//! What a diagnosis of one object takes from the rest of the cluster, and what it leaves there.

use dogwatch_engine::diagnose;
use dogwatch_model::{Kind, ObjectRef, Role};
use dogwatch_testkit::fixture;

/// A cordoned node for the Pod, and one of somebody else whose disk is full.
const NODES: &str = r#"
kind: Node
metadata: {name: n1, labels: {pool: gold}}
spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: "True"}]}
---
kind: Node
metadata: {name: n2, labels: {pool: blue}}
spec: {taints: [{key: node.kubernetes.io/disk-pressure, effect: NoSchedule}]}
status:
  conditions:
  - {type: Ready, status: "True"}
  - {type: DiskPressure, status: "True", reason: KubeletHasDiskPressure, lastTransitionTime: "2026-01-01T00:00:00Z"}
---
unrequested: [pods]
---
"#;

fn causes_for(pool: &str) -> Vec<&'static str> {
    causes_among(NODES, pool)
}

fn causes_among(nodes: &str, pool: &str) -> Vec<&'static str> {
    let words = "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.";
    let pod = format!(
        "kind: Pod\nmetadata: {{name: api-1}}\nspec: {{nodeSelector: {{pool: {pool}}}, containers: \
         [{{name: api, image: a}}]}}\nstatus: {{phase: Pending, conditions: [{{type: PodScheduled, \
         status: \"False\", reason: Unschedulable, message: '{words}'}}]}}\n"
    );
    let snapshot = fixture::snapshot(&format!("{nodes}{pod}"));
    let target = ObjectRef::named(Kind::Pod, fixture::NAMESPACE, "api-1");
    let diagnosis = diagnose(&snapshot, Some(&target));
    let causes = diagnosis.causes.iter();
    let causes = causes.filter(|cause| cause.role == Role::Cause);
    causes
        .map(|cause| diagnosis.findings[cause.finding].kind.mode())
        .collect()
}

#[test]
fn the_trouble_of_a_node_that_the_pod_does_not_mean_stays_there() {
    assert_eq!(causes_for("gold"), ["cordoned-node"]);
}

#[test]
fn the_trouble_of_the_node_that_it_means_is_the_cause() {
    assert_eq!(causes_for("blue"), ["node-disk-pressure"]);
}

#[test]
fn a_node_that_came_since_changes_nothing() {
    let late = "kind: Node\nmetadata: {name: n3, labels: {pool: late}}\nstatus: {conditions: [{type: \
                Ready, status: \"True\"}]}\n---\n";
    let causes = causes_among(&format!("{late}{NODES}"), "gold");
    assert_eq!(causes, ["cordoned-node"]);
}
