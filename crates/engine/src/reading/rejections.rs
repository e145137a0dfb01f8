//! Pods (or ReplicaSets) that the API server refused to create, by who refused.

mod words;

pub(crate) use words::{RejectClass, classify};

use dogwatch_model::{
    Evidence, Kind, ObjectRef, Source,
    snapshot::{Condition, Event, Meta, find_condition},
};
use jiff::Timestamp;

use super::has_any;
use crate::{
    check::{Report, Subject},
    cite,
    rollout::{Rollout, Workload},
    view::View,
};

/// One owner whose objects are refused.
#[derive(Debug)]
pub(crate) struct Rejection {
    /// The object that could not create: ReplicaSet, StatefulSet, DaemonSet, Job or Deployment.
    pub(crate) object: ObjectRef,
    /// The workload it works for.
    pub(crate) workload: Option<ObjectRef>,
    pub(crate) class: RejectClass,
    /// The quota, webhook, ServiceAccount or other name that the words hold.
    pub(crate) detail: String,
    pub(crate) created: i64,
    pub(crate) desired: i64,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

pub(crate) fn read(view: &View<'_>) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    for rollout in &view.rollouts {
        rejections.extend(read_rollout(view, rollout));
    }
    for job in &view.snapshot.jobs {
        let status = &job.status;
        if status.active + status.succeeded + status.failed == 0 && !job.spec.suspend {
            let object = cite::object(Kind::Job, &job.meta);
            rejections.extend(read_owner(
                view,
                Owner {
                    object,
                    meta: &job.meta,
                    workload: None,
                    condition: None,
                    created: 0,
                    desired: 1,
                    is_late: false,
                },
            ));
        }
    }
    rejections
}

struct Owner<'a> {
    object: ObjectRef,
    meta: &'a Meta,
    workload: Option<ObjectRef>,
    condition: Option<&'a Condition>,
    created: i64,
    desired: i64,
    /// Pods are missing for so long that silence is suspicious too.
    is_late: bool,
}

fn read_rollout(view: &View<'_>, rollout: &Rollout<'_>) -> Option<Rejection> {
    if !rollout.is_observed() {
        return None;
    }
    let workload = Some(rollout.object.clone());
    match rollout.workload {
        Workload::Deployment(_) => {
            let Some(new_rs) = rollout.version.new_rs else {
                return read_version(view, rollout);
            };
            let condition = find_condition(&new_rs.status.conditions, "ReplicaFailure");
            read_owner(
                view,
                Owner {
                    object: cite::object(Kind::ReplicaSet, &new_rs.meta),
                    meta: &new_rs.meta,
                    workload,
                    condition: condition.filter(|condition| condition.is_true()),
                    created: new_rs.status.replicas,
                    desired: new_rs.desired(),
                    is_late: is_late(view, [new_rs.meta.created, rescaled(view, rollout)]),
                },
            )
        }
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => read_owner(
            view,
            Owner {
                object: rollout.object.clone(),
                meta: rollout.meta(),
                workload,
                condition: None,
                created: rollout.counters.total,
                desired: rollout.desired,
                is_late: is_late(view, [rollout.meta().created, None])
                    && !waits_for_ordinal(view, rollout),
            },
        ),
    }
}

/// A Deployment whose ReplicaSet is refused; only words of a known refusal count here.
fn read_version(view: &View<'_>, rollout: &Rollout<'_>) -> Option<Rejection> {
    let condition = creation_error(rollout)?;
    let (class, detail) = classify(&condition.message);
    if class == RejectClass::Other {
        return None;
    }
    let newest = view
        .events_since(&rollout.meta().uid, rollout.meta().created)
        .filter(|event| event.reason == "ReplicaSetCreateError")
        .last();
    let said = cite::condition(&rollout.object, condition);
    let quota = quota_evidence(view, class, &rollout.meta().namespace, &detail);
    Some(Rejection {
        object: rollout.object.clone(),
        workload: Some(rollout.object.clone()),
        class,
        detail,
        created: 0,
        desired: rollout.desired,
        since: condition.since,
        evidence: [said]
            .into_iter()
            .chain(newest.map(cite::event))
            .chain(quota)
            .collect(),
    })
}

/// The condition of a Deployment that cannot create the ReplicaSet of its new version.
pub(crate) fn creation_error<'a>(rollout: &Rollout<'a>) -> Option<&'a Condition> {
    rollout
        .condition("Progressing")
        .filter(|known| known.reason == "ReplicaSetCreateError" && !known.is_true())
        .filter(|_| !rollout.has_new_version())
}

/// When the Deployment controller last asked for another number of Pods.
fn rescaled(view: &View<'_>, rollout: &Rollout<'_>) -> Option<Timestamp> {
    view.events_since(&rollout.meta().uid, rollout.meta().created)
        .filter(|event| event.reason == "ScalingReplicaSet")
        .filter_map(|event| event.last_seen)
        .max()
}

/// An ordered StatefulSet creates the next Pod only after the earlier ones are ready.
fn waits_for_ordinal(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    rollout.is_ordered() && rollout.blocking_ordinal(view.now()).is_some()
}

/// True when every known beginning is longer ago than a live controller needs.
fn is_late(view: &View<'_>, begun: [Option<Timestamp>; 2]) -> bool {
    const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
    begun
        .into_iter()
        .flatten()
        .all(|at| view.now().duration_since(at) > PATIENCE)
}

fn read_owner(view: &View<'_>, owner: Owner<'_>) -> Option<Rejection> {
    if owner.created >= owner.desired || owner.meta.is_terminating() {
        return None;
    }
    let events = failed_creates(view, &owner);
    let newest = events.last().copied();
    // Rule R5: the fact comes from the condition, the words from the newest Event.
    let text = newest
        .map(|event| &*event.message)
        .or(owner.condition.map(|condition| &*condition.message))
        .unwrap_or("");
    if text.is_empty() && !owner.is_late {
        return None;
    }
    let (class, detail) = if text.is_empty() {
        (RejectClass::NoWords, String::new())
    } else {
        classify(text)
    };
    let counts = format!("{} of {} Pods created", owner.created, owner.desired);
    let field = match owner.object.kind {
        Kind::DaemonSet => "status.currentNumberScheduled",
        Kind::Job => "status.active",
        _ => "status.replicas",
    };
    let mut evidence = vec![cite::status(&owner.object, field, counts)];
    evidence.extend(newest.map(cite::event));
    evidence.extend(
        owner
            .condition
            .map(|condition| cite::condition(&owner.object, condition)),
    );
    evidence.extend(quota_evidence(view, class, &owner.meta.namespace, &detail));
    let first = events.first().and_then(|event| event.first_seen);
    Some(Rejection {
        since: first.or(owner.condition.and_then(|condition| condition.since)),
        object: owner.object,
        workload: owner.workload,
        class,
        detail,
        created: owner.created,
        desired: owner.desired,
        evidence,
    })
}

/// `FailedCreate` Events that no later success of the same owner has answered. A condition that
/// says that it still fails outweighs a success: of several Pods some may be let in.
fn failed_creates<'a>(view: &View<'a>, owner: &Owner<'_>) -> Vec<&'a Event> {
    let events: Vec<&Event> = view
        .events_since(&owner.meta.uid, owner.meta.created)
        .collect();
    let answered = events
        .iter()
        .filter(|event| event.reason == "SuccessfulCreate" && owner.condition.is_none())
        .filter_map(|event| event.last_seen)
        .max();
    events
        .into_iter()
        .filter(|event| {
            event.reason == "FailedCreate" && has_any(&event.message, &["error creating", "failed"])
        })
        .filter(|event| event.last_seen.is_none() || event.last_seen >= answered)
        .collect()
}

fn quota_evidence(
    view: &View<'_>,
    class: RejectClass,
    namespace: &str,
    name: &str,
) -> Option<Evidence> {
    if class != RejectClass::QuotaExceeded {
        return None;
    }
    let quota = view
        .snapshot
        .quotas
        .iter()
        .find(|quota| quota.meta.namespace == *namespace && quota.meta.name == *name)?;
    let used = |name: &str| quota.status.used.get(name).unwrap_or_default();
    let full = quota
        .status
        .hard
        .iter()
        .map(|(name, hard)| format!("{name} {}/{hard}", used(name)));
    let object = cite::object(Kind::ResourceQuota, &quota.meta);
    Some(cite::status(
        &object,
        "status.used/hard",
        full.collect::<Vec<_>>().join(", "),
    ))
}

/// Reports every rejection of one class.
pub(crate) fn report(view: &View<'_>, class: RejectClass, report: &mut Report<'_>) {
    for rejection in view
        .rejections
        .iter()
        .filter(|rejection| rejection.class == class)
    {
        report.found_all(subject(rejection), rejection.evidence.iter().cloned());
    }
    let mute = |rejection: &&Rejection| rejection.class == RejectClass::NoWords;
    for rejection in view
        .rejections
        .iter()
        .filter(mute)
        .filter(|_| !view.has_events())
    {
        let object = rejection
            .workload
            .as_ref()
            .unwrap_or(&rejection.object)
            .clone();
        report.undecided(object, Source::Objects(Kind::Event));
    }
}

/// What a finding about a rejection is about: the workload where there is one.
pub(crate) fn subject(rejection: &Rejection) -> Subject {
    let object = rejection
        .workload
        .as_ref()
        .unwrap_or(&rejection.object)
        .clone();
    Subject::of(object)
        .detail(rejection.detail.clone())
        .since(rejection.since)
}
