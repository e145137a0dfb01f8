//! Executors, their leases and their steps.

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::{Epoch, Limits, PlanState, StepState, Store as _, StoreError};

use super::place::Place;
use super::stand::{
    claim, end, entry, minute, moving, no_limits, plan, refused, start, state_of, with_approved,
    with_running,
};

#[track_caller]
fn fenced<T: core::fmt::Debug>(answer: Result<T, StoreError>, now: u64) {
    match answer {
        Err(StoreError::Fenced { now: at }) => assert_eq!(at.get(), now),
        other => panic!("not fenced: {other:?}"),
    }
}

async fn count(store: &SqlStore) -> u64 {
    store.tip().await.unwrap().count
}

pub(super) async fn an_executor_is_replaced_after_its_lease(place: &Place) {
    let store = place.open().await;
    let first = with_running(&store, "p1").await;
    let taken = || entry(6, "plan.taken_over");
    refused(
        store.take_over(&claim("p1", "two", 6), taken()).await,
        "lease_held",
    );
    store.renew("p1", first, minute(9)).await.unwrap();
    refused(
        store.take_over(&claim("p1", "two", 8), taken()).await,
        "lease_held",
    );
    let second = store
        .take_over(&claim("p1", "two", 9), taken())
        .await
        .unwrap();
    assert_eq!(second, Epoch::new(2));
    let lease = store.lease("p1").await.unwrap().unwrap();
    assert_eq!((lease.owner.as_str(), lease.until), ("two", minute(14)));
    assert_eq!(lease.begun_at, minute(2));
    // A plan that does not run cannot be taken over, and one that runs cannot begin.
    with_approved(&store, &plan("p2", "i2", 'A')).await;
    let idle = store.take_over(&claim("p2", "two", 9), taken()).await;
    assert!(matches!(idle, Err(StoreError::Conflict { .. })), "{idle:?}");
    let twice = store
        .begin(&claim("p1", "two", 20), &no_limits(), taken())
        .await;
    assert!(
        matches!(twice, Err(StoreError::Conflict { .. })),
        "{twice:?}"
    );
}

pub(super) async fn an_old_executor_is_fenced_off(place: &Place) {
    let store = place.open().await;
    let old = with_running(&store, "p1").await;
    let step = start("p1", old, 1, 3);
    store
        .step_started(&step, entry(3, "step.started"))
        .await
        .unwrap();
    let new = store
        .take_over(&claim("p1", "two", 7), entry(7, "t"))
        .await
        .unwrap();
    let before = count(&store).await;
    fenced(store.renew("p1", old, minute(60)).await, 2);
    fenced(
        store
            .step_started(&start("p1", old, 2, 7), entry(7, "s"))
            .await,
        2,
    );
    fenced(
        store.step_done(&end("p1", old, 1, 7), entry(7, "s")).await,
        2,
    );
    fenced(
        store
            .step_failed(&end("p1", old, 1, 7), entry(7, "s"))
            .await,
        2,
    );
    for epoch in [Some(old), None, Some(Epoch::new(3))] {
        let fail = moving("p1", PlanState::Executing, PlanState::Failed, epoch);
        fenced(store.move_plan(&fail, entry(7, "plan.failed")).await, 2);
    }
    assert_eq!(count(&store).await, before);
    assert_eq!(state_of(&store, "p1").await, PlanState::Executing);

    // The new one adopts the step whose outcome nobody knows, and ends it.
    let adopted = store
        .step_started(&start("p1", new, 1, 8), entry(8, "step.adopted"))
        .await;
    let adopted = adopted.unwrap();
    assert_eq!((adopted.epoch, adopted.started_at), (new, minute(3)));
    store
        .step_done(&end("p1", new, 1, 8), entry(8, "step.done"))
        .await
        .unwrap();
    let fail = moving("p1", PlanState::Executing, PlanState::Failed, Some(new));
    store
        .move_plan(&fail, entry(9, "plan.failed"))
        .await
        .unwrap();
}

pub(super) async fn repeating_a_step_changes_nothing(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    let first = start("p1", epoch, 1, 3);
    let kept = store
        .step_started(&first, entry(3, "step.started"))
        .await
        .unwrap();
    assert_eq!(
        (kept.state, kept.outcome.as_deref()),
        (StepState::Started, None)
    );
    let before = count(&store).await;
    assert_eq!(
        store.step_started(&first, entry(3, "s")).await.unwrap(),
        kept
    );
    let mut other = first.clone();
    "{\"another\":1}".clone_into(&mut other.body);
    let answer = store.step_started(&other, entry(3, "s")).await;
    assert!(
        matches!(answer, Err(StoreError::Exists { .. })),
        "{answer:?}"
    );
    assert_eq!(count(&store).await, before);

    let done = end("p1", epoch, 1, 4);
    store.step_done(&done, entry(4, "step.done")).await.unwrap();
    let before = count(&store).await;
    store.step_done(&done, entry(4, "step.done")).await.unwrap();
    let mut other = done.clone();
    "{\"code\":500}".clone_into(&mut other.body);
    for answer in [
        store.step_done(&other, entry(4, "s")).await,
        store.step_failed(&done, entry(4, "s")).await,
    ] {
        assert!(
            matches!(answer, Err(StoreError::Exists { .. })),
            "{answer:?}"
        );
    }
    // Whoever repeats the start learns that it is done.
    let again = store.step_started(&first, entry(5, "s")).await.unwrap();
    assert_eq!(
        (again.state, again.ended_at),
        (StepState::Done, Some(minute(4)))
    );
    assert_eq!(count(&store).await, before);
    assert_eq!(store.steps("p1").await.unwrap(), [again]);
    let missing = store
        .step_done(&end("p1", epoch, 9, 4), entry(4, "s"))
        .await;
    assert!(
        matches!(missing, Err(StoreError::Unknown { .. })),
        "{missing:?}"
    );
}

pub(super) async fn a_step_needs_lease_and_target(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    let mut foreign = start("p1", epoch, 1, 3);
    foreign.object = Some("kube-system/Deployment/coredns".to_owned());
    refused(
        store.step_started(&foreign, entry(3, "s")).await,
        "not_a_target",
    );
    refused(
        store
            .step_started(&start("p1", epoch, 1, 7), entry(7, "s"))
            .await,
        "lease_over",
    );
    assert_eq!(store.steps("p1").await.unwrap(), []);
    store.renew("p1", epoch, minute(8)).await.unwrap();
    store
        .step_started(&start("p1", epoch, 1, 7), entry(7, "s"))
        .await
        .unwrap();

    // Neither a failed step nor one that only reads counts as a change of the object.
    store
        .step_failed(&end("p1", epoch, 1, 7), entry(7, "s"))
        .await
        .unwrap();
    let mut reading = start("p1", epoch, 2, 7);
    reading.object = None;
    store.step_started(&reading, entry(7, "s")).await.unwrap();
    store
        .step_done(&end("p1", epoch, 2, 7), entry(7, "s"))
        .await
        .unwrap();
    let fail = moving("p1", PlanState::Executing, PlanState::Failed, Some(epoch));
    store.move_plan(&fail, entry(8, "f")).await.unwrap();
    with_approved(&store, &plan("p2", "i2", 'A')).await;
    let next = store
        .begin(&claim("p2", "one", 9), &Limits::default(), entry(9, "b"))
        .await;
    assert_eq!(next.unwrap(), Epoch::new(1));
}

pub(super) async fn an_outcome_is_kept_after_a_stop(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    store
        .step_started(&start("p1", epoch, 1, 3), entry(3, "s"))
        .await
        .unwrap();
    let stop = moving("p1", PlanState::Executing, PlanState::Aborted, Some(epoch));
    store
        .move_plan(&stop, entry(4, "plan.aborted"))
        .await
        .unwrap();
    let next = store
        .step_started(&start("p1", epoch, 2, 4), entry(4, "s"))
        .await;
    let aborted = PlanState::Aborted;
    assert!(
        matches!(next, Err(StoreError::Conflict { now }) if now == aborted),
        "{next:?}"
    );
    store
        .step_done(&end("p1", epoch, 1, 5), entry(5, "step.done"))
        .await
        .unwrap();
    assert_eq!(store.steps("p1").await.unwrap()[0].state, StepState::Done);
    // It changed the object, so the object rests.
    with_approved(&store, &plan("p2", "i2", 'A')).await;
    let limits = Limits::default();
    refused(
        store
            .begin(&claim("p2", "one", 6), &limits, entry(6, "b"))
            .await,
        "cool_down",
    );
}
