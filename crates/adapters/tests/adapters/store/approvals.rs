//! Decisions of people.

use dogwatch_model::ports::store::{ApproverRole, PlanState, Store as _, StoreError, Verdict};

use super::place::Place;
use super::stand::{
    approval, approve, claim, entry, minute, moving, no_limits, plan, refused, with_awaiting,
};

pub(super) async fn an_identity_decides_once(place: &Place) {
    let store = place.open().await;
    let new = plan("p1", "i1", 'A');
    with_awaiting(&store, &new).await;
    let mut alice = approval(&new, "alice", "n1");
    alice.role = ApproverRole::Admin;
    store
        .add_approval("p1", &alice, entry(1, "approval.given"))
        .await
        .unwrap();
    let mut second_thought = approval(&new, "alice", "n2");
    second_thought.verdict = Verdict::Deny;
    let answer = store
        .add_approval("p1", &second_thought, entry(1, "a"))
        .await;
    refused(answer, "decided_before");
    let bob = approval(&new, "bob", "n1");
    store
        .add_approval("p1", &bob, entry(2, "approval.given"))
        .await
        .unwrap();
    assert_eq!(store.approvals("p1").await.unwrap(), [alice, bob]);
    let records = store.records_of_incident("i1").await.unwrap();
    assert_eq!(records.len(), 4);
    assert_eq!(records[3].plan_digest, new.digest);
    assert_eq!(store.approvals("p2").await.unwrap(), []);
}

pub(super) async fn an_approval_is_for_one_plan_and_in_time(place: &Place) {
    let store = place.open().await;
    let new = plan("p1", "i1", 'A');
    with_awaiting(&store, &new).await;
    let good = approval(&new, "alice", "n1");
    let mut digest = good.clone();
    // The short form is the same, the full digest is not.
    digest
        .digest
        .replace_range(63.., if new.digest.ends_with('0') { "1" } else { "0" });
    refused(
        store.add_approval("p1", &digest, entry(1, "a")).await,
        "other_plan",
    );
    let mut letter = good.clone();
    letter.letter = 'B';
    refused(
        store.add_approval("p1", &letter, entry(1, "a")).await,
        "other_plan",
    );
    let mut late = good.clone();
    late.decided_at = minute(30);
    refused(
        store.add_approval("p1", &late, entry(30, "a")).await,
        "expired",
    );
    let unknown = store.add_approval("p2", &good, entry(1, "a")).await;
    assert!(
        matches!(unknown, Err(StoreError::Unknown { .. })),
        "{unknown:?}"
    );
    let unapproved = moving("p1", PlanState::Awaiting, PlanState::Approved, None);
    refused(
        store.move_plan(&unapproved, entry(1, "a")).await,
        "not_approved",
    );
    approve(&store, &new, &good).await;
    let after = store
        .add_approval("p1", &approval(&new, "bob", "n1"), entry(1, "a"))
        .await;
    let approved = PlanState::Approved;
    assert!(
        matches!(after, Err(StoreError::Conflict { now }) if now == approved),
        "{after:?}"
    );
    assert_eq!(store.approvals("p1").await.unwrap(), [good]);
}

pub(super) async fn one_denial_ends_it(place: &Place) {
    let store = place.open().await;
    let new = plan("p1", "i1", 'A');
    with_awaiting(&store, &new).await;
    let mut no = approval(&new, "bob", "n2");
    no.verdict = Verdict::Deny;
    store
        .add_approval("p1", &approval(&new, "alice", "n1"), entry(1, "a"))
        .await
        .unwrap();
    store.add_approval("p1", &no, entry(1, "a")).await.unwrap();
    let to = moving("p1", PlanState::Awaiting, PlanState::Approved, None);
    refused(store.move_plan(&to, entry(1, "a")).await, "denied");
    // Not even when the state was changed behind our back.
    place
        .tamper("UPDATE plans SET state = 'approved'")
        .await
        .unwrap();
    let begun = store
        .begin(&claim("p1", "one", 2), &no_limits(), entry(2, "b"))
        .await;
    refused(begun, "denied");
}
