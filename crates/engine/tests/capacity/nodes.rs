//! P3 and P4: cordon, taints, labels and names of nodes.

use super::{PLAIN, check, node, node_with};

fn tolerating(toleration: &str) -> String {
    format!("tolerations: [{toleration}], {PLAIN}")
}

#[test]
fn taints_that_are_not_tolerated_turn_a_pod_away() {
    let tainted = |effect: &str| {
        node_with(
            "n1",
            "a",
            &format!("taints: [{{key: k, value: v, effect: {effect}}}]"),
        )
    };
    let refused = "0: 0/1 1 node(s) had untolerated taint(s).";
    check(&tainted("NoSchedule"), PLAIN, 1, refused);
    check(&tainted("NoExecute"), PLAIN, 1, refused);
    check(&tainted("PreferNoSchedule"), PLAIN, 1, "1: all fit");
    for toleration in [
        "{key: k, value: v}",
        "{key: k, operator: Equal, value: v, effect: NoSchedule}",
        "{key: k, operator: Exists}",
        "{operator: Exists}",
    ] {
        check(
            &tainted("NoSchedule"),
            &tolerating(toleration),
            1,
            "1: all fit",
        );
    }
    for toleration in [
        "{key: k, value: other}",
        "{key: k, operator: Exists, effect: NoExecute}",
        "{key: other, operator: Exists}",
        "{key: k}",
    ] {
        check(&tainted("NoSchedule"), &tolerating(toleration), 1, refused);
    }
}

#[test]
fn older_servers_name_the_taint() {
    let cluster = node_with(
        "n1",
        "a",
        "taints: [{key: k, value: v, effect: NoSchedule}]",
    );
    let mut snapshot = super::snapshot(&cluster, PLAIN);
    snapshot.server_version = Some("v1.33.1".to_owned());
    let fit = super::fit_in(&snapshot, 1, &[]);
    assert_eq!(
        super::told(&fit),
        "0: 0/1 1 node(s) had untolerated taint {k: v}."
    );
}

#[test]
fn a_node_that_is_not_ready_is_known_by_its_taints() {
    let silent = |effect: &str| {
        let taint = format!("taints: [{{key: node.kubernetes.io/not-ready, effect: {effect}}}]");
        node_with("n1", "a", &taint)
    };
    let refused = "0: 0/1 1 node(s) had untolerated taint(s).";
    check(&silent("NoSchedule"), PLAIN, 1, refused);
    // Every Pod is given a toleration for the other copy.
    check(&silent("NoExecute"), PLAIN, 1, "1: all fit");
}

#[test]
fn a_cordoned_node() {
    let cordoned = node_with("n1", "a", "unschedulable: true");
    let refused = "0: 0/1 1 node(s) were unschedulable.";
    check(&cordoned, PLAIN, 1, refused);
    check(
        &cordoned,
        &tolerating("{key: other, operator: Exists}"),
        1,
        refused,
    );
    let tolerated = "{key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoSchedule}";
    check(&cordoned, &tolerating(tolerated), 1, "1: all fit");
}

const ELSEWHERE: &str = "0: 0/1 1 node(s) didn't match Pod's node affinity/selector.";

fn affine(terms: &str) -> String {
    format!(
        "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
         {{nodeSelectorTerms: [{terms}]}}}}}}, {PLAIN}"
    )
}

#[test]
fn the_node_selector() {
    let cluster = node("n1", "a");
    check(
        &cluster,
        &format!("nodeSelector: {{disk: ssd}}, {PLAIN}"),
        1,
        "1: all fit",
    );
    check(
        &cluster,
        &format!("nodeSelector: {{disk: hdd}}, {PLAIN}"),
        1,
        ELSEWHERE,
    );
    let both = affine("{matchExpressions: [{key: disk, operator: Exists}]}");
    check(
        &cluster,
        &format!("nodeSelector: {{disk: hdd}}, {both}"),
        1,
        ELSEWHERE,
    );
}

#[test]
fn every_operator_of_node_affinity() {
    let cluster = node("n1", "a");
    for (expression, fits) in [
        ("{key: disk, operator: In, values: [hdd, ssd]}", true),
        ("{key: disk, operator: In, values: [hdd]}", false),
        ("{key: disk, operator: NotIn, values: [hdd]}", true),
        ("{key: absent, operator: NotIn, values: [hdd]}", true),
        ("{key: disk, operator: NotIn, values: [ssd]}", false),
        ("{key: disk, operator: Exists}", true),
        ("{key: absent, operator: Exists}", false),
        ("{key: absent, operator: DoesNotExist}", true),
        ("{key: disk, operator: DoesNotExist}", false),
        ("{key: cores, operator: Gt, values: [\"7\"]}", true),
        ("{key: cores, operator: Gt, values: [\"8\"]}", false),
        ("{key: cores, operator: Lt, values: [\"10\"]}", true),
        ("{key: cores, operator: Lt, values: [\"8\"]}", false),
        ("{key: disk, operator: Gt, values: [\"1\"]}", false),
    ] {
        let expected = if fits { "1: all fit" } else { ELSEWHERE };
        let term = format!("{{matchExpressions: [{expression}]}}");
        check(&cluster, &affine(&term), 1, expected);
    }
}

#[test]
fn expressions_hold_together_and_terms_are_alternatives() {
    let cluster = node("n1", "a");
    let right = "{key: disk, operator: In, values: [ssd]}";
    let wrong = "{key: disk, operator: In, values: [hdd]}";
    let both = format!("{{matchExpressions: [{right}, {wrong}]}}");
    check(&cluster, &affine(&both), 1, ELSEWHERE);
    let either = format!("{{matchExpressions: [{wrong}]}}, {{matchExpressions: [{right}]}}");
    check(&cluster, &affine(&either), 1, "1: all fit");
    // An empty term matches nothing.
    check(&cluster, &affine("{}"), 1, ELSEWHERE);
}

#[test]
fn nodes_by_name() {
    let cluster = node("n1", "a") + &node("n2", "a");
    let field = |operator: &str, name: &str| {
        format!("{{matchFields: [{{key: metadata.name, operator: {operator}, values: [{name}]}}]}}")
    };
    check(&cluster, &affine(&field("In", "n1")), 1, "1: all fit");
    check(
        &cluster,
        &affine(&field("In", "n3")),
        1,
        "0: 0/2 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    );
    // Whoever is named may still have something against the Pod.
    let wants = format!(
        "nodeSelector: {{disk: hdd}}, {}",
        affine(&field("In", "n1"))
    );
    check(
        &cluster,
        &wants,
        1,
        "0: 0/2 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) didn't satisfy \
         plugin(s) [NodeAffinity].",
    );
    check(&cluster, &affine(&field("NotIn", "n1")), 1, "1: all fit");
    let conflict = "{matchFields: [{key: metadata.name, operator: In, values: [n1]}, {key: \
                    metadata.name, operator: In, values: [n2]}]}";
    check(
        &cluster,
        &affine(conflict),
        1,
        "0: 0/2 pod affinity terms conflict.",
    );
    check(
        &cluster,
        &format!("nodeName: n3, {PLAIN}"),
        1,
        "0: 0/2 2 node(s) didn't match the requested node name.",
    );
}
