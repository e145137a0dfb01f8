//! Which incarnation of an object is meant: UIDs from what is there.

use dogwatch_model::{
    Kind, ObjectRef, Snapshot, Source,
    plan::{RemedyRequest, Target},
};

use super::RecoveryError;

/// UID of the Namespace that every cluster has exactly one of.
pub(crate) fn cluster_uid(snapshot: &Snapshot) -> Result<String, RecoveryError> {
    let mut namespaces = snapshot.namespaces.iter();
    let system = namespaces.find(|namespace| namespace.meta.name == "kube-system");
    system.map(|system| system.meta.uid.as_str().to_owned()).ok_or_else(|| {
        RecoveryError::NotNow(
            "Namespace kube-system could not be read; its UID names the cluster, so grant get and list on namespaces".to_owned(),
        )
    })
}

/// The object with the UID that it has now.
pub(crate) fn seen_as(snapshot: &Snapshot, target: &ObjectRef) -> Result<ObjectRef, RecoveryError> {
    let uid = uid_of(snapshot, target);
    let uid = uid.ok_or_else(|| RecoveryError::Unknown(format!("{target} does not exist")))?;
    Ok(ObjectRef {
        uid,
        ..target.clone()
    })
}

fn uid_of(snapshot: &Snapshot, target: &ObjectRef) -> Option<dogwatch_model::Uid> {
    let Target {
        namespace, name, ..
    } = Target::of(target);
    macro_rules! among {
        ($($kind:ident $list:ident;)*) => {
            match target.kind {
                $(Kind::$kind => snapshot.$list.iter().map(|known| &known.meta).find(|meta| {
                    *meta.name == *name && *meta.namespace == *namespace
                }),)*
                _ => snapshot.customs.iter().filter(|known| known.kind == target.kind)
                    .map(|known| &known.meta)
                    .find(|meta| *meta.name == *name && *meta.namespace == *namespace),
            }
        };
    }
    let meta = among! {
        Deployment deployments;
        StatefulSet stateful_sets;
        DaemonSet daemon_sets;
        ReplicaSet replica_sets;
        Pod pods;
        Node nodes;
        Service services;
        Job jobs;
        CronJob cron_jobs;
        HorizontalPodAutoscaler autoscalers;
        PersistentVolumeClaim claims;
        ResourceQuota quotas;
        LimitRange limit_ranges;
        Namespace namespaces;
    };
    meta.map(|meta| meta.uid.clone())
}

/// Fills in the UIDs of what a request names.
pub(crate) fn with_uids(snapshot: &Snapshot, mut request: RemedyRequest) -> RemedyRequest {
    for target in request.targets_mut() {
        if target.uid.is_empty()
            && let Some(uid) = target.object().and_then(|object| uid_of(snapshot, &object))
        {
            uid.as_str().clone_into(&mut target.uid);
        }
    }
    request
}

/// The first object of a request that is not there although all of its kind were read.
pub(crate) fn missing(snapshot: &Snapshot, request: &RemedyRequest) -> Option<String> {
    let mut request = request.clone();
    let mut targets = request.targets_mut().into_iter();
    let target = targets.find(|target| {
        let kind = target.object().map(|object| object.kind);
        let is_read = |kind: Kind| snapshot.ledger.is_complete(Source::Objects(kind));
        target.uid.is_empty() && !target.name.is_empty() && kind.is_some_and(is_read)
    })?;
    Some(target.to_string())
}

/// Fills in the time of a restart, a requeue or a new revision.
pub(crate) fn with_time(mut request: RemedyRequest, now: &str) -> RemedyRequest {
    if let RemedyRequest::RestartWorkload { at, .. }
    | RemedyRequest::RequeueRelease { at, .. }
    | RemedyRequest::RollbackRelease { at, .. } = &mut request
        && at.is_empty()
    {
        now.clone_into(at);
    }
    request
}
