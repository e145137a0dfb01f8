//! Beginning a plan: once, in time, within the limits, and not while recovery is paused.

use std::sync::Arc;

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::{
    Epoch, Limits, NewPlan, PlanState, Resumed, Store as _, StoreError,
};
use dogwatch_model::record::Entry;
use jiff::SignedDuration;

use super::place::Place;
use super::stand::{
    TARGET, approval, approve, claim, end, entry, minute, moving, no_limits, plan, refused, start,
    state_of, with_approved, with_awaiting, with_running,
};

fn begun(at: i64) -> Entry {
    entry(at, "plan.begun")
}

/// An approved plan on its own target that expires late.
async fn approved(store: &SqlStore, id: &str, target: &str) -> NewPlan {
    let mut new = plan(id, &format!("incident of {id}"), 'A');
    new.expires_at = minute(10_000);
    new.targets = vec![target.to_owned()];
    with_approved(store, &new).await;
    new
}

/// Lets a plan begin, change its target once, and end.
async fn run(store: &SqlStore, new: &NewPlan, at: i64, limits: &Limits) -> Result<(), StoreError> {
    let id = new.id.as_str();
    let epoch = store
        .begin(&claim(id, "one", at), limits, begun(at))
        .await?;
    let mut step = start(id, epoch, 1, at);
    step.object = Some(new.targets[0].clone());
    store.step_started(&step, entry(at, "step.started")).await?;
    store
        .step_done(&end(id, epoch, 1, at), entry(at, "step.done"))
        .await?;
    finish(store, id, epoch).await;
    Ok(())
}

async fn finish(store: &SqlStore, id: &str, epoch: Epoch) {
    let verify = moving(id, PlanState::Executing, PlanState::Verifying, Some(epoch));
    store
        .move_plan(&verify, entry(3, "plan.verifying"))
        .await
        .unwrap();
    let done = moving(id, PlanState::Verifying, PlanState::Succeeded, Some(epoch));
    store
        .move_plan(&done, entry(3, "plan.succeeded"))
        .await
        .unwrap();
}

pub(super) async fn of_two_begins_one_wins(place: &Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    with_approved(&stores[0], &plan("p1", "i1", 'A')).await;
    let mut tasks = Vec::new();
    for number in 0..8 {
        let store = Arc::clone(&stores[number % 2]);
        tasks.push(tokio::spawn(async move {
            let claim = claim("p1", &format!("executor {number}"), 2);
            store.begin(&claim, &Limits::default(), begun(2)).await
        }));
    }
    let mut winners = Vec::new();
    for (number, task) in tasks.into_iter().enumerate() {
        match task.await.unwrap() {
            Ok(epoch) => winners.push((number, epoch)),
            Err(StoreError::Conflict {
                now: PlanState::Executing,
            }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    let lease = stores[0].lease("p1").await.unwrap().unwrap();
    assert_eq!(lease.owner, format!("executor {}", winners[0].0));
    assert_eq!((lease.epoch, lease.until), (winners[0].1, minute(7)));
    let records = stores[0].records_of_incident("i1").await.unwrap();
    let begins = records
        .iter()
        .filter(|record| record.action == "plan.begun");
    assert_eq!(begins.count(), 1);
}

pub(super) async fn a_nonce_counts_once(place: &Place) {
    let store = place.open().await;
    let first = plan("p1", "i1", 'A');
    with_awaiting(&store, &first).await;
    // Two people answer the same card: one nonce, one plan.
    let bob = approval(&first, "bob", "the nonce");
    store.add_approval("p1", &bob, entry(1, "a")).await.unwrap();
    approve(&store, &first, &approval(&first, "alice", "the nonce")).await;
    store
        .begin(&claim("p1", "one", 2), &no_limits(), begun(2))
        .await
        .unwrap();

    let second = plan("p2", "i2", 'A');
    with_awaiting(&store, &second).await;
    let fresh = approval(&second, "bob", "another nonce");
    store
        .add_approval("p2", &fresh, entry(1, "a"))
        .await
        .unwrap();
    approve(&store, &second, &approval(&second, "alice", "the nonce")).await;
    let replayed = store
        .begin(&claim("p2", "one", 2), &no_limits(), begun(2))
        .await;
    refused(replayed, "nonce_spent");
    assert_eq!(state_of(&store, "p2").await, PlanState::Approved);
    assert_eq!(store.lease("p2").await.unwrap(), None);
    // The nonce that was not replayed was not spent either: nothing of the attempt remains.
    let third = plan("p3", "i3", 'A');
    with_awaiting(&store, &third).await;
    approve(&store, &third, &approval(&third, "alice", "another nonce")).await;
    store
        .begin(&claim("p3", "one", 2), &no_limits(), begun(2))
        .await
        .unwrap();
}

pub(super) async fn a_plan_begins_in_time_and_approved(place: &Place) {
    let store = place.open().await;
    let new = plan("p1", "i1", 'A');
    with_awaiting(&store, &new).await;
    let early = store
        .begin(&claim("p1", "one", 2), &no_limits(), begun(2))
        .await;
    let awaiting = PlanState::Awaiting;
    assert!(
        matches!(early, Err(StoreError::Conflict { now }) if now == awaiting),
        "{early:?}"
    );
    place
        .tamper("UPDATE plans SET state = 'approved'")
        .await
        .unwrap();
    let unapproved = store
        .begin(&claim("p1", "one", 2), &no_limits(), begun(2))
        .await;
    refused(unapproved, "not_approved");
    place
        .tamper("UPDATE plans SET state = 'awaiting'")
        .await
        .unwrap();
    approve(&store, &new, &approval(&new, "alice", "n1")).await;
    let late = store
        .begin(&claim("p1", "one", 30), &no_limits(), begun(30))
        .await;
    refused(late, "expired");
    let unknown = store
        .begin(&claim("p2", "one", 2), &no_limits(), begun(2))
        .await;
    assert!(
        matches!(unknown, Err(StoreError::Unknown { .. })),
        "{unknown:?}"
    );
    store
        .begin(&claim("p1", "one", 29), &no_limits(), begun(29))
        .await
        .unwrap();
}

pub(super) async fn one_plan_runs_in_a_cluster(place: &Place) {
    let store = place.open().await;
    for (id, target) in [("p1", "a"), ("p2", "b")] {
        approved(&store, id, target).await;
    }
    let limits = Limits::default();
    let epoch = store
        .begin(&claim("p1", "one", 2), &limits, begun(2))
        .await
        .unwrap();
    refused(
        store.begin(&claim("p2", "one", 2), &limits, begun(2)).await,
        "in_flight",
    );
    let verify = moving(
        "p1",
        PlanState::Executing,
        PlanState::Verifying,
        Some(epoch),
    );
    store
        .move_plan(&verify, entry(3, "plan.verifying"))
        .await
        .unwrap();
    refused(
        store.begin(&claim("p2", "one", 3), &limits, begun(3)).await,
        "in_flight",
    );
    let mut elsewhere = plan("p3", "i3", 'A');
    "test".clone_into(&mut elsewhere.cluster);
    with_approved(&store, &elsewhere).await;
    store
        .begin(&claim("p3", "one", 3), &limits, begun(3))
        .await
        .unwrap();
    let done = moving(
        "p1",
        PlanState::Verifying,
        PlanState::Succeeded,
        Some(epoch),
    );
    store
        .move_plan(&done, entry(4, "plan.succeeded"))
        .await
        .unwrap();
    store
        .begin(&claim("p2", "one", 4), &limits, begun(4))
        .await
        .unwrap();
}

pub(super) async fn plans_per_hour_are_limited(place: &Place) {
    let store = place.open().await;
    let limits = Limits::default();
    for number in 0..5 {
        let new = approved(&store, &format!("p{number}"), &format!("object {number}")).await;
        run(&store, &new, number, &limits).await.unwrap();
    }
    let sixth = approved(&store, "p6", "object 6").await;
    refused(run(&store, &sixth, 59, &limits).await, "too_many_plans");
    assert_eq!(state_of(&store, "p6").await, PlanState::Approved);
    run(&store, &sixth, 60, &limits).await.unwrap();
}

pub(super) async fn an_object_rests_and_holds(place: &Place) {
    let store = place.open().await;
    let limits = Limits {
        plans_per_hour: 100,
        ..Limits::default()
    };
    let mut at = 2;
    for number in 1..=3 {
        let new = approved(&store, &format!("p{number}"), TARGET).await;
        if number > 1 {
            refused(run(&store, &new, at + 9, &limits).await, "cool_down");
            at += 10;
        }
        run(&store, &new, at, &limits).await.unwrap();
    }
    let fourth = approved(&store, "p4", TARGET).await;
    refused(run(&store, &fourth, at + 60, &limits).await, "not_holding");
    // The first mutation was in minute 2; a day later it no longer counts.
    refused(
        run(&store, &fourth, 24 * 60 + 1, &limits).await,
        "not_holding",
    );
    let other = approved(&store, "p5", "another object").await;
    run(&store, &other, at + 60, &limits).await.unwrap();
    let mut elsewhere = plan("p6", "i6", 'A');
    "test".clone_into(&mut elsewhere.cluster);
    with_approved(&store, &elsewhere).await;
    run(&store, &elsewhere, at + 1, &limits)
        .await
        .unwrap_or_else(|error| {
            panic!("the same name in another cluster is another object: {error}")
        });
    run(&store, &fourth, 24 * 60 + 2, &limits).await.unwrap();
    let long = Limits {
        cool_down: SignedDuration::from_hours(48),
        ..no_limits()
    };
    let fifth = approved(&store, "p7", TARGET).await;
    refused(run(&store, &fifth, 48 * 60, &long).await, "cool_down");
}

pub(super) async fn two_people_lift_a_pause(place: &Place) {
    let store = place.open().await;
    let mut new = plan("p1", "i1", 'A');
    new.expires_at = minute(10_000);
    with_approved(&store, &new).await;
    let first = store
        .pause("storm", "alice", entry(2, "paused"))
        .await
        .unwrap();
    let second = store
        .pause("drill", "bob", entry(2, "paused"))
        .await
        .unwrap();
    assert_eq!((first, second), (1, 2));
    refused(
        store
            .begin(&claim("p1", "one", 2), &no_limits(), begun(2))
            .await,
        "paused",
    );
    let asked = store
        .resume(1, "alice", entry(3, "resume.asked"))
        .await
        .unwrap();
    assert_eq!(asked, Resumed::NeedsSecond);
    refused(
        store.resume(1, "alice", entry(3, "resume.asked")).await,
        "same_person",
    );
    assert_eq!(
        store.pauses().await.unwrap()[0].resume_asked_by.as_deref(),
        Some("alice")
    );
    refused(
        store
            .begin(&claim("p1", "one", 3), &no_limits(), begun(3))
            .await,
        "paused",
    );
    let lifted = store.resume(1, "carol", entry(4, "resumed")).await.unwrap();
    assert_eq!(lifted, Resumed::Lifted);
    let again = store.resume(1, "dave", entry(4, "resumed")).await;
    assert!(
        matches!(again, Err(StoreError::Unknown { .. })),
        "{again:?}"
    );
    // The other pause is still in force.
    refused(
        store
            .begin(&claim("p1", "one", 4), &no_limits(), begun(4))
            .await,
        "paused",
    );
    store
        .resume(2, "carol", entry(5, "resume.asked"))
        .await
        .unwrap();
    store.resume(2, "alice", entry(5, "resumed")).await.unwrap();
    assert_eq!(store.pauses().await.unwrap(), []);
    store
        .begin(&claim("p1", "one", 5), &no_limits(), begun(5))
        .await
        .unwrap();
}

pub(super) async fn a_pause_holds_between_two_steps(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    store
        .step_started(&start("p1", epoch, 1, 6), entry(6, "s"))
        .await
        .unwrap();
    store
        .pause("again", "alice", entry(6, "paused"))
        .await
        .unwrap();
    store
        .step_done(&end("p1", epoch, 1, 6), entry(6, "s"))
        .await
        .unwrap();
    refused(
        store
            .step_started(&start("p1", epoch, 2, 6), entry(6, "s"))
            .await,
        "paused",
    );
    assert_eq!(store.pauses().await.unwrap()[0].id, 1);
}
