//! Later looks at what a plan promised.

use dogwatch_agent::{collect::Silent, recovery::IncidentBody};
use dogwatch_model::{
    plan::Outcome,
    ports::store::{IncidentState, PlanState},
};
use jiff::SignedDuration;
use serde_json::json;

use super::stage::{Cluster, Installation, NAMESPACE};

/// A plan for three replicas that succeeded; its incident.
async fn healed(home: &Installation) -> String {
    let made = home.asks_for(3).await;
    let ended = home.carries_out(&made.plans[0].plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    made.incident.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_held_is_looked_at_after_half_an_hour_and_after_a_day() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let incident = healed(&home).await;
    let recovery = home.recovery();
    assert_eq!(recovery.rechecks_due().await.unwrap(), 0);
    assert!(recovery.recheck(&Silent).await.unwrap().is_empty());
    home.watch.pass(SignedDuration::from_mins(31));
    assert_eq!(recovery.rechecks_due().await.unwrap(), 1);
    let done = recovery.recheck(&Silent).await.unwrap();
    assert_eq!(done.len(), 1);
    let (kept, result) = &done[0];
    assert_eq!((&kept.id, result.outcome), (&incident, Some(Outcome::Met)));
    assert!(result.words.starts_with("as promised"), "{}", result.words);
    assert!(!result.verification.verdicts.is_empty() && result.opened.is_none());
    assert!(recovery.recheck(&Silent).await.unwrap().is_empty(), "once");

    // Somebody scales back by hand within the day.
    let scaled = cluster
        .sandbox
        .change("deployments.apps", NAMESPACE, "web", |web| {
            web["spec"]["replicas"] = json!(1);
        });
    assert!(scaled);
    home.watch.pass(SignedDuration::from_hours(24));
    let done = recovery.recheck(&Silent).await.unwrap();
    let (kept, result) = &done[0];
    assert_eq!(result.outcome, Some(Outcome::Unmet), "{}", result.words);
    let opened = result.opened.as_ref().expect("an incident of its own");
    let next = home.incident(opened).await;
    let body = IncidentBody::of(&next).unwrap();
    assert_eq!(body.earlier.as_ref(), Some(&incident));
    assert!(!next.state.is_closed());
    assert_eq!(kept.state, IncidentState::Resolved, "closed is closed");
    let looks = IncidentBody::of(kept).unwrap().rechecks;
    assert_eq!(looks.len(), 2);
    let actions = home.actions(&incident).await;
    let noted = actions.iter().filter(|one| *one == "incident.rechecked");
    assert_eq!(noted.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_plan_makes_the_question_idle() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let incident = healed(&home).await;
    let plan = home.store_plans(&incident).await[0].id.clone();
    let back = home.recovery().undo(&plan, None).await.unwrap();
    let ended = home.carries_out(&back.plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    home.watch.pass(SignedDuration::from_hours(25));
    let done = home.recovery().recheck(&Silent).await.unwrap();
    assert_eq!(done.len(), 2, "the way back itself promised nothing more");
    for (kept, result) in done {
        assert_eq!((kept.id, result.outcome), (incident.clone(), None));
        assert!(result.words.contains(&back.plan.id), "{}", result.words);
        assert!(result.opened.is_none());
    }
}
