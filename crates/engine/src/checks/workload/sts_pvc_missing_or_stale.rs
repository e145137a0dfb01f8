#![doc = include_str!("sts_pvc_missing_or_stale.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, WorkloadFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, notes},
    rollout::Workload,
    view::View,
};

/// A StatefulSet cannot make the claim of a Pod, or the claim is on its way out.
#[derive(Debug)]
pub(crate) struct StsClaim;

static META: Meta = Meta {
    id: CheckId::new("workload/sts-pvc-missing-or-stale"),
    kind: FindingKind::Workload(WorkloadFinding::StsClaim),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Read the words of the API server (quota, class, size). When the claim is being deleted, let it go first: the StatefulSet makes a new one with the next Pod.",
    ],
    casebook: include_str!("sts_pvc_missing_or_stale.md"),
};

impl Check for StsClaim {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::StatefulSet(set) = rollout.workload else {
                continue;
            };
            let event = notes::newest(view, &set.meta, &["FailedCreate"]);
            let named =
                event.and_then(|event| Some((event, CLAIM.get().captures(&event.message)?)));
            if let Some((event, found)) = named {
                let claim = found.name("claim").map_or("", |name| name.as_str());
                let pod = found.name("pod").map_or("", |name| name.as_str());
                let namespace = &set.meta.namespace;
                let is_over = view.snapshot.claim(namespace, claim).is_some()
                    || view.snapshot.pod_named(namespace, pod).is_some();
                if !is_over {
                    let subject = Subject::of(rollout.object.clone())
                        .detail(claim)
                        .since(event.first_seen);
                    let replicas =
                        cite::status(&rollout.object, "status.replicas", rollout.counters.total);
                    report.found(subject, cite::event(event), [replicas]);
                }
            }
            for pod in rollout.new_pods.iter().filter(|pod| is_waiting(pod)) {
                for name in pod.spec.claims() {
                    let claim = view.snapshot.claim(&pod.meta.namespace, name);
                    let Some(claim) = claim.filter(|claim| claim.meta.is_terminating()) else {
                        continue;
                    };
                    let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
                    let at = claim
                        .meta
                        .deletion
                        .map_or_else(String::new, |at| at.to_string());
                    let fact = cite::status(&object, "metadata.deletionTimestamp", at);
                    let phase = cite::status(&cite::pod(pod), "status.phase", "Pending");
                    let subject = Subject::of(rollout.object.clone())
                        .detail(name)
                        .since(claim.meta.deletion);
                    report.found(subject, fact, [phase]);
                }
            }
        }
    }
}

static CLAIM: Pattern =
    Pattern::new(r"create Claim (?P<claim>\S+) for Pod (?P<pod>\S+) in StatefulSet");

fn is_waiting(pod: &Pod) -> bool {
    pod.status.phase == "Pending" && pod.node.is_empty() && !pod.meta.is_terminating()
}
