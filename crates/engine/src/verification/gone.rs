//! Whether a Pod, a Node, an autoscaler, or a workload with its Pods, is gone.

use dogwatch_model::{
    Kind, ObjectRef, Source,
    plan::{Outcome, Target},
    snapshot::Pod,
};

use super::unread;
use crate::{remedies::meta_of, view::View};

/// The label of a Pod that its ReplicaSet is called by.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// Of an object only its own incarnation counts; another one with its name is not the one that went.
pub(super) fn gone(view: &View<'_>, target: &Target) -> (Outcome, String) {
    let object = target.object().filter(|object| !object.uid.is_empty());
    match object {
        Some(object)
            if matches!(
                object.kind,
                Kind::Pod | Kind::Node | Kind::HorizontalPodAutoscaler
            ) =>
        {
            alone(view, target, &object)
        }
        Some(object) if object.kind.is_rollout() => workload(view, target, &object),
        Some(_) | None => {
            let words = format!("{} is not followed", target.kind);
            (Outcome::Undecided, words)
        }
    }
}

fn alone(view: &View<'_>, target: &Target, object: &ObjectRef) -> (Outcome, String) {
    let known = meta_of(view, target).filter(|meta| meta.uid == object.uid);
    if let Some(meta) = known {
        return there(target, meta.is_terminating());
    }
    unread(view, &[Source::Objects(object.kind)])
        .unwrap_or_else(|| (Outcome::Met, format!("{target} of before is gone")))
}

fn there(target: &Target, is_terminating: bool) -> (Outcome, String) {
    let word = if is_terminating {
        "is still being deleted"
    } else {
        "is still there"
    };
    (Outcome::Unmet, format!("{target} {word}"))
}

fn workload(view: &View<'_>, target: &Target, object: &ObjectRef) -> (Outcome, String) {
    let meta = meta_of(view, target);
    if let Some(meta) = meta.filter(|meta| meta.uid == object.uid) {
        return there(target, meta.is_terminating());
    }
    let mut sets = view.snapshot.replica_sets.iter();
    if let Some(set) = sets.find(|set| set.meta.is_controlled_by(&object.uid)) {
        let words = format!("ReplicaSet {} of {target} is still there", set.meta.name);
        return (Outcome::Unmet, words);
    }
    let pods = view.snapshot.pods.iter();
    let left: Vec<&Pod> = pods.filter(|pod| was_of(view, pod, object)).collect();
    if let Some(first) = left.first() {
        let name = &first.meta.name;
        let words = format!(
            "{} Pods of {target} are still there, such as {name}",
            left.len()
        );
        return (Outcome::Unmet, words);
    }
    let between = match object.kind {
        Kind::Deployment => Kind::ReplicaSet,
        _ => Kind::Pod,
    };
    let sources = [object.kind, between, Kind::Pod].map(Source::Objects);
    unread(view, &sources).unwrap_or_else(|| {
        (
            Outcome::Met,
            format!("{target} of before and its Pods are gone"),
        )
    })
}

/// True for a Pod of the workload. The ReplicaSet of a Deployment may be gone before its Pods: then
/// its name tells, which is made of the Deployment's and of a label of the Pod.
fn was_of(view: &View<'_>, pod: &Pod, workload: &ObjectRef) -> bool {
    let Some(owner) = pod.meta.controller() else {
        return false;
    };
    if owner.uid == workload.uid {
        return true;
    }
    let is_candidate = workload.kind == Kind::Deployment
        && owner.kind == "ReplicaSet"
        && pod.meta.namespace == workload.namespace;
    let mut sets = view.snapshot.replica_sets.iter();
    if !is_candidate || sets.any(|set| set.meta.uid == owner.uid) {
        return false;
    }
    let hash = pod.meta.labels.get(TEMPLATE_HASH).unwrap_or_default();
    owner.name == *format!("{}-{hash}", workload.name)
}
