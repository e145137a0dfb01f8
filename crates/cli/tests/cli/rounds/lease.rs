//! The Lease that keeps installations with different stores apart.

use dogwatch_agent::{
    collect::Silent,
    recovery::{Hands, RecoveryError},
};
use dogwatch_model::{approval::Said, ports::store::PlanState};
use serde_json::{Value, json};

use super::stage::{Cluster, Installation, node};

const NAME: &str = "dogwatch-remediation";

fn lease(cluster: &Cluster) -> Option<Value> {
    let found = cluster
        .sandbox
        .get("leases.coordination.k8s.io", "dogwatch", NAME);
    found.map(|lease| lease["spec"].clone())
}

fn held_by(cluster: &Cluster, holder: &Value) {
    let resource = "leases.coordination.k8s.io";
    let changed = cluster.sandbox.change(resource, "dogwatch", NAME, |lease| {
        lease["spec"]["holderIdentity"] = holder.clone();
    });
    assert!(changed, "the Lease is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_installations_one_changes_the_cluster() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let away = Installation::new("away", &cluster).await;
    let first = home.asks_for(3).await.plans[0].plan.id.clone();
    let second = away.asks_for(4).await.plans[0].plan.id.clone();
    away.says("carol", Said::Approve, &second).await.unwrap();
    let competing = async {
        while lease(&cluster).is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let (recovery, hands) = (away.recovery(), away.hands());
        recovery.execute(&second, &hands, &Silent).await
    };
    // The first one is watched so long that it has to renew.
    let mut home = home;
    home.settings.windows.hold = jiff::SignedDuration::from_secs(6);
    let (ended, refused) = tokio::join!(home.carries_out(&first), competing);
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    match refused {
        Err(RecoveryError::NotNow(why)) => assert!(why.contains("another installation"), "{why}"),
        other => panic!("both would change it: {other:?}"),
    }
    let state = away.state_of(&second).await;
    assert_eq!(state, PlanState::Approved, "its approval is not spent");
    assert_eq!(cluster.web()["spec"]["replicas"], 3);
    // Who is done lets the next one begin at once.
    assert_eq!(lease(&cluster).unwrap()["holderIdentity"], Value::Null);
    let (recovery, hands) = (away.recovery(), away.hands());
    let ended = recovery.execute(&second, &hands, &Silent).await.unwrap();
    assert_eq!(ended.state, PlanState::Drifted, "{}", ended.words);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_of_one_installation_share_the_lease_and_one_begins() {
    let cluster = Cluster::start().await;
    let mut home = Installation::new("home", &cluster).await;
    home.settings.windows.hold = jiff::SignedDuration::from_secs(5);
    let plan = home.asks_for(3).await.plans[0].plan.id.clone();
    home.says("bob", Said::Approve, &plan).await.unwrap();
    let (recovery, hands) = (home.recovery(), home.hands());
    let (one, two) = tokio::join!(
        recovery.execute(&plan, &hands, &Silent),
        recovery.execute(&plan, &hands, &Silent)
    );
    let mut ended = Vec::new();
    for answer in [one, two] {
        match answer {
            Ok(end) => ended.push(end),
            Err(RecoveryError::Store(refused)) => assert!(refused.is_refusal(), "{refused}"),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(ended.len(), 1, "one begins");
    // The one that lost has not taken the Lease away from the one that won.
    assert_eq!(ended[0].state, PlanState::Succeeded, "{}", ended[0].words);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lease_of_an_installation_that_is_gone_runs_out() {
    let stale = json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": NAME, "namespace": "dogwatch"},
        // Its clock is far ahead: clocks of other machines are not believed.
        "spec": {"holderIdentity": "dogwatch-gone", "leaseDurationSeconds": 1,
            "renewTime": "2999-01-01T00:00:00.000000Z", "leaseTransitions": 4},
    });
    let cluster = Cluster::with(|builder| builder.object(stale)).await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let ended = home.carries_out(&made.plans[0].plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    let lease = lease(&cluster).unwrap();
    assert_eq!(lease["leaseTransitions"], 5, "{lease}");
    assert_eq!(lease["leaseDurationSeconds"], 15, "{lease}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_the_lease_stops_before_the_next_step() {
    let cluster = Cluster::with(|builder| builder.object(node("node-2"))).await;
    let home = Installation::new("home", &cluster).await;
    let (plan, _) = home.drain().await;
    let writer = home.meddled(|| held_by(&cluster, &json!("dogwatch-other")));
    let hands = Hands {
        writer: &writer,
        pools: None,
        cloud: None,
    };
    let recovery = home.recovery();
    let ended = recovery.execute(&plan, &hands, &Silent).await.unwrap();
    assert_eq!(ended.state, PlanState::Aborted, "{}", ended.words);
    assert!(ended.words.contains("dogwatch-other"), "{}", ended.words);
    let incident = home.stored(&plan).await.incident_id;
    let actions = home.actions(&incident).await;
    let done = actions.iter().filter(|action| *action == "step.done");
    assert_eq!(done.count(), 1, "{actions:?}");
    // What is lost is not released: it belongs to somebody else.
    let lease = lease(&cluster).unwrap();
    assert_eq!(lease["holderIdentity"], "dogwatch-other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_to_the_lease_by_somebody_else_is_no_loss() {
    let cluster = Cluster::with(|builder| builder.object(node("node-2"))).await;
    let home = Installation::new("home", &cluster).await;
    let (plan, steps) = home.drain().await;
    let writer = home.meddled(|| {
        let resource = "leases.coordination.k8s.io";
        let changed = cluster.sandbox.change(resource, "dogwatch", NAME, |lease| {
            lease["metadata"]["labels"] = json!({"looked": "at"});
        });
        assert!(changed);
    });
    let hands = Hands {
        writer: &writer,
        pools: None,
        cloud: None,
    };
    let recovery = home.recovery();
    let ended = recovery.execute(&plan, &hands, &Silent).await.unwrap();
    assert_ne!(ended.state, PlanState::Aborted, "{}", ended.words);
    let incident = home.stored(&plan).await.incident_id;
    let actions = home.actions(&incident).await;
    let done = actions.iter().filter(|action| *action == "step.done");
    assert_eq!(done.count(), steps, "{actions:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_it_the_preview_says_so_and_nothing_can_be_approved() {
    let denied = "leases.coordination.k8s.io";
    let cluster = Cluster::with(|builder| builder.deny("patch", denied, "dogwatch")).await;
    let mut home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let preview = &made.plans[0].body.option.state.preview;
    assert_eq!(
        preview.missing_permissions,
        ["patch leases in namespace dogwatch"]
    );
    let said = home
        .says("bob", Said::Approve, &made.plans[0].plan.id)
        .await;
    assert!(matches!(said, Err(RecoveryError::Refused(_))), "{said:?}");

    home.settings.cluster_lease = None;
    let made = home.asks_for(3).await;
    let ended = home.carries_out(&made.plans[0].plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert!(lease(&cluster).is_none(), "none is wanted");
}
