//! P6: topology spread.

use super::{PLAIN, check, node, node_with, pod};

const UPSET: &str = "node(s) didn't match pod topology spread constraints";

fn spread(more: &str) -> String {
    format!(
        "topologySpreadConstraints: [{{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, \
         whenUnsatisfiable: DoNotSchedule, labelSelector: {{matchLabels: {{app: api}}}}{more}}}], \
         {PLAIN}"
    )
}

/// A Pod that is counted.
fn api(name: &str, node: &str) -> String {
    pod(name, "api", &format!("nodeName: {node}, {PLAIN}"), "")
}

fn two_zones() -> String {
    node("n1", "a") + &node("n2", "b")
}

#[test]
fn a_full_zone_stops_the_other() {
    let full = node_with("n2", "b", "taints: [{key: k, effect: NoSchedule}]");
    let cluster = node("n1", "a") + &full;
    // The tainted node is still a domain, and an empty one.
    let expected = format!("1: 0/2 1 {UPSET}, 1 node(s) had untolerated taint(s).");
    check(&cluster, &spread(""), 3, &expected);
    check(
        &cluster,
        &spread(", nodeTaintsPolicy: Honor"),
        3,
        "3: all fit",
    );
    check(&two_zones(), &spread(""), 3, "3: all fit");
    let soft = spread("").replace("DoNotSchedule", "ScheduleAnyway");
    check(&cluster, &soft, 3, "3: all fit");
}

#[test]
fn nodes_that_the_affinity_excludes_are_no_domains_unless_told_so() {
    let cluster = two_zones() + &api("old", "n1");
    let only = |more: &str| {
        format!(
            "nodeSelector: {{kubernetes.io/hostname: n1}}, {}",
            spread(more)
        )
    };
    check(&cluster, &only(""), 1, "1: all fit");
    let expected =
        format!("0: 0/2 1 node(s) didn't match Pod's node affinity/selector, 1 {UPSET}.");
    check(
        &cluster,
        &only(", nodeAffinityPolicy: Ignore"),
        1,
        &expected,
    );
}

#[test]
fn with_too_few_domains_the_emptiest_counts_as_empty() {
    let cluster = two_zones() + &api("a", "n1") + &api("b", "n2");
    check(&cluster, &spread(""), 2, "2: all fit");
    check(&cluster, &spread(", minDomains: 2"), 2, "2: all fit");
    check(
        &cluster,
        &spread(", minDomains: 3"),
        2,
        &format!("0: 0/2 2 {UPSET}."),
    );
}

#[test]
fn a_node_without_the_label() {
    let bare = "kind: Node\nmetadata: {name: n3}\nstatus: {allocatable: {pods: \"10\"}}\n---\n";
    let expected = format!("0: 0/1 1 {UPSET} (missing required label).");
    check(bare, &spread(""), 1, &expected);
    check(bare, PLAIN, 1, "1: all fit");
}

#[test]
fn only_pods_of_the_namespace_that_stay_are_counted() {
    let blocked = format!("0: 0/2 1 {UPSET}, 1 node(s) were unschedulable.");
    let cluster = node("n1", "a") + &node_with("n2", "b", "unschedulable: true");
    check(
        &(cluster.clone() + &api("old", "n1")),
        &spread(""),
        1,
        &blocked,
    );
    let others = [
        api("old", "n1").replace("app: api", "app: other"),
        api("old", "n1").replace("name: old", "name: old, namespace: elsewhere"),
        api("old", "n1").replace(
            "name: old",
            "name: old, deletionTimestamp: \"2026-01-01T00:09:00Z\"",
        ),
    ];
    for other in others {
        check(&(cluster.clone() + &other), &spread(""), 1, "1: all fit");
    }
}

#[test]
fn labels_of_the_pod_narrow_the_selector() {
    let cluster =
        node("n1", "a") + &node_with("n2", "b", "unschedulable: true") + &api("old", "n1");
    // The old Pod has not the label `track`.
    check(
        &cluster,
        &spread(", matchLabelKeys: [track]"),
        1,
        "1: all fit",
    );
    let same = cluster.replace("{app: api}", "{app: api, track: new}");
    let blocked = format!("0: 0/2 1 {UPSET}, 1 node(s) were unschedulable.");
    check(&same, &spread(", matchLabelKeys: [track]"), 1, &blocked);
}

#[test]
fn a_pod_that_does_not_count_itself_needs_no_room_in_the_balance() {
    let foreign = spread("").replace("app: api", "app: other");
    let cluster = node("n1", "a") + &node_with("n2", "b", "unschedulable: true");
    check(&cluster, &foreign, 5, "5: all fit");
}
