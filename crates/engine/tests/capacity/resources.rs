//! P1 and P2: what a Pod asks for, and what a node has left.

use super::{check, fit, node, pod};

fn asks(cpu: &str) -> String {
    format!("containers: [{{name: c, resources: {{requests: {{cpu: {cpu}}}}}}}]")
}

fn bound(name: &str, cpu: &str, rest: &str) -> String {
    pod(name, "old", &format!("nodeName: n1, {}", asks(cpu)), rest)
}

#[test]
fn free_is_allocatable_minus_what_pods_ask_for() {
    let cluster = node("n1", "a") + &bound("old", "1500m", "phase: Running");
    check(&cluster, &asks("500m"), 1, "1: all fit");
    check(&cluster, &asks("501m"), 1, "0: 0/1 1 Insufficient cpu.");
    check(&cluster, &asks("250m"), 3, "2: 0/1 1 Insufficient cpu.");
    let memory = "containers: [{name: c, resources: {requests: {memory: 4097Mi, cpu: \"3\"}}}]";
    check(
        &cluster,
        memory,
        1,
        "0: 0/1 1 Insufficient cpu, 1 Insufficient memory.",
    );
    let device = "containers: [{name: c, resources: {requests: {example.com/gpu: 1}}}]";
    check(
        &cluster,
        device,
        1,
        "0: 0/1 1 Insufficient example.com/gpu.",
    );
}

#[test]
fn a_pod_that_terminates_still_counts_and_one_that_ended_does_not() {
    let leaving = "kind: Pod\nmetadata: {name: old, deletionTimestamp: \
                   \"2026-01-01T00:09:00Z\"}\nspec: {nodeName: n1, containers: [{name: c, \
                   resources: {requests: {cpu: 1500m}}}]}\n---\n";
    check(
        &(node("n1", "a") + leaving),
        &asks("600m"),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    for phase in ["Succeeded", "Failed"] {
        let ended = bound("old", "1500m", &format!("phase: {phase}"));
        check(&(node("n1", "a") + &ended), &asks("2"), 1, "1: all fit");
    }
}

#[test]
fn room_that_was_made_for_another_pod_is_kept() {
    let nominated = |priority: i64| {
        let spec = format!("priority: {priority}, {}", asks("1500m"));
        node("n1", "a")
            + &pod(
                "urgent",
                "old",
                &spec,
                "nominatedNodeName: n1, phase: Pending",
            )
    };
    check(
        &nominated(1000),
        &asks("600m"),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    check(
        &nominated(0),
        &asks("600m"),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    check(&nominated(-1), &asks("600m"), 1, "1: all fit");
}

#[test]
fn places_for_pods_end_even_when_nothing_is_asked_for() {
    let pods: String = (0..9)
        .map(|at| bound(&format!("old-{at}"), "0", ""))
        .collect();
    let cluster = node("n1", "a") + &pods;
    check(&cluster, super::PLAIN, 2, "1: 0/1 1 Too many pods.");
    check(&cluster, &asks("3"), 1, "0: 0/1 1 Insufficient cpu.");
}

#[test]
fn init_containers_and_sidecars() {
    let cluster = node("n1", "a");
    let with = |init: &str| format!("initContainers: [{init}], {}", asks("500m"));
    let init = |cpu: &str| format!("{{name: i, resources: {{requests: {{cpu: {cpu}}}}}}}");
    let side = "{name: s, restartPolicy: Always, resources: {requests: {cpu: \"1\"}}}";
    // The larger one counts, not the sum.
    check(&cluster, &with(&init("1900m")), 1, "1: all fit");
    check(
        &cluster,
        &with(&init("2100m")),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    // A sidecar adds to the application, and to init containers after it only.
    check(&cluster, &with(side), 2, "1: 0/1 1 Insufficient cpu.");
    let before = format!("{}, {side}", init("1900m"));
    check(&cluster, &with(&before), 1, "1: all fit");
    let after = format!("{side}, {}", init("1900m"));
    check(&cluster, &with(&after), 1, "0: 0/1 1 Insufficient cpu.");
}

#[test]
fn overhead_comes_from_the_runtime_class() {
    let class =
        "kind: RuntimeClass\nmetadata: {name: vm}\noverhead: {podFixed: {cpu: 300m}}\n---\n";
    let cluster = node("n1", "a") + class;
    let spec = format!("runtimeClassName: vm, {}", asks("1800m"));
    check(&cluster, &spec, 1, "0: 0/1 1 Insufficient cpu.");
    check(&cluster, &asks("1800m"), 1, "1: all fit");
}

#[test]
fn a_limit_stands_in_for_a_missing_request() {
    let cluster = node("n1", "a");
    let limit = "containers: [{name: c, resources: {limits: {cpu: \"3\"}}}]";
    check(&cluster, limit, 1, "0: 0/1 1 Insufficient cpu.");
    let both = "containers: [{name: c, resources: {limits: {cpu: \"3\"}, requests: {cpu: \"1\"}}}]";
    check(&cluster, both, 1, "1: all fit");
}

#[test]
fn what_the_pod_as_a_whole_asks_for_replaces_the_sum() {
    let cluster = node("n1", "a");
    let whole = |cpu: &str| format!("resources: {{requests: {{cpu: {cpu}}}}}, {}", asks("100m"));
    check(&cluster, &whole("1500m"), 2, "1: 0/1 1 Insufficient cpu.");
    check(&cluster, &asks("100m"), 2, "2: all fit");
    // With a limit alone the containers decide, and where they say nothing, the limit.
    let limit = |cpu: &str| format!("resources: {{limits: {{cpu: {cpu}}}}}, {}", asks("100m"));
    check(&cluster, &limit("\"3\""), 1, "1: all fit");
    let limit = format!("resources: {{limits: {{cpu: \"3\"}}}}, {}", super::PLAIN);
    check(&cluster, &limit, 1, "0: 0/1 1 Insufficient cpu.");
}

#[test]
fn a_resize_under_way_holds_the_larger_amount() {
    let resized = |actuated: &str, condition: &str| {
        let status = format!(
            "phase: Running, conditions: [{condition}], containerStatuses: [{{name: c, resources: \
             {{requests: {{cpu: {actuated}}}}}, allocatedResources: {{cpu: {actuated}}}}}]"
        );
        node("n1", "a") + &bound("old", "500m", &status)
    };
    // It shrinks to 500m, but still has 1500m.
    check(
        &resized("1500m", ""),
        &asks("1"),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    // It grows to 500m, and has 200m.
    check(
        &resized("200m", ""),
        &asks("1501m"),
        1,
        "0: 0/1 1 Insufficient cpu.",
    );
    // It never will grow.
    let never = "{type: PodResizePending, status: \"True\", reason: Infeasible}";
    check(&resized("200m", never), &asks("1501m"), 1, "1: all fit");
}

#[test]
fn what_is_missing_is_told_for_the_best_node() {
    let cluster = node("n1", "a") + &bound("old", "1500m", "") + &node("n2", "a");
    let more = pod(
        "more",
        "old",
        &format!("nodeName: n2, {}", asks("1700m")),
        "",
    );
    let fit = fit(&(cluster + &more), &asks("\"1\""), 1);
    let short: Vec<String> = fit
        .shortfall
        .iter()
        .map(|short| format!("{} {} {}", short.node, short.resource, short.missing))
        .collect();
    assert_eq!(short, ["n1 cpu 500m"]);
}
