//! What a provider tells of machines: which way out it suggests, and what it proves afterwards.

use dogwatch_engine::{
    View, diagnose,
    planning::{Concern, options},
    remedies::Ground,
    verification::{Seen, verify},
};
use dogwatch_model::{
    Kind, ObjectRef,
    plan::{Expectation, Outcome, Target},
    ports::{Cloud, ResourceKind, ResourceRef},
};
use dogwatch_testkit::{fixture, remedybook};
use serde_json::json;

use super::snapshots::NODE_NOT_READY;

/// Ids of the options for Node n1, whose machine has this state.
fn offered(state: &str, yaml: &str) -> Vec<&'static str> {
    let cloud = json!({"machines": [{"id": "m-1", "node": "n1", "state": state}]});
    let cloud: Cloud = serde_json::from_value(cloud).expect("a cloud");
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let ground = Ground {
        view: &view,
        pools: None,
        cloud: Some(&cloud),
        serverless: None,
        release: None,
    };
    let about = ObjectRef::named(Kind::Node, "", "n1");
    let concern = Concern {
        target: &about,
        alerts: &[],
        pressure: None,
        at: "2026-01-01T00:10:00Z",
    };
    let found = options(&ground, &diagnose(&snapshot, Some(&about)), &concern);
    let ids = found.offered.iter().map(|draft| draft.request.id());
    ids.collect()
}

#[test]
fn a_stopped_machine_is_started_before_anything_else() {
    let ids = offered("stopped", NODE_NOT_READY);
    assert_eq!(ids[0], "start-machine", "{ids:?}");
    assert!(!ids.contains(&"reboot-machine"), "{ids:?}");
}

#[test]
fn a_machine_that_runs_is_started_anew_when_its_node_is_cordoned_already() {
    let ids = offered("running", NODE_NOT_READY);
    assert_eq!(ids[0], "cordon-node", "{ids:?}");
    let cordoned = NODE_NOT_READY.replacen(
        "metadata: {name: n1}",
        "metadata: {name: n1}\nspec: {unschedulable: true}",
        1,
    );
    let ids = offered("running", &cordoned);
    assert!(ids.contains(&"reboot-machine"), "{ids:?}");
    let ids = offered("rebooting", &cordoned);
    assert!(!ids.contains(&"reboot-machine"), "{ids:?}");
}

#[track_caller]
fn check(yaml: &str, expectation: Expectation, seen: &Seen, expected: Outcome) {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let judged = verify(&view, &[expectation], seen);
    let verdict = &judged.verdicts[0];
    assert_eq!(verdict.outcome, expected, "{}", verdict.seen);
}

fn node() -> Target {
    serde_json::from_value(remedybook::target("Node/n1")).expect("a target")
}

const BOOTED: &str = "kind: Node
metadata: {name: n1}
status: {nodeInfo: {bootID: first}, conditions: [{type: Ready, status: \"True\"}]}
";

#[test]
fn another_boot_id_proves_a_restart_and_nothing_else_does() {
    let expected = |boot_id: &str| Expectation::Rebooted {
        node: node(),
        boot_id: boot_id.to_owned(),
    };
    let none = Seen::default();
    check(BOOTED, expected("first"), &none, Outcome::Unmet);
    check(BOOTED, expected("zeroth"), &none, Outcome::Met);
    let silent = BOOTED.replace("nodeInfo: {bootID: first}, ", "");
    check(&silent, expected("first"), &none, Outcome::Undecided);
    let blind = "missing: [nodes]\n";
    check(blind, expected("first"), &none, Outcome::Undecided);
}

#[test]
fn the_provider_tells_of_its_own_things_and_silence_decides_nothing() {
    let resource = ResourceRef {
        kind: ResourceKind::Machine,
        id: "m-1".to_owned(),
    };
    let expected = Expectation::AtProvider {
        resource: resource.clone(),
        state: "gone".to_owned(),
    };
    let says = |state: &str| Seen {
        provider: [(resource.clone(), state.to_owned())].into(),
        ..Seen::default()
    };
    check(BOOTED, expected.clone(), &says("gone"), Outcome::Met);
    check(BOOTED, expected.clone(), &says("running"), Outcome::Unmet);
    check(BOOTED, expected, &Seen::default(), Outcome::Undecided);
}

#[test]
fn a_node_is_gone_when_its_incarnation_is() {
    let gone = |uid: &str| Expectation::Gone {
        object: Target {
            uid: uid.to_owned(),
            ..node()
        },
    };
    let none = Seen::default();
    check(BOOTED, gone("node-n1"), &none, Outcome::Unmet);
    check(BOOTED, gone("another"), &none, Outcome::Met);
    let blind = "missing: [nodes]\n";
    check(blind, gone("node-n1"), &none, Outcome::Undecided);
}
