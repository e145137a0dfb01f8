//! Which findings belong to a target: those about it and its parts, and what explains them.

use std::collections::BTreeSet;

use dogwatch_model::{Finding, FindingKind, Kind, ObjectRef, Severity, snapshot::Pod};

use crate::{causality, view::View};

/// Findings about the target, and everything that explains them directly or through others.
pub(super) fn of_target(view: &View<'_>, findings: &[Finding], target: &ObjectRef) -> Vec<Finding> {
    let graph = causality::build(view, findings);
    let mut kept: BTreeSet<usize> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| is_about(view, &finding.object, target) || serves(finding, target))
        .map(|(index, _)| index)
        .collect();
    loop {
        let causes: Vec<usize> = graph
            .edges
            .iter()
            .filter(|edge| kept.contains(&edge.effect) && !kept.contains(&edge.cause))
            .filter(|edge| !is_idle(&findings[edge.effect]))
            .map(|edge| edge.cause)
            .collect();
        if causes.is_empty() {
            break;
        }
        kept.extend(causes);
    }
    kept.into_iter()
        .map(|index| findings[index].clone())
        .collect()
}

/// True for a reason of the scheduler that does not decide: what brought it about keeps nobody away.
fn is_idle(finding: &Finding) -> bool {
    matches!(finding.kind, FindingKind::Scheduling(_))
        && finding.severity == Severity::Info
        && !finding.against.is_empty()
}

/// True for a finding about an autoscaler, a Service or a way to it that cites the target itself:
/// whose labels a selector misses, or whom an autoscaler does not reach.
fn serves(finding: &Finding, target: &ObjectRef) -> bool {
    let is_around = matches!(
        finding.kind,
        FindingKind::Network(_) | FindingKind::Autoscaling(_)
    );
    let mut facts = finding.evidence.iter().map(|fact| &fact.object);
    is_around
        && facts.any(|object| {
            object.kind == target.kind
                && object.name == *target.name
                && object.namespace == *target.namespace
        })
}

/// True when the object is the target, a part of it, or serves it: its ReplicaSets and Pods, the
/// claims that those mount, the Services that select them.
pub(super) fn is_about(view: &View<'_>, object: &ObjectRef, target: &ObjectRef) -> bool {
    // What is true of a whole Namespace concerns everything in it; `*` stands for all of them.
    if object.kind == Kind::Namespace {
        let is_everywhere = object.name == "*" || target.namespace.is_empty();
        return is_everywhere || object.name == target.namespace;
    }
    let same_place = object.namespace == *target.namespace;
    if object.kind == target.kind && object.name == *target.name && same_place {
        return true;
    }
    let mut pods = pods_of(view, target);
    match object.kind {
        Kind::Pod => pods.any(|pod| pod.meta.name == *object.name && same_place),
        Kind::ReplicaSet => {
            let rollout = view.rollout(target);
            rollout
                .and_then(|rollout| rollout.version.new_rs)
                .is_some_and(|set| set.meta.name == *object.name && same_place)
        }
        Kind::HorizontalPodAutoscaler => {
            let mut all = view.snapshot.autoscalers.iter();
            same_place
                && all.any(|known| {
                    let scaled = &known.spec.scale_target_ref;
                    known.meta.name == *object.name
                        && known.meta.namespace == *object.namespace
                        && scaled.kind == target.kind.name()
                        && scaled.name == *target.name
                })
        }
        Kind::PersistentVolumeClaim => {
            same_place && pods.any(|pod| pod.spec.claims().any(|claim| *claim == *object.name))
        }
        Kind::Service => {
            let service = view.snapshot.services.iter().find(|service| {
                service.meta.name == *object.name && service.meta.namespace == *object.namespace
            });
            same_place
                && service.is_some_and(|service| {
                    pods.any(|pod| {
                        service
                            .spec
                            .selector
                            .iter()
                            .all(|(key, value)| pod.meta.labels.get(key) == Some(value))
                    })
                })
        }
        _ => false,
    }
}

/// The Pods of a target: of the workload, of the Job, on the node, or the Pod itself.
fn pods_of<'v, 'a>(
    view: &'v View<'a>,
    target: &'v ObjectRef,
) -> Box<dyn Iterator<Item = &'a Pod> + 'v> {
    if let Some(rollout) = view.rollout(target) {
        return Box::new(rollout.new_pods.iter().chain(&rollout.old_pods).copied());
    }
    let pods = view.snapshot.pods.iter();
    match target.kind {
        Kind::Pod => Box::new(pods.filter(move |pod| {
            pod.meta.name == *target.name && pod.meta.namespace == *target.namespace
        })),
        _ => Box::new(pods.filter(move |pod| {
            pod.meta.namespace == *target.namespace
                && pod.meta.controller().is_some_and(|owner| {
                    owner.kind == target.kind.name() && owner.name == *target.name
                })
        })),
    }
}
