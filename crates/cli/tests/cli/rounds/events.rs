//! Events on what a plan changes.

use dogwatch_model::{approval::Said, ports::store::PlanState};
use serde_json::Value;

use super::stage::{Cluster, Installation, NAMESPACE};

/// Events about the Deployment, in the order in which they were written: their names are counted.
fn told(cluster: &Cluster) -> Vec<Value> {
    (0..500)
        .filter_map(|number| {
            let name = format!("web.home{number}");
            cluster
                .sandbox
                .get("events.events.k8s.io", NAMESPACE, &name)
        })
        .collect()
}

fn reasons(events: &[Value]) -> Vec<&str> {
    let reasons = events.iter().map(|event| event["reason"].as_str());
    reasons.map(Option::unwrap_or_default).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_changed_object_tells_who_changed_it_and_nothing_is_told_before_an_approval() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let plan = &made.plans[0].plan.id;
    home.says("carol", Said::Approve, plan).await.unwrap();
    assert!(told(&cluster).is_empty(), "nothing was executed yet");
    let requests = cluster.server.requests();
    let writes = requests.iter().filter(|line| {
        !line.starts_with("GET ") && !line.contains("dryRun=All") && !line.contains("reviews")
    });
    assert_eq!(writes.count(), 0, "{requests:?}");

    let recovery = home.recovery();
    let hands = home.hands();
    let silent = dogwatch_agent::collect::Silent;
    let ended = recovery.execute(plan, &hands, &silent).await.unwrap();
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert!(ended.remarks.is_empty(), "{:?}", ended.remarks);
    let events = told(&cluster);
    let expected = ["StepStarted", "StepSucceeded", "VerificationPassed"];
    assert_eq!(reasons(&events), expected);
    for event in &events {
        let uid = cluster.web()["metadata"]["uid"].clone();
        let regarding = event
            .get("regarding")
            .or_else(|| event.get("involvedObject"));
        assert_eq!(regarding.unwrap()["uid"], uid, "{event}");
        assert!(event.to_string().contains(plan.as_str()), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_and_a_way_back_are_told() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(4).await;
    let plan = &made.plans[0].plan.id;
    let ended = home.carries_out(plan).await;
    assert_eq!(ended.state, PlanState::Failed);
    assert_eq!(reasons(&told(&cluster)).last(), Some(&"VerificationFailed"));
    let back = home.recovery().undo(plan, None).await.unwrap();
    let ended = home.carries_out(&back.plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    let events = told(&cluster);
    let last = &reasons(&events)[events.len() - 2..];
    assert_eq!(last, ["VerificationPassed", "RolledBack"]);
    assert_eq!(home.state_of(plan).await, PlanState::RolledBack);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_cannot_be_written_stop_nothing_and_are_told_once() {
    let cluster =
        Cluster::with(|builder| builder.deny("create", "events.events.k8s.io", NAMESPACE)).await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let ended = home.carries_out(&made.plans[0].plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(ended.remarks.len(), 1, "{:?}", ended.remarks);
    assert!(
        ended.remarks[0].contains("no Events"),
        "{:?}",
        ended.remarks
    );
    let posts = cluster.server.requests();
    let posts = posts
        .iter()
        .filter(|line| line.starts_with("POST ") && line.contains("events.k8s.io"));
    assert_eq!(posts.count(), 1, "it is not tried again");
    let tip = dogwatch_model::ports::store::Store::records(&home.store, 0, 500).await;
    let noted = tip.unwrap();
    let noted = noted.iter().filter(|one| one.action == "event.not_written");
    assert_eq!(noted.count(), 1);
}
