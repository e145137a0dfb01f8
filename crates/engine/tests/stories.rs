//! Whole stories: many findings, the chain between them, and where it closes.

use dogwatch_engine::diagnose;
use dogwatch_model::{Cycle, Diagnosis, Role, Snapshot};
use dogwatch_testkit::fixture;

/// The agent of the Pod network, the cloud controller and the taints of new nodes, in a cluster
/// without kube-proxy. Who runs the operator is told by each test.
const STORY: &str = include_str!("stories/cilium_upgrade.yaml");
/// No replica of the operator has a place.
const NO_OPERATOR: &str = include_str!("stories/operator_absent.yaml");
/// One of two replicas runs.
const ONE_OPERATOR: &str = include_str!("stories/operator_half.yaml");
/// A webhook that is asked about its own Pods, of which none is left.
const REFUSES_ITSELF: &str = include_str!("stories/webhook_refuses_itself.yaml");
/// A cluster with one of everything and no fault.
const QUIET: &str = include_str!("stories/quiet_cluster.yaml");

fn story(operator: &str) -> Snapshot {
    fixture::snapshot(&format!("{STORY}---\n{operator}"))
}

/// Modes and objects of the members of a cycle, in its order.
fn chain(diagnosis: &Diagnosis, cycle: &Cycle) -> Vec<String> {
    let name = |index: &usize| {
        let finding = &diagnosis.findings[*index];
        format!("{} {}", finding.kind.mode(), finding.object)
    };
    cycle.members.iter().map(name).collect()
}

fn has_link(diagnosis: &Diagnosis, cause: &str, effect: &str) -> bool {
    let mode = |index: usize| diagnosis.findings[index].kind.mode();
    let mut edges = diagnosis.graph.edges.iter();
    edges.any(|edge| edge.is_proven() && mode(edge.cause) == cause && mode(edge.effect) == effect)
}

/// Every step from the agents to the Pods that no node takes.
const STEPS: &[(&str, &str)] = &[
    ("startup-failing", "cni-agent-down"),
    ("cni-agent-down", "cluster-vip-unreachable"),
    ("cluster-vip-unreachable", "ccm-not-running"),
    ("ccm-not-running", "node-uninitialized-cloud"),
    ("node-uninitialized-cloud", "node-uninitialized-capi"),
    ("node-uninitialized-cloud", "untolerated-taint"),
    ("node-uninitialized-capi", "untolerated-taint"),
    ("untolerated-taint", "pod-pending-unscheduled"),
];

#[test]
fn the_chain_stands_whoever_runs_the_operator() {
    for operator in [NO_OPERATOR, ONE_OPERATOR] {
        let diagnosis = diagnose(&story(operator), None);
        for (cause, effect) in STEPS {
            assert!(has_link(&diagnosis, cause, effect), "{cause} -> {effect}");
        }
    }
}

#[test]
fn without_an_operator_the_chain_closes() {
    let diagnosis = diagnose(&story(NO_OPERATOR), None);
    assert_eq!(diagnosis.graph.proven.len(), 1, "one circle");
    let cycle = &diagnosis.graph.proven[0];
    let members = chain(&diagnosis, cycle);
    let modes: Vec<&str> = members
        .iter()
        .filter_map(|member| member.split(' ').next())
        .collect();
    for (cause, effect) in STEPS {
        for mode in [cause, effect] {
            assert!(
                modes.contains(mode),
                "{mode} is in the circle: {members:#?}"
            );
        }
    }
    let breaker = &diagnosis.findings[cycle.breaker];
    assert_eq!(breaker.kind.mode(), "cni-operator-missing");
    assert_eq!(
        cycle.members.first(),
        Some(&cycle.breaker),
        "the order begins at the cut"
    );
    assert!(cycle.missing.is_empty());
    // Other Pods that wait for the taints hang on the circle and are no part of it.
    assert!(
        !members
            .iter()
            .any(|member| member.contains("konnector-agent")),
        "{members:#?}"
    );
}

#[test]
fn without_an_operator_the_cut_is_the_cause_and_the_others_follow() {
    let diagnosis = diagnose(&story(NO_OPERATOR), None);
    let first = &diagnosis.causes[0];
    assert_eq!(
        diagnosis.findings[first.finding].kind.mode(),
        "cni-operator-missing"
    );
    let modes: Vec<&str> = diagnosis
        .causes
        .iter()
        .map(|cause| diagnosis.findings[cause.finding].kind.mode())
        .collect();
    let place = |mode: &str| modes.iter().position(|known| *known == mode);
    for (cause, effect) in STEPS {
        assert!(
            place(cause) < place(effect),
            "{cause} before {effect}: {modes:?}"
        );
    }
    let causes = diagnosis
        .causes
        .iter()
        .filter(|cause| cause.role == Role::Cause);
    assert_eq!(causes.count(), 1, "nothing else stands for itself");
}

#[test]
fn with_one_replica_nothing_closes_and_the_agents_are_the_root() {
    let diagnosis = diagnose(&story(ONE_OPERATOR), None);
    assert!(diagnosis.graph.proven.is_empty());
    let absent = diagnosis
        .findings
        .iter()
        .any(|known| known.kind.mode() == "cni-operator-missing");
    assert!(!absent, "one replica is enough");
    let roots: Vec<&str> = diagnosis
        .causes
        .iter()
        .filter(|cause| cause.role == Role::Cause)
        .map(|cause| diagnosis.findings[cause.finding].kind.mode())
        .collect();
    assert_eq!(roots.first(), Some(&"startup-failing"), "{roots:?}");
}

#[test]
fn a_webhook_that_refuses_its_own_pods_is_the_cause_of_every_refusal() {
    let diagnosis = diagnose(&fixture::snapshot(REFUSES_ITSELF), None);
    assert!(has_link(
        &diagnosis,
        "webhook-self-deadlock",
        "webhook-unreachable"
    ));
    assert_eq!(
        diagnosis.graph.proven.len(),
        1,
        "its backend and its configuration"
    );
    let roots: Vec<&str> = diagnosis
        .causes
        .iter()
        .filter(|cause| cause.role == Role::Cause)
        .map(|cause| diagnosis.findings[cause.finding].kind.mode())
        .collect();
    assert_eq!(roots.first(), Some(&"webhook-self-deadlock"), "{roots:?}");
}

#[test]
fn a_quiet_cluster_is_left_alone() {
    let diagnosis = diagnose(&fixture::snapshot(QUIET), None);
    let found: Vec<String> = diagnosis
        .findings
        .iter()
        .map(|known| format!("{} {}", known.kind.mode(), known.object))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(diagnosis.undecided.is_empty(), "{:#?}", diagnosis.undecided);
}
