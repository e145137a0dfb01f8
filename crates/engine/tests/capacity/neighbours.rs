//! P7: affinity between Pods.

use super::{PLAIN, check, node, pod};

const FAR: &str = "node(s) didn't match pod affinity rules";
const NEAR: &str = "node(s) didn't match pod anti-affinity rules";
const UNWANTED: &str = "node(s) didn't satisfy existing pods anti-affinity rules";

fn affinity(sort: &str, app: &str, key: &str, more: &str) -> String {
    format!(
        "affinity: {{{sort}: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: \
         {key}, labelSelector: {{matchLabels: {{app: {app}}}}}{more}}}]}}}}, {PLAIN}"
    )
}

const HOST: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

fn on(name: &str, app: &str, node: &str) -> String {
    pod(name, app, &format!("nodeName: {node}, {PLAIN}"), "")
}

fn three_nodes() -> String {
    node("n1", "a") + &node("n2", "a") + &node("n3", "b")
}

#[test]
fn a_required_neighbour_must_be_in_the_domain() {
    let towards = |key: &str| affinity("podAffinity", "db", key, "");
    let cluster = three_nodes() + &on("db", "db", "n1");
    check(
        &cluster,
        &towards(ZONE),
        20,
        &format!("19: 0/3 1 {FAR}, 2 Too many pods."),
    );
    check(
        &cluster,
        &towards(HOST),
        10,
        &format!("9: 0/3 1 Too many pods, 2 {FAR}."),
    );
    check(
        &three_nodes(),
        &towards(ZONE),
        1,
        &format!("0: 0/3 3 {FAR}."),
    );
}

#[test]
fn the_first_pod_of_a_group_need_not_find_itself() {
    let own = affinity("podAffinity", "api", ZONE, "");
    // The zone of the first Pod is that of all: 20 places in one, 10 in the other.
    let fit = super::fit(&three_nodes(), &own, 15);
    assert_eq!((fit.fits_min, fit.fits_max), (10, 15));
    // Somebody like it is there already: no exception.
    let cluster = three_nodes() + &on("old", "api", "n3");
    check(
        &cluster,
        &own,
        10,
        &format!("9: 0/3 1 Too many pods, 2 {FAR}."),
    );
    // A Pod that does not match its own term is no first one.
    check(
        &three_nodes(),
        &affinity("podAffinity", "other", ZONE, ""),
        1,
        &format!("0: 0/3 3 {FAR}."),
    );
}

#[test]
fn pods_that_avoid_each_other_are_as_many_as_domains() {
    let own = |key: &str| affinity("podAntiAffinity", "api", key, "");
    check(&three_nodes(), &own(HOST), 5, &format!("3: 0/3 3 {NEAR}."));
    check(&three_nodes(), &own(ZONE), 5, &format!("2: 0/3 3 {NEAR}."));
    check(
        &three_nodes(),
        &affinity("podAntiAffinity", "db", HOST, ""),
        5,
        "5: all fit",
    );
}

#[test]
fn who_avoids_others_is_avoided_by_them() {
    let foe = pod(
        "db",
        "db",
        &format!(
            "nodeName: n1, {}",
            affinity("podAntiAffinity", "api", ZONE, "")
        ),
        "",
    );
    let cluster = three_nodes() + &foe;
    check(
        &cluster,
        PLAIN,
        11,
        &format!("10: 0/3 1 Too many pods, 2 {UNWANTED}."),
    );
    // The same from another Namespace speaks of that Namespace.
    let foreign = cluster.replace("name: db, labels", "name: db, namespace: elsewhere, labels");
    check(&foreign, PLAIN, 11, "11: all fit");
    // Unless it says otherwise.
    for reach in [
        "namespaces: [shop]",
        "namespaceSelector: {}",
        "namespaceSelector: {matchLabels: {team: shop}}",
    ] {
        let reaching = foreign.replace("{app: api}}}", &format!("{{app: api}}}}, {reach}}}"));
        assert_ne!(reaching, foreign);
        check(
            &reaching,
            PLAIN,
            11,
            &format!("10: 0/3 1 Too many pods, 2 {UNWANTED}."),
        );
    }
}

#[test]
fn namespaces_of_a_term() {
    let elsewhere = "kind: Namespace\nmetadata: {name: elsewhere, labels: {team: data}}\n---\n";
    let db = on("db", "db", "n1").replace("name: db,", "name: db, namespace: elsewhere,");
    let cluster = three_nodes() + elsewhere + &db;
    let towards = |more: &str| affinity("podAffinity", "db", HOST, more);
    let missed = format!("0: 0/3 3 {FAR}.");
    for (reach, is_found) in [
        ("", false),
        (", namespaces: [elsewhere]", true),
        (", namespaces: [shop]", false),
        (", namespaceSelector: {}", true),
        (", namespaceSelector: {matchLabels: {team: data}}", true),
        (", namespaceSelector: {matchLabels: {team: shop}}", false),
        (
            ", namespaceSelector: {matchLabels: {team: shop}}, namespaces: [elsewhere]",
            true,
        ),
    ] {
        let expected = if is_found { "1: all fit" } else { &missed };
        check(&cluster, &towards(reach), 1, expected);
    }
}

#[test]
fn labels_of_the_pod_narrow_the_term() {
    let cluster = three_nodes() + &on("old", "api", "n1");
    let own = |more: &str| affinity("podAntiAffinity", "api", HOST, more);
    check(&cluster, &own(""), 3, &format!("2: 0/3 3 {NEAR}."));
    // The old Pod has not the label `track`: only the new ones avoid each other.
    check(
        &cluster,
        &own(", matchLabelKeys: [track]"),
        4,
        &format!("3: 0/3 3 {NEAR}."),
    );
    check(
        &cluster,
        &own(", mismatchLabelKeys: [track]"),
        3,
        "3: all fit",
    );
}

#[test]
fn a_pod_on_its_way_out_is_still_a_neighbour() {
    let leaving = on("db", "db", "n1").replace(
        "name: db,",
        "name: db, deletionTimestamp: \"2026-01-01T00:09:00Z\",",
    );
    let cluster = node("n1", "a") + &leaving;
    let away = affinity("podAntiAffinity", "db", HOST, "");
    check(&cluster, &away, 1, &format!("0: 0/1 1 {NEAR}."));
}
