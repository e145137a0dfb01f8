//! Requests to pause in a ConfigMap.

use dogwatch_agent::{
    collect::Silent,
    recovery::{Hands, PauseRequests, RecoveryError},
};
use dogwatch_model::{approval::Said, ports::store::PlanState};
use serde_json::{Value, json};

use super::stage::{Cluster, Installation, node};

const NAME: &str = "dogwatch-pause";

fn switch(requests: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": NAME, "namespace": "dogwatch"},
        "data": {"pauseRequests": requests},
    })
}

async fn installation(cluster: &Cluster) -> Installation {
    let mut home = Installation::new("home", cluster).await;
    home.settings.pause_requests = Some(PauseRequests {
        namespace: "dogwatch".to_owned(),
        name: NAME.to_owned(),
    });
    home
}

fn set(cluster: &Cluster, requests: &str) {
    let changed = cluster
        .sandbox
        .change("configmaps", "dogwatch", NAME, |object| {
            object["data"]["pauseRequests"] = json!(requests);
        });
    assert!(changed, "the ConfigMap is there");
}

/// Why bob's yes does not count.
async fn refused(home: &Installation, plan: &str) -> String {
    match home.says("bob", Said::Approve, plan).await {
        Err(RecoveryError::Refused(why)) => why.to_string(),
        other => panic!("it is not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_stops_everything_until_it_is_gone() {
    let cluster = Cluster::with(|builder| builder.object(switch("- upgrade of etcd"))).await;
    let home = installation(&cluster).await;
    let made = home.asks_for(3).await;
    let plan = &made.plans[0].plan.id;
    let why = refused(&home, plan).await;
    assert!(
        why.contains("upgrade of etcd (ConfigMap dogwatch/dogwatch-pause)"),
        "{why}"
    );
    set(&cluster, "");
    home.says("bob", Said::Approve, plan).await.unwrap();
    set(&cluster, "[\"look first\"]");
    let (recovery, hands) = (home.recovery(), home.hands());
    let halted = recovery.execute(plan, &hands, &Silent).await;
    assert!(
        matches!(halted, Err(RecoveryError::Refused(_))),
        "{halted:?}"
    );
    assert_eq!(home.state_of(plan).await, PlanState::Approved);
    set(&cluster, "[]");
    let ended = recovery.execute(plan, &hands, &Silent).await.unwrap();
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_between_two_steps_stops_the_second_one() {
    let cluster = Cluster::with(|builder| builder.object(switch("")).object(node("node-2"))).await;
    let home = installation(&cluster).await;
    let (plan, _) = home.drain().await;
    let writer = home.meddled(|| set(&cluster, "stop, that was the wrong node"));
    let hands = Hands {
        writer: &writer,
        pools: None,
        cloud: None,
    };
    let ended = home
        .recovery()
        .execute(&plan, &hands, &Silent)
        .await
        .unwrap();
    assert_eq!(ended.state, PlanState::Aborted, "{}", ended.words);
    assert!(ended.words.contains("the wrong node"), "{}", ended.words);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_that_is_missing_or_forbidden_stops_too() {
    let cluster = Cluster::start().await;
    let home = installation(&cluster).await;
    let made = home.asks_for(3).await;
    let why = refused(&home, &made.plans[0].plan.id).await;
    assert!(why.contains("does not exist"), "{why}");

    let cluster = Cluster::with(|builder| {
        let builder = builder.object(switch(""));
        builder.deny("get", "configmaps", "dogwatch")
    })
    .await;
    let home = installation(&cluster).await;
    let made = home.asks_for(3).await;
    let why = refused(&home, &made.plans[0].plan.id).await;
    assert!(why.contains("cannot be read"), "{why}");
}
