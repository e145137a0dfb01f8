//! An approval that comes, or is used, too late: the next plan is made by itself, and the old approval
//! never counts for it.

use dogwatch_agent::{
    collect::Silent,
    recovery::{Asked, Confirmed, Created, IncidentBody, RecoveryError},
};
use dogwatch_model::{
    approval::{Identity, Refusal, Said},
    ports::store::{IncidentState, PlanState, Store as _},
};
use jiff::SignedDuration;

use super::stage::{Cluster, Installation, web};

/// Longer than an approval lasts.
const TOO_LATE_TO_BEGIN: SignedDuration = SignedDuration::from_mins(6);
/// Longer than a preview lasts.
const TOO_LATE_TO_APPROVE: SignedDuration = SignedDuration::from_mins(31);

async fn next(home: &Installation, plan: &str) -> Option<Created> {
    let next = home.recovery().next_round(plan, &Silent).await;
    next.expect("it can look")
}

/// The new plan waits, nobody has said anything of it, and it does not run.
async fn waits(home: &Installation, old: &str, made: &Created) {
    let new = &made.plans[0].plan;
    assert_ne!(new.id, old);
    assert_eq!(new.state, PlanState::Awaiting);
    assert_eq!(made.incident.state, IncidentState::AwaitingApproval);
    let said = home
        .store
        .approvals(&new.id)
        .await
        .expect("the store answers");
    assert!(said.is_empty(), "{said:?}");
    let begun = home
        .recovery()
        .execute(&new.id, &home.hands(), &Silent)
        .await;
    let is_refused = matches!(
        begun,
        Err(RecoveryError::Refused(Refusal::NotEnough { have: 0, .. }))
    );
    assert!(is_refused, "{begun:?}");
    let begun = home.recovery().execute(old, &home.hands(), &Silent).await;
    assert!(matches!(begun, Err(RecoveryError::NotNow(_))), "{begun:?}");
    let rounds = IncidentBody::of(&made.incident).expect("ours").rounds;
    assert_eq!(
        rounds.last().and_then(|round| round.after.as_deref()),
        Some(old)
    );
    assert_eq!(
        made.plans[0].body.requester,
        Some(Identity::kubernetes("alice"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_is_used_too_late_leads_to_a_plan_of_its_own() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(3).await;
    let old = first.plans[0].plan.id.clone();
    home.says("bob", Said::Approve, &old)
        .await
        .expect("in time");
    home.watch.pass(TOO_LATE_TO_BEGIN);
    let late = home.recovery().execute(&old, &home.hands(), &Silent).await;
    assert!(
        matches!(late, Err(RecoveryError::Refused(Refusal::Expired { .. }))),
        "{late:?}"
    );
    assert_eq!(
        home.incident(&first.incident.id).await.state,
        IncidentState::Collecting
    );

    let made = next(&home, &old).await.expect("a next plan");
    assert_eq!(made.incident.id, first.incident.id);
    waits(&home, &old, &made).await;
    assert_eq!(cluster.web()["spec"]["replicas"], 2, "nothing was written");
    assert!(next(&home, &old).await.is_none(), "once for every plan");

    // With an approval of its own the same wish is carried out.
    let ended = home.carries_out(&made.plans[0].plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(cluster.web()["spec"]["replicas"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_comes_too_late_leads_to_a_plan_of_its_own() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(3).await;
    let old = first.plans[0].plan.id.clone();
    assert!(next(&home, &old).await.is_none(), "it still waits");
    home.watch.pass(TOO_LATE_TO_APPROVE);
    assert!(next(&home, &old).await.is_none(), "nobody came for it");
    let late = home.says("bob", Said::Approve, &old).await;
    assert!(
        matches!(late, Err(RecoveryError::Refused(Refusal::Expired { .. }))),
        "{late:?}"
    );
    let made = next(&home, &old).await.expect("a next plan");
    waits(&home, &old, &made).await;
    let kept = home.store.approvals(&old).await.expect("the store answers");
    assert!(
        kept.is_empty(),
        "what came too late was never kept: {kept:?}"
    );

    // It may come too late again, and leads on again, once each time.
    home.watch.pass(TOO_LATE_TO_APPROVE);
    let second = made.plans[0].plan.id.clone();
    let late = home.says("bob", Said::Approve, &second).await;
    assert!(late.is_err(), "{late:?}");
    assert!(
        next(&home, &old).await.is_none(),
        "the first one has led on"
    );
    let third = next(&home, &second).await.expect("a next plan");
    waits(&home, &second, &third).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_can_be_done_any_more_the_incident_says_so() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(3).await;
    let old = first.plans[0].plan.id.clone();
    home.says("bob", Said::Approve, &old)
        .await
        .expect("in time");
    // Meanwhile somebody did it by hand.
    let other = Installation::new("other", &cluster).await;
    let by_hand = other.asks_for(3).await;
    other.carries_out(&by_hand.plans[0].plan.id).await;
    cluster
        .until(|web| web["status"]["readyReplicas"] == 3)
        .await;
    home.watch.pass(TOO_LATE_TO_BEGIN);
    let late = home.recovery().execute(&old, &home.hands(), &Silent).await;
    assert!(late.is_err(), "{late:?}");
    let none = home.recovery().next_round(&old, &Silent).await;
    assert!(
        matches!(none, Err(RecoveryError::NotPlanned(_))),
        "{none:?}"
    );
    let incident = home.incident(&first.incident.id).await;
    assert_eq!(
        incident.state,
        IncidentState::Diagnosed,
        "nobody seems to be looking"
    );
    let rounds = IncidentBody::of(&incident).expect("ours").rounds;
    assert_eq!(rounds.len(), 2);
    assert!(rounds[1].plans.is_empty());
    assert!(next(&home, &old).await.is_none(), "once for every plan");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_or_abandoned_plan_leads_to_nothing() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let made = home.asks_for(3).await;
    let rejected = &made.plans[0].plan.id;
    home.says("bob", Said::Reject, rejected)
        .await
        .expect("in time");
    assert!(next(&home, rejected).await.is_none());
    let made = home.asks_for(3).await;
    let plan = made.plans[0].plan.id.clone();
    home.watch.pass(TOO_LATE_TO_APPROVE);
    assert!(home.says("bob", Said::Approve, &plan).await.is_err());
    let carol = Identity::kubernetes("carol");
    let given_up = home
        .recovery()
        .abandon(&made.incident.id, "no", &carol)
        .await;
    assert_eq!(given_up.expect("it can be").state, IncidentState::Abandoned);
    assert!(
        next(&home, &plan).await.is_none(),
        "what is closed stays closed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirming_call_that_comes_too_late_gets_a_preview_to_approve() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let first = home.asks_for(3).await;
    let old = first.plans[0].plan.id.clone();
    home.says("bob", Said::Approve, &old)
        .await
        .expect("in time");
    home.watch.pass(TOO_LATE_TO_BEGIN);
    let target = web();
    let asked = Asked {
        target: &target,
        alerts: &[],
        request: Some(first.plans[0].body.option.request.clone()),
        requester: Some(Identity::kubernetes("alice")),
    };
    let hands = home.hands();
    let recovery = home.recovery();
    let answer = recovery.confirm(&asked, &hands, None, &Silent).await;
    let Ok(Confirmed::Preview { made, reason }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(reason, "preview_expired");
    assert_ne!(made.plan.id, old);
    assert_eq!(made.plan.state, PlanState::Awaiting);
    assert_eq!(home.state_of(&old).await, PlanState::Expired);
    assert_eq!(cluster.web()["spec"]["replicas"], 2, "nothing was written");
}
