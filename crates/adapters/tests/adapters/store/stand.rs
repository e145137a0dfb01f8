//! What the cases have in common: times, entries, incidents and plans.

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::canonical::sha256_hex;
use dogwatch_model::ports::store::{
    Approval, ApproverRole, Claim, Epoch, IncidentState, Limits, NewIncident, NewPlan, PlanMove,
    PlanState, StepEnd, StepStart, Store as _, Verdict,
};
use dogwatch_model::record::{Actor, Entry};
use jiff::{SignedDuration, Timestamp};

/// The object that every plan changes unless it says otherwise.
pub(crate) const TARGET: &str = "default/Deployment/chat-app";

/// Minutes after the start of the case.
pub(crate) fn minute(number: i64) -> Timestamp {
    let start: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(number)
}

pub(crate) fn entry(at: i64, action: &str) -> Entry {
    Entry::new(minute(at), Actor::system("test"), action, TARGET)
}

pub(crate) fn incident(id: &str) -> NewIncident {
    NewIncident {
        id: id.to_owned(),
        cluster: "prod".to_owned(),
        title: "pods do not start".to_owned(),
        fingerprint: format!("fingerprint of {id}"),
        state: IncidentState::Detected,
        body: "{\"n\":1}".to_owned(),
    }
}

pub(crate) fn plan(id: &str, incident_id: &str, letter: char) -> NewPlan {
    NewPlan {
        id: id.to_owned(),
        incident_id: incident_id.to_owned(),
        letter,
        digest: sha256_hex(id.as_bytes()),
        expires_at: minute(30),
        body: "{\"steps\":[]}".to_owned(),
        cluster: "prod".to_owned(),
        targets: vec![TARGET.to_owned()],
    }
}

pub(crate) fn approval(of: &NewPlan, by: &str, nonce: &str) -> Approval {
    Approval {
        by: by.to_owned(),
        role: ApproverRole::Operator,
        digest: of.digest.clone(),
        letter: of.letter,
        nonce: nonce.to_owned(),
        decided_at: minute(1),
        verdict: Verdict::Approve,
        proof: "terminal prompt".to_owned(),
    }
}

pub(crate) fn moving(id: &str, from: PlanState, to: PlanState, epoch: Option<Epoch>) -> PlanMove {
    let id = id.to_owned();
    PlanMove {
        id,
        from,
        to,
        epoch,
    }
}

/// A claim at that minute with a lease of five minutes.
pub(crate) fn claim(plan_id: &str, owner: &str, now: i64) -> Claim {
    Claim {
        plan_id: plan_id.to_owned(),
        owner: owner.to_owned(),
        now: minute(now),
        lease_until: minute(now + 5),
    }
}

/// Limits that nothing reaches.
pub(crate) fn no_limits() -> Limits {
    Limits {
        in_flight_per_cluster: 1000,
        plans_per_hour: 1000,
        mutations_per_object_24h: 1000,
        cool_down: SignedDuration::ZERO,
    }
}

pub(crate) fn start(plan_id: &str, epoch: Epoch, n: u32, at: i64) -> StepStart {
    StepStart {
        plan_id: plan_id.to_owned(),
        epoch,
        n,
        at: minute(at),
        object: Some(TARGET.to_owned()),
        body: format!("{{\"step\":{n}}}"),
    }
}

pub(crate) fn end(plan_id: &str, epoch: Epoch, n: u32, at: i64) -> StepEnd {
    StepEnd {
        plan_id: plan_id.to_owned(),
        epoch,
        n,
        at: minute(at),
        body: "{\"code\":200}".to_owned(),
    }
}

/// An open incident of that id with letter A.
pub(crate) async fn with_incident(store: &SqlStore, id: &str) {
    let opened = entry(0, "incident.opened");
    store.open_incident(&incident(id), opened).await.unwrap();
    assert_eq!(store.letter_for(id, "scale/chat-app").await.unwrap(), 'A');
}

/// A plan that awaits, in an incident of its own.
pub(crate) async fn with_awaiting(store: &SqlStore, new: &NewPlan) {
    with_incident(store, &new.incident_id).await;
    store
        .save_plan(new, entry(0, "plan.proposed"))
        .await
        .unwrap();
}

/// A plan that alice approved.
pub(crate) async fn with_approved(store: &SqlStore, new: &NewPlan) {
    with_awaiting(store, new).await;
    let yes = approval(new, "alice", &format!("nonce of {}", new.id));
    approve(store, new, &yes).await;
}

pub(crate) async fn approve(store: &SqlStore, new: &NewPlan, yes: &Approval) {
    let noted = entry(1, "approval.given");
    store.add_approval(&new.id, yes, noted).await.unwrap();
    let to = moving(&new.id, PlanState::Awaiting, PlanState::Approved, None);
    store
        .move_plan(&to, entry(1, "plan.approved"))
        .await
        .unwrap();
}

/// A plan that `one` executes since minute 2, with a lease until minute 7.
pub(crate) async fn with_running(store: &SqlStore, id: &str) -> Epoch {
    let new = plan(id, &format!("incident of {id}"), 'A');
    with_approved(store, &new).await;
    let begun = entry(2, "plan.begun");
    store
        .begin(&claim(id, "one", 2), &no_limits(), begun)
        .await
        .unwrap()
}

pub(crate) async fn state_of(store: &SqlStore, plan_id: &str) -> PlanState {
    store.plan(plan_id).await.unwrap().unwrap().state
}

/// Asserts that a call was refused by this rule.
#[track_caller]
pub(crate) fn refused<T: core::fmt::Debug>(
    answer: Result<T, dogwatch_model::ports::store::StoreError>,
    code: &str,
) {
    match answer {
        Err(dogwatch_model::ports::store::StoreError::Refused(rule)) => {
            assert_eq!(rule.code(), code, "{rule}");
        }
        other => panic!("not refused by {code}: {other:?}"),
    }
}
