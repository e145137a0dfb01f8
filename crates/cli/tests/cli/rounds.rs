//! Rounds of a recovery with the real clients, a real store and the sandbox, in one process.

mod cloud;
mod events;
mod late;
mod later;
mod lease;
mod requests;
mod stage;

use dogwatch_agent::{
    collect::Silent,
    recovery::{IncidentBody, RecoveryError},
};
use dogwatch_model::{
    approval::{Identity, Said},
    ports::store::{IncidentState, PlanState, Store as _},
};
use jiff::SignedDuration;

use stage::{Cluster, Installation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_did_not_help_leads_to_the_next_one_by_itself() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(4).await;
    let scale = &first.plans[0];
    assert_eq!(scale.plan.letter, 'A');
    let ended = home.carries_out(&scale.plan.id).await;
    assert_eq!(ended.state, PlanState::Failed, "{}", ended.words);
    let incident = home.incident(&first.incident.id).await;
    assert_eq!(incident.state, IncidentState::NeedsNextOption);

    let next = home.recovery().next_round(&scale.plan.id, &Silent).await;
    let next = next.unwrap().expect("there is something to do");
    assert_eq!(next.incident.id, first.incident.id);
    assert_eq!(next.incident.state, IncidentState::AwaitingApproval);
    let pool = &next.plans[0];
    assert_eq!(pool.body.option.request.id(), "resize-node-pool");
    assert_eq!(pool.plan.letter, 'B', "A keeps its meaning");
    assert_eq!(
        pool.plan.state,
        PlanState::Awaiting,
        "nothing runs by itself"
    );
    assert_eq!(pool.body.requester, Some(Identity::kubernetes("alice")));
    let rounds = IncidentBody::of(&next.incident).unwrap().rounds;
    assert_eq!(rounds.len(), 2);
    assert_eq!(rounds[1].after.as_deref(), Some(&*scale.plan.id));

    // Asked once more it makes no third round.
    let again = home.recovery().next_round(&scale.plan.id, &Silent).await;
    assert!(again.unwrap().is_none());
    // Who asked for the first plan asked for the next one too: high risk is not theirs to approve.
    let own = home.says("alice", Said::Approve, &pool.plan.id).await;
    assert!(matches!(own, Err(RecoveryError::Refused(_))), "{own:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_that_closes_leaves_nothing_to_decide() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(3).await;
    let incident = &first.incident.id;
    let second = home.asks_for(3).await;
    assert_eq!(second.incident.id, *incident);
    let newest = &second.plans[0].plan.id;
    let old = &first.plans[0].plan.id;
    assert_eq!(home.state_of(old).await, PlanState::Superseded);
    let ended = home.carries_out(newest).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    let closed = home.incident(incident).await;
    assert_eq!(closed.state, IncidentState::Resolved);
    let actions = home.actions(incident).await;
    let states: Vec<&str> = actions
        .iter()
        .filter_map(|action| action.strip_prefix("incident."))
        .collect();
    let way = [
        "opened",
        "diagnosed",
        "diagnosed",
        "approved",
        "executing",
        "verifying",
        "resolved",
    ];
    assert_eq!(states, way);

    // The way back from a closed incident opens one that names it.
    let alice = Some(Identity::kubernetes("alice"));
    let back = home.recovery().undo(newest, alice).await.unwrap();
    assert_ne!(back.plan.incident_id, *incident);
    let opened = home.incident(&back.plan.incident_id).await;
    let body = IncidentBody::of(&opened).unwrap();
    assert_eq!(body.earlier.as_ref(), Some(incident));
    assert_eq!(opened.state, IncidentState::AwaitingApproval);
    let ended = home.carries_out(&back.plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(cluster.web()["spec"]["replicas"], 2);
    let rounds = IncidentBody::of(&home.incident(&opened.id).await)
        .unwrap()
        .rounds;
    assert_eq!(rounds[0].executed.as_ref().unwrap().plan, back.plan.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_gives_an_incident_up() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let (incident, plan) = (&made.incident.id, &made.plans[0].plan.id);
    let carol = Identity::kubernetes("carol");
    let recovery = home.recovery();
    let empty = recovery.abandon(incident, "  ", &carol).await;
    assert!(matches!(empty, Err(RecoveryError::NotNow(_))), "{empty:?}");
    let reason = "the shop closes, token=abcdefgh12345678";
    let closed = recovery.abandon(incident, reason, &carol).await.unwrap();
    assert_eq!(closed.state, IncidentState::Abandoned);
    assert_eq!(home.state_of(plan).await, PlanState::Superseded);
    let end = IncidentBody::of(&closed).unwrap().abandoned.unwrap();
    assert_eq!(end.by, carol);
    assert!(end.reason.starts_with("the shop closes"), "{}", end.reason);
    assert!(!end.reason.contains("abcdefgh12345678"), "{}", end.reason);
    let late = home.says("bob", Said::Approve, plan).await;
    assert!(late.is_err(), "nothing is decided any more: {late:?}");
    let again = recovery.abandon(incident, "again", &carol).await;
    assert!(
        matches!(again, Err(RecoveryError::OutOfPlace(_))),
        "{again:?}"
    );
    // What comes later is another incident.
    let next = home.asks_for(3).await;
    let body = IncidentBody::of(&next.incident).unwrap();
    assert_eq!(body.earlier.as_ref(), Some(incident));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_move_the_incident_with_the_plan() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let incident = &made.incident.id;
    home.says("bob", Said::Reject, &made.plans[0].plan.id)
        .await
        .unwrap();
    let now = home.incident(incident).await;
    assert_eq!(now.state, IncidentState::Diagnosed, "none is left");

    // An approval that nobody used in time is void, and a new round begins.
    let made = home.asks_for(3).await;
    let plan = &made.plans[0].plan.id;
    home.says("bob", Said::Approve, plan).await.unwrap();
    let now = home.incident(incident).await;
    assert_eq!(now.state, IncidentState::Approved);
    home.watch.pass(SignedDuration::from_mins(6));
    let late = home.recovery().execute(plan, &home.hands(), &Silent).await;
    assert!(matches!(late, Err(RecoveryError::Refused(_))), "{late:?}");
    assert_eq!(home.state_of(plan).await, PlanState::Expired);
    let now = home.incident(incident).await;
    assert_eq!(now.state, IncidentState::Collecting);
    let made = home.asks_for(3).await;
    assert_eq!(made.incident.state, IncidentState::AwaitingApproval);
    assert_eq!(made.plans[0].plan.letter, 'A');

    // A preview that nobody approved in time cannot be approved late.
    home.watch.pass(SignedDuration::from_mins(31));
    let plan = &made.plans[0].plan.id;
    let late = home.says("bob", Said::Approve, plan).await;
    assert!(matches!(late, Err(RecoveryError::Refused(_))), "{late:?}");
    assert_eq!(home.state_of(plan).await, PlanState::Expired);
    let now = home.incident(incident).await;
    assert_eq!(now.state, IncidentState::Diagnosed);
    assert_eq!(cluster.web()["spec"]["replicas"], 2);
    let tip = home.store.tip().await.unwrap();
    assert!(tip.count > 0 && home.folder.path().exists());
}
