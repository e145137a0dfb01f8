//! Later looks at what a plan promised, and the name of the installation.

use dogwatch_model::ports::store::{
    IncidentMove, IncidentState, PlanState, Recheck, Store as _, StoreError,
};

use super::place::Place;
use super::stand::{entry, minute, moving, with_running};

fn to(version: u64, state: IncidentState) -> IncidentMove {
    IncidentMove {
        id: "incident of p1".to_owned(),
        version,
        state,
        body: format!("{{\"version\":{version}}}"),
    }
}

pub(super) async fn later_looks_fall_due_and_count_once(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    let verifying = moving(
        "p1",
        PlanState::Executing,
        PlanState::Verifying,
        Some(epoch),
    );
    let moved = entry(3, "plan.verifying");
    store.move_plan(&verifying, moved).await.unwrap();
    let good = moving(
        "p1",
        PlanState::Verifying,
        PlanState::Succeeded,
        Some(epoch),
    );
    let times = [minute(34), minute(24 * 60 + 4)];
    let entries = || (entry(4, "plan.succeeded"), entry(4, "incident.resolved"));
    // With a version that is old nothing is kept, also no later look.
    let stale = to(7, IncidentState::Resolved);
    let answer = store.end_plan(&good, &stale, &times, entries()).await;
    assert!(
        matches!(answer, Err(StoreError::Stale { .. })),
        "{answer:?}"
    );
    let late = minute(48 * 60);
    assert_eq!(store.rechecks_due("prod", late, 9).await.unwrap(), []);
    let closed = to(1, IncidentState::Resolved);
    store
        .end_plan(&good, &closed, &times, entries())
        .await
        .unwrap();

    let first = Recheck {
        plan_id: "p1".to_owned(),
        n: 1,
        incident_id: "incident of p1".to_owned(),
        due_at: minute(34),
    };
    let due = async |at: i64| store.rechecks_due("prod", minute(at), 9).await.unwrap();
    assert_eq!(due(33).await, []);
    assert_eq!(due(34).await, std::slice::from_ref(&first));
    assert_eq!(due(48 * 60).await.len(), 2);
    assert_eq!(store.rechecks_due("test", late, 9).await.unwrap(), []);
    assert_eq!(store.rechecks_due("prod", late, 1).await.unwrap().len(), 1);

    let result = to(2, IncidentState::Resolved);
    let looked = || entry(35, "incident.rechecked");
    store.recheck_done(&first, &result, looked()).await.unwrap();
    assert_eq!(due(34).await, []);
    let again = to(3, IncidentState::Resolved);
    let answer = store.recheck_done(&first, &again, looked()).await;
    assert!(
        matches!(answer, Err(StoreError::Unknown { .. })),
        "{answer:?}"
    );
    let kept = store.incident("incident of p1").await.unwrap().unwrap();
    assert_eq!(kept.version, 3, "the second one changed nothing");
}

pub(super) async fn an_installation_keeps_its_name(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.installation("one").await.unwrap(), "one");
    assert_eq!(store.installation("two").await.unwrap(), "one");
    let other = place.open().await;
    assert_eq!(other.installation("three").await.unwrap(), "one");
}
