//! Every expectation: met, unmet, undecided.

use dogwatch_engine::{
    View,
    verification::{Seen, verify},
};
use dogwatch_model::{
    ObjectRef,
    plan::{Expectation, Fact, Outcome, Target, Verdict, Verification},
};
use dogwatch_testkit::{fixture, remedybook};

use super::snapshots;

fn target(short: &str) -> Target {
    serde_json::from_value(remedybook::target(short)).expect("a target")
}

fn judge(yaml: &str, expectation: Expectation, seen: &Seen) -> Verdict {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let mut judged = verify(&view, &[expectation], seen);
    judged
        .verdicts
        .pop()
        .expect("one verdict for one expectation")
}

#[track_caller]
fn check(yaml: &str, expectation: Expectation, outcome: Outcome, words: &str) {
    let verdict = judge(yaml, expectation, &Seen::default());
    assert_eq!((verdict.outcome, &*verdict.seen), (outcome, words));
}

fn without(yaml: &str, sources: &str) -> String {
    format!("{yaml}---\nmissing: [{sources}]\n")
}

fn rolled_out(replicas: i64) -> Expectation {
    Expectation::RolledOut {
        workload: target("Deployment/api"),
        replicas,
    }
}

#[test]
fn a_rollout_is_complete_with_ready_pods_of_the_new_version() {
    let words = "2 of 2 updated, 2 ready, 2 available";
    check(snapshots::HEALTHY, rolled_out(2), Outcome::Met, words);
}

#[test]
fn old_replicas_that_are_available_do_not_complete_a_rollout() {
    let words = "1 of 2 updated, 2 ready, 2 available; new_rs_desired is not reached; Pod api-2-a is not Ready";
    check(
        snapshots::IMAGE_NOT_FOUND,
        rolled_out(2),
        Outcome::Unmet,
        words,
    );
}

#[test]
fn an_accepted_scale_with_a_pod_without_a_node_is_unmet_and_names_it() {
    let words = "4 of 4 updated, 3 ready, 3 available; new_pods_scheduled is not reached; Pod api-2-d is Pending: 0/1 nodes are available: 1 Insufficient cpu.";
    check(
        snapshots::SCALED_ONE_PENDING,
        rolled_out(4),
        Outcome::Unmet,
        words,
    );
}

#[test]
fn a_status_that_the_controller_has_not_renewed_completes_nothing() {
    let stale = snapshots::HEALTHY.replace("name: api, generation: 2", "name: api, generation: 3");
    let words = "2 of 2 updated, 2 ready, 2 available; control_plane_observed is not reached";
    check(&stale, rolled_out(2), Outcome::Unmet, words);
}

#[test]
fn another_number_another_incarnation_and_no_workload_are_unmet() {
    let words = "2 replicas are wanted now, 4 were expected";
    check(snapshots::HEALTHY, rolled_out(4), Outcome::Unmet, words);
    let younger =
        snapshots::HEALTHY.replace("name: api, generation", "name: api, uid: young, generation");
    let words = "another Deployment/shop/api has its name now";
    check(&younger, rolled_out(2), Outcome::Unmet, words);
    let words = "Deployment/shop/api is not there";
    check(snapshots::JOB_FAILED, rolled_out(2), Outcome::Unmet, words);
}

#[test]
fn an_autoscaler_may_choose_another_number_meanwhile() {
    let scaled = format!("{}---\n{}", snapshots::HEALTHY, snapshots::AUTOSCALER);
    let words = "2 of 2 updated, 2 ready, 2 available";
    check(&scaled, rolled_out(3), Outcome::Met, words);
}

#[test]
fn a_hole_never_completes_a_rollout() {
    for source in ["pods", "replicasets", "deployments"] {
        let yaml = without(snapshots::HEALTHY, source);
        let words = format!("{source} could not be read in full");
        check(&yaml, rolled_out(2), Outcome::Undecided, &words);
    }
}

fn not_found(mode: &str, short: &str) -> Expectation {
    Expectation::NotFound {
        mode: mode.to_owned(),
        object: target(short),
    }
}

#[test]
fn trouble_is_gone_when_its_check_says_so_with_everything_it_needs() {
    let image = || not_found("image-not-found", "Deployment/api");
    let words = "`image-not-found` is not found";
    check(snapshots::HEALTHY, image(), Outcome::Met, words);
    let words = "`image-not-found` is found about Pod/shop/api-2-a";
    check(snapshots::IMAGE_NOT_FOUND, image(), Outcome::Unmet, words);
    let blind = without(snapshots::HEALTHY, "events");
    let verdict = judge(&blind, image(), &Seen::default());
    assert_eq!(verdict.outcome, Outcome::Undecided, "{}", verdict.seen);
    let words = "nothing looks for `bad-weather`";
    let weather = not_found("bad-weather", "Deployment/api");
    check(snapshots::HEALTHY, weather, Outcome::Undecided, words);
}

#[test]
fn trouble_of_what_is_not_there_is_not_gone() {
    let gone = || not_found("service-selector-mismatch", "Service/none");
    let words = "Service/shop/none is not there";
    check(snapshots::HEALTHY, gone(), Outcome::Unmet, words);
    let words = "services could not be read in full";
    check(
        &without(snapshots::HEALTHY, "services"),
        gone(),
        Outcome::Undecided,
        words,
    );
}

fn field(name: &str, value: &str) -> (Expectation, Seen, Seen) {
    let object = target("PersistentVolumeClaim/data");
    let fact = Fact {
        field: name.to_owned(),
        value: value.to_owned(),
    };
    let key = (object.key(), name.to_owned());
    let seen = |value: &str| Seen {
        fields: [(key.clone(), value.to_owned())].into(),
        ..Seen::default()
    };
    let good = seen(value);
    (Expectation::FieldIs { object, fact }, good, seen("\"5Gi\""))
}

#[test]
fn a_field_has_its_value_or_not_or_was_not_read() {
    let (expected, good, other) = field("/spec/paused", "true");
    let outcome = |seen: &Seen| judge("", expected.clone(), seen).outcome;
    assert_eq!(outcome(&good), Outcome::Met);
    assert_eq!(outcome(&other), Outcome::Unmet);
    assert_eq!(outcome(&Seen::default()), Outcome::Undecided);
}

#[test]
fn a_provider_may_give_more_than_was_asked_for() {
    let (expected, mut seen, less) = field("/status/capacity/storage", "\"15Gi\"");
    assert_eq!(judge("", expected.clone(), &less).outcome, Outcome::Unmet);
    for value in seen.fields.values_mut() {
        "\"16Gi\"".clone_into(value);
    }
    assert_eq!(judge("", expected.clone(), &seen).outcome, Outcome::Met);
    for value in seen.fields.values_mut() {
        "absent".clone_into(value);
    }
    assert_eq!(judge("", expected, &seen).outcome, Outcome::Unmet);
}

#[test]
fn a_pod_is_gone_when_all_pods_were_read_and_it_is_none_of_them() {
    let gone = |short: &str| Expectation::Gone {
        object: target(short),
    };
    let words = "Pod/shop/api-9 of before is gone";
    check(snapshots::HEALTHY, gone("Pod/api-9"), Outcome::Met, words);
    let words = "Pod/shop/api-2-a is still there";
    check(
        snapshots::HEALTHY,
        gone("Pod/api-2-a"),
        Outcome::Unmet,
        words,
    );
    let leaving = snapshots::HEALTHY.replace(
        "name: api-2-a,",
        "name: api-2-a, deletionTimestamp: \"2026-01-01T00:09:00Z\",",
    );
    let words = "Pod/shop/api-2-a is still being deleted";
    check(&leaving, gone("Pod/api-2-a"), Outcome::Unmet, words);
    let words = "pods could not be read in full";
    check(
        &without(snapshots::HEALTHY, "pods"),
        gone("Pod/api-9"),
        Outcome::Undecided,
        words,
    );
    let mut nameless = target("Pod/api-9");
    nameless.uid.clear();
    let words = "Pod is not followed";
    let nobody = Expectation::Gone { object: nameless };
    check(snapshots::HEALTHY, nobody, Outcome::Undecided, words);
    let words = "Service is not followed";
    check(
        snapshots::HEALTHY,
        gone("Service/api"),
        Outcome::Undecided,
        words,
    );
}

#[test]
fn nodes_are_counted_and_a_hole_can_only_hide_some() {
    let nodes = |at_least: u32| Expectation::NodesReady {
        before: 1,
        at_least,
    };
    check(
        snapshots::NODE_NOT_READY,
        nodes(2),
        Outcome::Met,
        "2 Nodes are Ready",
    );
    check(
        snapshots::NODE_NOT_READY,
        nodes(3),
        Outcome::Unmet,
        "2 Nodes are Ready",
    );
    let blind = without(snapshots::NODE_NOT_READY, "nodes");
    check(
        &blind,
        nodes(3),
        Outcome::Undecided,
        "nodes could not be read in full",
    );
}

#[test]
fn an_alert_is_gone_only_when_its_source_says_so() {
    let expected = || Expectation::AlertGone {
        name: "HighCpu".to_owned(),
        object: target("Deployment/api"),
    };
    let firing = |name: &str, object: &str| Seen {
        alerts: Some(vec![(
            name.to_owned(),
            target(object).object().expect("a kind"),
        )]),
        ..Seen::default()
    };
    let outcome = |seen: &Seen| judge("", expected(), seen).outcome;
    assert_eq!(
        outcome(&firing("HighCpu", "Deployment/api")),
        Outcome::Unmet
    );
    assert_eq!(outcome(&firing("HighCpu", "Deployment/web")), Outcome::Met);
    assert_eq!(outcome(&firing("LowDisk", "Deployment/api")), Outcome::Met);
    assert_eq!(outcome(&Seen::default()), Outcome::Undecided);
}

#[test]
fn a_metric_is_below_its_threshold_or_there_is_no_data() {
    let expected = || Expectation::MetricBelow {
        query: "q".to_owned(),
        threshold_milli: 72_000,
    };
    let seen = |value: Option<i64>| Seen {
        metrics: [("q".to_owned(), value)].into(),
        ..Seen::default()
    };
    let verdict = |seen: &Seen| {
        let verdict = judge("", expected(), seen);
        (verdict.outcome, verdict.seen)
    };
    let highest = |value: &str| format!("the highest sample is {value}");
    assert_eq!(
        verdict(&seen(Some(71_999))),
        (Outcome::Met, highest("71.999"))
    );
    assert_eq!(
        verdict(&seen(Some(72_000))),
        (Outcome::Unmet, highest("72.000"))
    );
    assert_eq!(
        verdict(&seen(Some(-500))),
        (Outcome::Met, highest("-0.500"))
    );
    assert_eq!(verdict(&seen(None)).0, Outcome::Undecided);
    assert_eq!(verdict(&Seen::default()).0, Outcome::Undecided);
}

#[test]
fn a_cause_that_was_not_there_before_is_new() {
    let nothing_new = |known: &[&str]| Expectation::NothingNew {
        object: target("Deployment/api"),
        known: known.iter().map(|mode| (*mode).to_owned()).collect(),
    };
    let met = "nothing new is found";
    check(snapshots::HEALTHY, nothing_new(&[]), Outcome::Met, met);
    check(
        snapshots::OUT_OF_MEMORY,
        nothing_new(&["oom-killed-container"]),
        Outcome::Met,
        met,
    );
    let words = "`oom-killed-container` about Pod/shop/api-2-a: ";
    check(
        snapshots::OUT_OF_MEMORY,
        nothing_new(&["image-not-found"]),
        Outcome::Unmet,
        words,
    );
    for source in ["pods", "events", "deployments"] {
        let words = format!("{source} could not be read in full");
        check(
            &without(snapshots::HEALTHY, source),
            nothing_new(&[]),
            Outcome::Undecided,
            &words,
        );
    }
}

#[test]
fn the_worst_verdict_decides_and_none_proves_nothing() {
    let outcome = |outcomes: &[Outcome]| {
        let verdict = |outcome: &Outcome| Verdict {
            expectation: rolled_out(1),
            outcome: *outcome,
            seen: String::new(),
        };
        Verification {
            verdicts: outcomes.iter().map(verdict).collect(),
        }
        .outcome()
    };
    let (met, unmet, open) = (Outcome::Met, Outcome::Unmet, Outcome::Undecided);
    assert_eq!(outcome(&[]), open);
    assert_eq!(outcome(&[met, met]), met);
    assert_eq!(outcome(&[met, open]), open);
    assert_eq!(outcome(&[open, unmet, met]), unmet);
}

/// Logs are read where some trouble asks for them. Where none does, that is no hole; where they were
/// refused, it is one.
#[test]
fn logs_that_nobody_asked_for_leave_nothing_open() {
    let healed = snapshots::SELECTOR_MISMATCH.replace("apii", "api");
    let healed = healed.replace(
        "image: \"reg.example/api:v2\"}",
        "image: \"reg.example/api:v2\", ports: [{containerPort: 8080}]}",
    );
    let mode = "service-targetport-mismatch".to_owned();
    let expectation = || Expectation::NotFound {
        mode: mode.clone(),
        object: target("Service/api"),
    };
    let unasked = format!("{healed}---\nunrequested: [logs]\n");
    let words = "`service-targetport-mismatch` is not found";
    check(&unasked, expectation(), Outcome::Met, words);
    let words = "logs could not be read in full";
    check(
        &without(&healed, "logs"),
        expectation(),
        Outcome::Undecided,
        words,
    );
}

/// The object of an alert is found by its name, whichever kind its labels speak of.
#[test]
fn references_of_targets_keep_their_uid() {
    let object: ObjectRef = target("Pod/api-9").object().expect("a kind");
    assert_eq!(object.uid.as_str(), "pod-api-9");
}
