//! Pods (or ReplicaSets) that the API server refused to create, by who refused.

use dogwatch_model::{
    Evidence, Kind, ObjectRef, Source, Uid,
    snapshot::{Condition, Event, Meta},
};
use jiff::Timestamp;

use super::{Pattern, has_any};
use crate::{
    check::{Report, Subject},
    cite,
    rollout::{Rollout, Workload},
    view::View,
};

/// Who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RejectClass {
    QuotaExceeded,
    QuotaMustSpecify,
    QuotaStatusUnknown,
    LimitRange,
    PodSecurity,
    SecurityContextConstraints,
    WebhookDenied,
    WebhookUnreachable,
    WebhookCert,
    WebhookOrphan,
    AdmissionPolicy,
    ServiceAccountMissing,
    PriorityClassMissing,
    RuntimeClassMissing,
    NodeSelectorConflict,
    SecretNotMountable,
    NamespaceTerminating,
    Forbidden,
    Invalid,
    /// The words fit no class.
    Other,
    /// Pods are missing and no Event says why.
    NoWords,
}

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

static QUOTA: Pattern = Pattern::new(
    r"exceeded quota: (?P<q>[^,]+), requested: (?P<req>.+), used: (?P<used>.+), limited: (?P<lim>.+)",
);
static MUST_SPECIFY: Pattern = Pattern::new(r"failed quota: (?P<q>[^:]+): must specify (?P<r>.*)");
static LIMIT: Pattern = Pattern::new(
    r"(?P<words>(minimum|maximum) \S+ usage per (Container|Pod|PersistentVolumeClaim) is [^,]+|max limit to request ratio per [^,]+)",
);
static POD_SECURITY: Pattern = Pattern::new(r#"violates PodSecurity "(?P<level>[^"]+)""#);
static WEBHOOK_DENIED: Pattern =
    Pattern::new(r#"admission webhook "(?P<w>[^"]+)" denied the request"#);
static WEBHOOK_CALL: Pattern = Pattern::new(r#"failed calling webhook "(?P<w>[^"]+)""#);
static POLICY: Pattern = Pattern::new(r"ValidatingAdmissionPolicy '(?P<p>[^']+)'");
static ACCOUNT: Pattern = Pattern::new(
    r#"error looking up service account [^/]+/(?P<sa>[^:]+): |serviceaccounts? "(?P<sb>[^"]+)" not found"#,
);
static PRIORITY: Pattern = Pattern::new(r"no PriorityClass with name (?P<p>\S+) was found");
static RUNTIME: Pattern = Pattern::new(r#"RuntimeClass "(?P<r>[^"]+)" not found"#);
static INVALID: Pattern = Pattern::new(r#"(Pod|pods?) "[^"]*" is invalid: (?P<why>.*)"#);

/// The class of a refusal, with the name that matters.
pub(crate) fn classify(text: &str) -> (RejectClass, String) {
    if let Some(name) = WEBHOOK_CALL.capture(text, "w") {
        return (webhook_failure(text), name.to_owned());
    }
    let named: &[(&Pattern, &str, RejectClass)] = &[
        (&QUOTA, "q", RejectClass::QuotaExceeded),
        (&MUST_SPECIFY, "q", RejectClass::QuotaMustSpecify),
        (&POD_SECURITY, "level", RejectClass::PodSecurity),
        (&WEBHOOK_DENIED, "w", RejectClass::WebhookDenied),
        (&POLICY, "p", RejectClass::AdmissionPolicy),
        (&PRIORITY, "p", RejectClass::PriorityClassMissing),
        (&RUNTIME, "r", RejectClass::RuntimeClassMissing),
        (&LIMIT, "words", RejectClass::LimitRange),
        (&INVALID, "why", RejectClass::Invalid),
    ];
    for (pattern, group, class) in named {
        if let Some(name) = pattern.capture(text, group) {
            return (*class, name.trim_end_matches('.').to_owned());
        }
    }
    if let Some(found) = ACCOUNT.get().captures(text) {
        let name = found.name("sa").or_else(|| found.name("sb"));
        let name = name.map_or("", |name| name.as_str());
        return (RejectClass::ServiceAccountMissing, name.to_owned());
    }
    let phrases: &[(&str, RejectClass)] = &[
        ("status unknown for quota", RejectClass::QuotaStatusUnknown),
        ("insufficient quota to", RejectClass::QuotaExceeded),
        (
            "unable to validate against any security context constraint",
            RejectClass::SecurityContextConstraints,
        ),
        (
            "node label selector conflicts",
            RejectClass::NodeSelectorConflict,
        ),
        ("service account", RejectClass::SecretNotMountable),
        (
            "because it is being terminated",
            RejectClass::NamespaceTerminating,
        ),
        ("is forbidden", RejectClass::Forbidden),
    ];
    let lower = text.to_ascii_lowercase();
    let class = phrases
        .iter()
        .filter(|(phrase, class)| {
            *class != RejectClass::SecretNotMountable
                || lower.contains("does not reference")
                || !phrase.contains("service account")
        })
        .find(|(phrase, _)| lower.contains(phrase))
        .map_or(RejectClass::Other, |(_, class)| *class);
    (class, String::new())
}

fn webhook_failure(text: &str) -> RejectClass {
    if text.contains("x509:") || text.contains("tls: ") {
        RejectClass::WebhookCert
    } else if text.contains("service \"") && text.contains("not found") {
        RejectClass::WebhookOrphan
    } else {
        RejectClass::WebhookUnreachable
    }
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Rejection> {
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

fn read_rollout<'a>(view: &View<'a>, rollout: &Rollout<'a>) -> Option<Rejection> {
    if !rollout.is_observed() {
        return None;
    }
    let workload = Some(rollout.object.clone());
    match rollout.workload {
        Workload::Deployment(_) => {
            let new_rs = rollout.version.new_rs?;
            let condition = dogwatch_model::snapshot::find_condition(
                &new_rs.status.conditions,
                "ReplicaFailure",
            );
            read_owner(
                view,
                Owner {
                    object: cite::object(Kind::ReplicaSet, &new_rs.meta),
                    meta: &new_rs.meta,
                    workload,
                    condition: condition.filter(|condition| condition.is_true()),
                    created: new_rs.status.replicas,
                    desired: new_rs.desired(),
                    is_late: is_late(view, new_rs.meta.created),
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
                is_late: is_late(view, rollout.meta().created) && !waits_for_ordinal(view, rollout),
            },
        ),
    }
}

/// An ordered StatefulSet creates the next Pod only after the earlier ones are ready.
fn waits_for_ordinal(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    rollout.blocking_ordinal(view.now()).is_some()
}

fn is_late(view: &View<'_>, created: Option<Timestamp>) -> bool {
    const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
    created.is_none_or(|created| view.now().duration_since(created) > PATIENCE)
}

fn read_owner<'a>(view: &View<'a>, owner: Owner<'a>) -> Option<Rejection> {
    if owner.created >= owner.desired || owner.meta.is_terminating() {
        return None;
    }
    let events: Vec<&Event> = failed_creates(view, &owner.meta.uid, owner.meta.created);
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
    let mut evidence = vec![cite::status(&owner.object, "status.replicas", counts)];
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

/// `FailedCreate` Events that no later success of the same owner has answered.
fn failed_creates<'a>(view: &View<'a>, uid: &Uid, begun: Option<Timestamp>) -> Vec<&'a Event> {
    let events: Vec<&Event> = view.events_since(uid, begun).collect();
    events
        .into_iter()
        .filter(|event| {
            event.reason == "FailedCreate" && has_any(&event.message, &["error creating", "failed"])
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, class: RejectClass, detail: &str) {
        assert_eq!(classify(text), (class, detail.to_owned()), "{text}");
    }

    #[test]
    fn refusals_by_who_refused() {
        check(
            "Error creating: pods \"api-7d9-x\" is forbidden: exceeded quota: compute, requested: \
             cpu=1, used: cpu=4, limited: cpu=4",
            RejectClass::QuotaExceeded,
            "compute",
        );
        check(
            "Error creating: pods \"a\" is forbidden: failed quota: q: must specify limits.cpu",
            RejectClass::QuotaMustSpecify,
            "q",
        );
        check(
            "Error creating: pods \"a\" is forbidden: maximum memory usage per Container is 1Gi, \
             but limit is 2Gi",
            RejectClass::LimitRange,
            "maximum memory usage per Container is 1Gi",
        );
        check(
            "Error creating: pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": x",
            RejectClass::PodSecurity,
            "restricted:latest",
        );
        check(
            "Error creating: admission webhook \"v.example.com\" denied the request: no",
            RejectClass::WebhookDenied,
            "v.example.com",
        );
        check(
            "Error creating: Internal error occurred: failed calling webhook \"v.example.com\": \
             failed to call webhook: Post \"https://v.ns.svc:443/x\": no endpoints available for \
             service \"v\"",
            RejectClass::WebhookUnreachable,
            "v.example.com",
        );
        check(
            "Error creating: Internal error occurred: failed calling webhook \"v.example.com\": \
             failed to call webhook: Post \"https://v.ns.svc:443/x\": service \"v\" not found",
            RejectClass::WebhookOrphan,
            "v.example.com",
        );
        check(
            "Error creating: pods \"a\" is forbidden: error looking up service account shop/robot: \
             serviceaccount \"robot\" not found",
            RejectClass::ServiceAccountMissing,
            "robot",
        );
        check(
            "Error creating: pods \"a\" is forbidden: no PriorityClass with name high was found",
            RejectClass::PriorityClassMissing,
            "high",
        );
        check(
            "Error creating: pods \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding \
             'b' denied request: x",
            RejectClass::AdmissionPolicy,
            "p",
        );
        check(
            "Error creating: Pod \"a\" is invalid: spec.x: Required value",
            RejectClass::Invalid,
            "spec.x: Required value",
        );
        check(
            "Error creating: the server is on fire",
            RejectClass::Other,
            "",
        );
    }
}
