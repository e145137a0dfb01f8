//! Statuses of StatefulSets.

use dogwatch_engine::report::Status;
use dogwatch_model::Kind;

use crate::{NEVER_READY, READY, UNREADY, check_status, diagnose, pod};

fn stateful_set(spec: &str, current: &str, status: &str) -> String {
    format!(
        "kind: StatefulSet\nmetadata: {{name: db, generation: 1}}\nspec: {{replicas: 3, selector: \
         {{matchLabels: {{app: api}}}}{spec}}}\nstatus: {{observedGeneration: 1, currentRevision: \
         {current}, updateRevision: new{status}}}\n---\n"
    )
}

fn db(number: i64, hash: &str, status: &str) -> String {
    pod(&format!("db-{number}"), "StatefulSet/db", hash, status)
}

fn three(hashes: [&str; 3]) -> String {
    db(0, hashes[0], READY) + &db(1, hashes[1], READY) + &db(2, hashes[2], READY)
}

/// The update has replaced the Pod with the highest ordinal, and waits for it.
const WAITS: &str = ", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2";

#[test]
fn statuses_of_a_stateful_set_that_is_held() {
    let all = ", replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3";
    let one_new = ", replicas: 3, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3";
    let partition = ", updateStrategy: {rollingUpdate: {partition: 2}}";
    let from_five = ", updateStrategy: {rollingUpdate: {partition: 2}}, ordinals: {start: 5}";
    let table = [
        (
            "complete",
            stateful_set("", "new", all) + &three(["new"; 3]),
            Status::Healthy,
        ),
        (
            "held by the partition",
            stateful_set(partition, "old", one_new) + &three(["old", "old", "new"]),
            Status::Healthy,
        ),
        (
            "held by the partition, ordinals from 5",
            stateful_set(from_five, "old", one_new)
                + &(db(5, "old", READY) + &db(6, "old", READY) + &db(7, "new", READY)),
            Status::Healthy,
        ),
        (
            "old above the partition",
            stateful_set(
                partition,
                "old",
                ", replicas: 3, readyReplicas: 3, availableReplicas: 3",
            ) + &three(["old"; 3]),
            Status::RolloutBlocked,
        ),
        (
            "the new Pod above the partition is broken",
            stateful_set(partition, "old", WAITS)
                + &(db(0, "old", READY) + &db(1, "old", READY) + &db(2, "new", NEVER_READY)),
            Status::RolloutBlocked,
        ),
        (
            "held by OnDelete",
            stateful_set(", updateStrategy: {type: OnDelete}", "old", one_new)
                + &three(["old", "old", "new"]),
            Status::Healthy,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::StatefulSet, "db", expected);
    }
}

#[test]
fn statuses_of_a_stateful_set_that_fails() {
    let all = ", replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3";
    let two_ready = ", replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2";
    let table = [
        (
            "the update waits for its newest Pod",
            stateful_set("", "old", WAITS)
                + &(db(0, "old", READY) + &db(1, "old", READY) + &db(2, "new", NEVER_READY)),
            Status::RolloutBlocked,
        ),
        (
            "no Pod at all",
            stateful_set("", "new", ""),
            Status::NewVersionNotCreated,
        ),
        (
            "the first Pod never became ready",
            stateful_set("", "new", ", replicas: 1, updatedReplicas: 1")
                + &db(0, "new", NEVER_READY),
            Status::RolloutBlocked,
        ),
        (
            "complete once, one Pod lost",
            stateful_set("", "new", two_ready)
                + &(db(0, "new", UNREADY) + &db(1, "new", READY) + &db(2, "new", READY)),
            Status::ReplicasUnavailable,
        ),
        (
            "revisions were denied",
            format!(
                "missing: [controllerrevisions]\n---\n{}",
                stateful_set("", "new", all)
            ) + &three(["new"; 3]),
            Status::Unknown,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::StatefulSet, "db", expected);
    }
}

#[test]
fn a_broken_revision_is_a_trap_and_its_pod_is_the_cause() {
    let crash = "phase: Running, startTime: \"2026-01-01T00:00:10Z\", conditions: [{type: Ready, \
                 status: \"False\", lastTransitionTime: \"2026-01-01T00:00:11Z\"}], \
                 containerStatuses: [{name: api, restartCount: 5, state: {waiting: {reason: \
                 CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]";
    let yaml = stateful_set("", "old", ", replicas: 1") + &db(0, "broken", crash);
    let report = diagnose(&yaml, Kind::StatefulSet, "db");
    let modes: Vec<&str> = report.top_causes.iter().map(|cause| cause.mode).collect();
    assert!(modes.contains(&"sts-broken-revision-trap"), "{modes:?}");
    assert_eq!(report.summary.status, Status::RolloutBlocked);
}
