//! Plans and their states.

use dogwatch_model::ports::store::{PLAN_MOVES, PlanState, Store as _, StoreError};

use super::place::Place;
use super::stand::{
    entry, minute, moving, plan, state_of, with_awaiting, with_incident, with_running,
};

pub(super) async fn every_pair_of_states_is_legal_or_refused(place: &Place) {
    let store = place.open().await;
    // This plan has an approval and an executor, so only the state machine can say no.
    let epoch = with_running(&store, "p1").await;
    let mut legal = 0;
    for (from, _) in PLAN_MOVES {
        for (to, _) in PLAN_MOVES {
            let sql = format!("UPDATE plans SET state = '{from}' WHERE id = 'p1'");
            place.tamper(&sql).await.unwrap();
            let before = store.tip().await.unwrap().count;
            let answer = store
                .move_plan(
                    &moving("p1", *from, *to, Some(epoch)),
                    entry(3, "plan.moved"),
                )
                .await;
            let after = store.tip().await.unwrap().count;
            // Executing is reached by `begin` alone.
            if from.may_become(*to) && *to != PlanState::Executing {
                answer.unwrap();
                assert_eq!((state_of(&store, "p1").await, after), (*to, before + 1));
                legal += 1;
            } else {
                let is_illegal = matches!(answer, Err(StoreError::Illegal { .. }));
                assert!(is_illegal, "{from} to {to}: {answer:?}");
                assert_eq!((state_of(&store, "p1").await, after), (*from, before));
            }
        }
    }
    assert_eq!(legal, 24);
}

pub(super) async fn a_wrong_belief_changes_nothing(place: &Place) {
    let store = place.open().await;
    with_awaiting(&store, &plan("p1", "i1", 'A')).await;
    let reject = moving("p1", PlanState::Awaiting, PlanState::Rejected, None);
    store
        .move_plan(&reject, entry(1, "plan.rejected"))
        .await
        .unwrap();
    let count = store.tip().await.unwrap().count;
    let again = store.move_plan(&reject, entry(1, "plan.rejected")).await;
    let rejected = PlanState::Rejected;
    assert!(
        matches!(again, Err(StoreError::Conflict { now }) if now == rejected),
        "{again:?}"
    );
    assert_eq!(store.tip().await.unwrap().count, count);
    let unknown = moving("p2", PlanState::Awaiting, PlanState::Rejected, None);
    let answer = store.move_plan(&unknown, entry(1, "plan.rejected")).await;
    assert!(
        matches!(answer, Err(StoreError::Unknown { .. })),
        "{answer:?}"
    );
}

pub(super) async fn a_new_plan_supersedes_its_letter_only(place: &Place) {
    let store = place.open().await;
    with_awaiting(&store, &plan("p1", "i1", 'A')).await;
    assert_eq!(store.letter_for("i1", "restart").await.unwrap(), 'B');
    with_awaiting(&store, &plan("other", "i2", 'A')).await;
    let other_letter = plan("p2", "i1", 'B');
    let none = store
        .save_plan(&other_letter, entry(1, "plan.proposed"))
        .await
        .unwrap();
    assert_eq!(none, [] as [String; 0]);
    let fresh = plan("p3", "i1", 'A');
    let superseded = store
        .save_plan(&fresh, entry(2, "plan.proposed"))
        .await
        .unwrap();
    assert_eq!(superseded, ["p1"]);
    for (id, state) in [
        ("p1", PlanState::Superseded),
        ("p2", PlanState::Awaiting),
        ("p3", PlanState::Awaiting),
        ("other", PlanState::Awaiting),
    ] {
        assert_eq!(state_of(&store, id).await, state, "{id}");
    }
    let records = store.records_of_incident("i1").await.unwrap();
    let last = records.last().unwrap();
    assert_eq!(
        (last.action.as_str(), last.plan_id.as_str()),
        ("plan.superseded", "p1")
    );
    assert_eq!(last.detail.as_ref().unwrap()["by"], "p3");
    assert_eq!(last.plan_digest, plan("p1", "i1", 'A').digest);
    let found = store.plans_of("i1").await.unwrap();
    let ids: Vec<&str> = found.iter().map(|plan| plan.id.as_str()).collect();
    assert_eq!(ids, ["p3", "p2", "p1"]);
}

pub(super) async fn plans_are_found_by_digest(place: &Place) {
    let store = place.open().await;
    let mut new = plan("p1", "i1", 'A');
    new.targets = vec!["b".to_owned(), "a".to_owned(), "b".to_owned()];
    with_awaiting(&store, &new).await;
    let found = store
        .awaiting_by_digest("prod", &new.digest)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.id.as_str(), found.letter), ("p1", 'A'));
    assert_eq!((found.expires_at, found.saved_at), (minute(30), minute(0)));
    assert_eq!(
        (found.body, found.targets),
        (new.body, vec!["a".to_owned(), "b".to_owned()])
    );
    assert_eq!(
        store.awaiting_by_digest("test", &new.digest).await.unwrap(),
        None
    );
    assert_eq!(
        store.awaiting_by_digest("prod", "c0ffee").await.unwrap(),
        None
    );
    let expire = moving("p1", PlanState::Awaiting, PlanState::Expired, None);
    store
        .move_plan(&expire, entry(31, "plan.expired"))
        .await
        .unwrap();
    assert_eq!(
        store.awaiting_by_digest("prod", &new.digest).await.unwrap(),
        None
    );
}

pub(super) async fn a_plan_needs_its_letter(place: &Place) {
    let store = place.open().await;
    with_incident(&store, "i1").await;
    for wrong in [plan("p1", "i1", 'B'), plan("p1", "i2", 'A')] {
        let answer = store.save_plan(&wrong, entry(1, "plan.proposed")).await;
        assert!(
            matches!(answer, Err(StoreError::Unknown { .. })),
            "{answer:?}"
        );
    }
    assert_eq!(store.plan("p1").await.unwrap(), None);
}
