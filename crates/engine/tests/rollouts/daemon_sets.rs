//! Versions and statuses of DaemonSets.

use dogwatch_engine::{View, report::Status};
use dogwatch_model::Kind;
use dogwatch_testkit::fixture;

use crate::{NEVER_READY, READY, UNREADY, check_status, pod};

fn daemon_set(spec: &str, status: &str) -> String {
    let revision = |name: &str, image: &str, number: i64| {
        format!(
            "kind: ControllerRevision\nmetadata: {{name: agent-{name}, owner: DaemonSet/agent, \
             labels: {{controller-revision-hash: {name}}}}}\nrevision: {number}\ndata: {{spec: \
             {{template: {{$patch: replace, spec: {{containers: [{{name: a, image: \
             {image}}}]}}}}}}}}\n---\n"
        )
    };
    // After a rollback the controller renumbers the old revision; here it has not done so yet.
    revision("one", "v2", 1)
        + &revision("two", "v1", 2)
        + &format!(
            "kind: DaemonSet\nmetadata: {{name: agent, generation: 1}}\nspec: {{template: {{spec: \
             {{containers: [{{name: a, image: v2}}]}}}}{spec}}}\nstatus: {{observedGeneration: 1, \
             desiredNumberScheduled: 2, currentNumberScheduled: 2{status}}}\n---\n"
        )
}

#[test]
fn the_revision_of_a_daemon_set_is_the_one_with_its_template() {
    let yaml = daemon_set("", "")
        + &pod("agent-1", "DaemonSet/agent", "one", READY)
        + &pod("agent-2", "DaemonSet/agent", "two", READY);
    let snapshot = fixture::snapshot(&yaml);
    let view = View::new(&snapshot);
    let rollout = &view.rollouts[0];
    assert_eq!(rollout.version.update_revision, "one");
    let names = |pods: &[&dogwatch_model::snapshot::Pod]| -> Vec<String> {
        pods.iter().map(|pod| pod.meta.name.to_string()).collect()
    };
    assert_eq!(names(&rollout.new_pods), ["agent-1"]);
    assert_eq!(names(&rollout.old_pods), ["agent-2"]);
}

#[test]
fn statuses_of_a_daemon_set() {
    let done = ", updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2";
    let half = ", updatedNumberScheduled: 1, numberReady: 2, numberAvailable: 2";
    let lost =
        ", updatedNumberScheduled: 2, numberReady: 1, numberAvailable: 1, numberUnavailable: 1";
    let never = ", updatedNumberScheduled: 2, numberUnavailable: 2";
    let agent = |n: i64, hash: &str, status: &str| {
        pod(&format!("agent-{n}"), "DaemonSet/agent", hash, status)
    };
    let table = [
        (
            "complete",
            daemon_set("", done) + &agent(1, "one", READY) + &agent(2, "one", READY),
            Status::Healthy,
        ),
        (
            "under way",
            daemon_set("", half) + &agent(1, "one", READY) + &agent(2, "two", READY),
            Status::RolloutBlocked,
        ),
        (
            "held by OnDelete",
            daemon_set(", updateStrategy: {type: OnDelete}", half)
                + &agent(1, "one", READY)
                + &agent(2, "two", READY),
            Status::Healthy,
        ),
        (
            "complete once, one Pod lost",
            daemon_set("", lost) + &agent(1, "one", READY) + &agent(2, "one", UNREADY),
            Status::ReplicasUnavailable,
        ),
        (
            "never came up",
            daemon_set("", never) + &agent(1, "one", NEVER_READY) + &agent(2, "one", NEVER_READY),
            Status::RolloutBlocked,
        ),
        (
            "no Pod at all",
            daemon_set("", "").replace("currentNumberScheduled: 2", "currentNumberScheduled: 0"),
            Status::NewVersionNotCreated,
        ),
    ];
    for (what, yaml, expected) in table {
        check_status(what, &yaml, Kind::DaemonSet, "agent", expected);
    }
}
