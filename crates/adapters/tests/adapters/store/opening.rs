//! Opening, closing and opening again.

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::{PlanState, Store as _, StoreError};
use dogwatch_model::record::verify_chain;

use super::place::{Place, all_records};
use super::stand::{claim, end, entry, plan, start, state_of, with_incident, with_running};

/// The version of the tables.
const NEWEST: u32 = 2;

pub(super) async fn a_restart_keeps_everything(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    store
        .step_started(&start("p1", epoch, 1, 3), entry(3, "step.started"))
        .await
        .unwrap();
    store
        .step_done(&end("p1", epoch, 1, 4), entry(4, "step.done"))
        .await
        .unwrap();
    store
        .step_started(&start("p1", epoch, 2, 4), entry(4, "step.started"))
        .await
        .unwrap();
    let paused = store
        .pause("storm", "alice", entry(5, "paused"))
        .await
        .unwrap();
    let before = (
        all_records(&store).await,
        store.incident("incident of p1").await.unwrap(),
        store.plan("p1").await.unwrap(),
        store.approvals("p1").await.unwrap(),
        store.lease("p1").await.unwrap(),
        store.steps("p1").await.unwrap(),
        store.pauses().await.unwrap(),
    );
    store.close().await;

    let store = place.open().await;
    let after = (
        all_records(&store).await,
        store.incident("incident of p1").await.unwrap(),
        store.plan("p1").await.unwrap(),
        store.approvals("p1").await.unwrap(),
        store.lease("p1").await.unwrap(),
        store.steps("p1").await.unwrap(),
        store.pauses().await.unwrap(),
    );
    assert_eq!(after, before);
    verify_chain(&after.0, None).unwrap();
    assert_eq!(state_of(&store, "p1").await, PlanState::Executing);
    assert_eq!(after.5.len(), 2);
    assert_eq!((after.6.len(), after.6[0].id), (1, paused));
    // The executor that was stopped in the middle is replaced once its lease is over.
    let next = store
        .take_over(&claim("p1", "two", 7), entry(7, "plan.taken_over"))
        .await;
    assert_eq!(next.unwrap().get(), epoch.get() + 1);
    let twice = store
        .save_plan(&plan("p1", "incident of p1", 'A'), entry(8, "x"))
        .await;
    assert!(matches!(twice, Err(StoreError::Exists { .. })), "{twice:?}");
}

pub(super) async fn openers_at_once_make_the_tables_once(place: &Place) {
    let url = place.url();
    let mut tasks = Vec::new();
    for number in 0..6 {
        let url = url.clone();
        tasks.push(tokio::spawn(async move {
            let store = SqlStore::open(&url).await?;
            store.append(entry(0, &format!("opened.{number}"))).await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let store = place.open().await;
    assert_eq!(
        verify_chain(&all_records(&store).await, None)
            .unwrap()
            .count,
        6
    );
    assert_eq!(store.health().await.unwrap().schema, NEWEST);
}

pub(super) async fn tables_of_the_first_version_are_brought_up_to_date(place: &Place) {
    let store = place.open().await;
    with_incident(&store, "i1").await;
    let before = store.tip().await.unwrap();
    store.close().await;
    for sql in [
        "DROP TABLE rechecks",
        "DROP TABLE installations",
        "DELETE FROM schema_versions WHERE version = 2",
    ] {
        place.tamper(sql).await.unwrap();
    }
    let store = place.open().await;
    assert_eq!(store.health().await.unwrap().schema, NEWEST);
    assert_eq!(store.installation("one").await.unwrap(), "one");
    assert!(store.incident("i1").await.unwrap().is_some());
    assert_eq!(store.tip().await.unwrap(), before);
}

pub(super) async fn newer_tables_are_refused(place: &Place) {
    place.open().await.close().await;
    place
        .tamper("INSERT INTO schema_versions (version) VALUES (99)")
        .await
        .unwrap();
    let error = SqlStore::open(&place.url()).await.unwrap_err();
    let (found, known) = match error {
        StoreError::Newer { found, known } => (found, known),
        other => panic!("{other:?}"),
    };
    assert_eq!((found, known), (99, NEWEST));
}

pub(super) async fn health_tells_backend_and_tip(place: &Place) {
    let store = place.open().await;
    let health = store.health().await.unwrap();
    let name = if place.is_postgres() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    assert_eq!(
        (health.backend, health.schema, health.tip.count),
        (name, NEWEST, 0)
    );
    let record = store.append(entry(0, "one")).await.unwrap();
    let tip = store.health().await.unwrap().tip;
    assert_eq!((tip.count, tip.last_hash), (1, record.hash));
}
