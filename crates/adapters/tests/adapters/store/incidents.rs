//! Incidents and letters.

use std::collections::BTreeMap;
use std::sync::Arc;

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::{
    Epoch, IncidentFilter, IncidentMove, IncidentState, PlanState, Store as _, StoreError,
};

use super::place::Place;
use super::stand::{
    approval, approve, claim, entry, incident, minute, moving, no_limits, plan, refused, state_of,
    with_approved, with_awaiting, with_running,
};

fn to(id: &str, version: u64, state: IncidentState) -> IncidentMove {
    IncidentMove {
        id: id.to_owned(),
        version,
        state,
        body: format!("{{\"version\":{version}}}"),
    }
}

async fn ids(store: &SqlStore, filter: IncidentFilter, limit: u32) -> Vec<String> {
    let found = store.incidents(&filter, limit).await.unwrap();
    found.into_iter().map(|incident| incident.id).collect()
}

pub(super) async fn of_two_openers_one_wins(place: &Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    let mut tasks = Vec::new();
    for number in 0..6 {
        let store = Arc::clone(&stores[number % 2]);
        tasks.push(tokio::spawn(async move {
            let mut new = incident(&format!("i{number}"));
            "the same".clone_into(&mut new.fingerprint);
            store.open_incident(&new, entry(0, "incident.opened")).await
        }));
    }
    let mut won = Vec::new();
    let mut lost = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(incident) => won.push(incident.id),
            Err(StoreError::AlreadyOpen { id }) => lost.push(id),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won.len(), lost.len()), (1, 5));
    assert!(lost.iter().all(|id| *id == won[0]));
    let open = stores[0]
        .open_incident_of("prod", "the same")
        .await
        .unwrap();
    assert_eq!(open.unwrap().id, won[0]);
    assert_eq!(stores[0].tip().await.unwrap().count, 1);
}

pub(super) async fn a_plan_ends_with_its_incident_or_not_at_all(place: &Place) {
    let store = place.open().await;
    let epoch = with_running(&store, "p1").await;
    let plan = store.plan("p1").await.unwrap().unwrap();
    let incident = store.incident(&plan.incident_id).await.unwrap().unwrap();
    let failed = moving("p1", PlanState::Executing, PlanState::Failed, Some(epoch));
    let entries = || {
        (
            entry(3, "plan.failed"),
            entry(3, "incident.needs_next_option"),
        )
    };
    let next = IncidentState::NeedsNextOption;
    let before = store.tip().await.unwrap();

    let stale = to(&incident.id, incident.version + 1, next);
    let answer = store.move_together(&failed, &stale, entries()).await;
    assert!(
        matches!(answer, Err(StoreError::Stale { .. })),
        "{answer:?}"
    );
    assert_eq!(state_of(&store, "p1").await, PlanState::Executing);
    let present = to(&incident.id, incident.version, next);
    let mut replaced = failed.clone();
    replaced.epoch = Some(Epoch::new(epoch.get() + 1));
    let answer = store.move_together(&replaced, &present, entries()).await;
    assert!(
        matches!(answer, Err(StoreError::Fenced { .. })),
        "{answer:?}"
    );
    assert_eq!(
        store.incident(&incident.id).await.unwrap().unwrap(),
        incident
    );
    assert_eq!(store.tip().await.unwrap(), before);

    store
        .move_together(&failed, &present, entries())
        .await
        .unwrap();
    assert_eq!(state_of(&store, "p1").await, PlanState::Failed);
    let incident = store.incident(&incident.id).await.unwrap().unwrap();
    assert_eq!(incident.state, next);
    assert_eq!(store.tip().await.unwrap().count, before.count + 2);
}

pub(super) async fn nothing_awaits_a_decision_in_a_closed_incident(place: &Place) {
    let store = place.open().await;
    let executed = plan("p1", "i1", 'A');
    with_approved(&store, &executed).await;
    for (id, key, letter) in [("p2", "drain", 'B'), ("p3", "burst", 'C')] {
        assert_eq!(store.letter_for("i1", key).await.unwrap(), letter);
        let new = plan(id, "i1", letter);
        let proposed = entry(1, "plan.proposed");
        store.save_plan(&new, proposed).await.unwrap();
    }
    let other = plan("p4", "i2", 'A');
    with_awaiting(&store, &other).await;
    approve(
        &store,
        &plan("p3", "i1", 'C'),
        &approval(&plan("p3", "i1", 'C'), "bob", "n3"),
    )
    .await;

    let begun = entry(2, "plan.begun");
    let claim = claim("p1", "one", 2);
    store.begin(&claim, &no_limits(), begun).await.unwrap();
    let executing = to("i1", 1, IncidentState::Executing);
    let moved = entry(2, "incident.executing");
    store.move_incident(&executing, moved).await.unwrap();
    let states = [
        ("p1", PlanState::Executing),
        ("p2", PlanState::Superseded),
        ("p3", PlanState::Aborted),
        ("p4", PlanState::Awaiting),
    ];
    for (id, state) in states {
        assert_eq!(state_of(&store, id).await, state, "{id}");
    }
    let records = store.records_of_incident("i1").await.unwrap();
    let last: Vec<_> = records
        .iter()
        .rev()
        .take(3)
        .map(|record| (record.action.as_str(), record.plan_id.as_str()))
        .collect();
    let expected = [
        ("plan.superseded", "p2"),
        ("plan.aborted", "p3"),
        ("incident.executing", ""),
    ];
    assert_eq!(last, expected);

    let abandoned = to("i2", 1, IncidentState::Abandoned);
    let moved = entry(3, "incident.abandoned");
    store.move_incident(&abandoned, moved).await.unwrap();
    assert_eq!(state_of(&store, "p4").await, PlanState::Superseded);
}

pub(super) async fn a_version_is_changed_once(place: &Place) {
    let store = place.open().await;
    let opened = store
        .open_incident(&incident("i1"), entry(0, "incident.opened"))
        .await
        .unwrap();
    assert_eq!((opened.version, opened.opened_at), (1, minute(0)));
    let first = to("i1", 1, IncidentState::Collecting);
    assert_eq!(
        store
            .move_incident(&first, entry(1, "moved"))
            .await
            .unwrap(),
        2
    );
    let late = store.move_incident(&first, entry(2, "moved")).await;
    assert!(
        matches!(late, Err(StoreError::Stale { now: 2 })),
        "{late:?}"
    );
    let read = store.incident("i1").await.unwrap().unwrap();
    assert_eq!((read.version, read.state), (2, IncidentState::Collecting));
    assert_eq!(
        (read.body.as_str(), read.changed_at),
        ("{\"version\":1}", minute(1))
    );
    assert_eq!(store.records_of_incident("i1").await.unwrap().len(), 2);

    // Once closed, another one of the same fingerprint may open; the closed one stays closed.
    let close = to("i1", 2, IncidentState::Resolved);
    store
        .move_incident(&close, entry(3, "moved"))
        .await
        .unwrap();
    assert_eq!(
        store
            .open_incident_of("prod", &read.fingerprint)
            .await
            .unwrap(),
        None
    );
    let mut again = incident("i2");
    again.fingerprint = read.fingerprint;
    store
        .open_incident(&again, entry(4, "incident.opened"))
        .await
        .unwrap();
    let reopen = to("i1", 3, IncidentState::Detected);
    let answer = store.move_incident(&reopen, entry(5, "moved")).await;
    assert!(
        matches!(answer, Err(StoreError::AlreadyOpen { .. })),
        "{answer:?}"
    );
    let unknown = store
        .move_incident(&to("i3", 1, IncidentState::Detected), entry(5, "m"))
        .await;
    assert!(
        matches!(unknown, Err(StoreError::Unknown { .. })),
        "{unknown:?}"
    );
}

pub(super) async fn incidents_are_found(place: &Place) {
    let store = place.open().await;
    for (number, cluster) in [(1, "prod"), (2, "prod"), (3, "test"), (4, "")] {
        let mut new = incident(&format!("i{number}"));
        new.cluster = cluster.to_owned();
        store
            .open_incident(&new, entry(number, "incident.opened"))
            .await
            .unwrap();
    }
    let moved = to("i1", 1, IncidentState::Diagnosed);
    store
        .move_incident(&moved, entry(9, "moved"))
        .await
        .unwrap();
    let all = IncidentFilter::default();
    assert_eq!(ids(&store, all.clone(), 10).await, ["i4", "i3", "i2", "i1"]);
    assert_eq!(ids(&store, all.clone(), 2).await, ["i4", "i3"]);
    let state = Some(IncidentState::Detected);
    let cluster = Some("prod".to_owned());
    let detected = IncidentFilter {
        state,
        ..all.clone()
    };
    assert_eq!(ids(&store, detected.clone(), 10).await, ["i4", "i3", "i2"]);
    let prod = IncidentFilter {
        cluster,
        ..all.clone()
    };
    assert_eq!(ids(&store, prod.clone(), 10).await, ["i2", "i1"]);
    let both = IncidentFilter { state, ..prod };
    assert_eq!(ids(&store, both, 10).await, ["i2"]);
    let nameless = IncidentFilter {
        cluster: Some(String::new()),
        ..all
    };
    assert_eq!(ids(&store, nameless, 10).await, ["i4"]);
}

pub(super) async fn letters_are_stable_under_concurrency(place: &Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    for id in ["i1", "i2"] {
        stores[0]
            .open_incident(&incident(id), entry(0, "incident.opened"))
            .await
            .unwrap();
    }
    let mut tasks = Vec::new();
    for number in 0..16 {
        let store = Arc::clone(&stores[number % 2]);
        tasks.push(tokio::spawn(async move {
            let key = format!("remedy {}", number / 2 % 4);
            let letter = store.letter_for("i1", &key).await.unwrap();
            (key, letter)
        }));
    }
    let mut given: BTreeMap<String, char> = BTreeMap::new();
    for task in tasks {
        let (key, letter) = task.await.unwrap();
        assert_eq!(*given.entry(key).or_insert(letter), letter);
    }
    let mut letters: Vec<char> = given.values().copied().collect();
    letters.sort_unstable();
    assert_eq!(letters, ['A', 'B', 'C', 'D']);
    assert_eq!(stores[1].letter_for("i1", "remedy 9").await.unwrap(), 'E');
    assert_eq!(stores[1].letter_for("i2", "remedy 9").await.unwrap(), 'A');
    for (key, letter) in given {
        assert_eq!(stores[0].letter_for("i1", &key).await.unwrap(), letter);
    }
}

pub(super) async fn letters_end_with_z(place: &Place) {
    let store = place.open().await;
    store
        .open_incident(&incident("i1"), entry(0, "incident.opened"))
        .await
        .unwrap();
    for (number, letter) in ('A'..='Z').enumerate() {
        let key = format!("remedy {number}");
        assert_eq!(store.letter_for("i1", &key).await.unwrap(), letter);
    }
    refused(store.letter_for("i1", "one more").await, "no_letter_left");
    let nobody = store.letter_for("i2", "remedy").await;
    assert!(
        matches!(nobody, Err(StoreError::Unknown { .. })),
        "{nobody:?}"
    );
}
