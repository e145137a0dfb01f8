#![doc = include_str!("new_version_not_created.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// The new version has no ReplicaSet.
#[derive(Debug)]
pub(crate) struct NewVersionNotCreated;

static META: Meta = Meta {
    id: CheckId::new("workload/new-version-not-created"),
    kind: FindingKind::Workload(WorkloadFinding::NewVersionNotCreated),
    needs: sources::WORKLOADS,
    advice: &["Look at the Events of the Deployment and at the kube-controller-manager."],
    casebook: include_str!("new_version_not_created.md"),
};

impl Check for NewVersionNotCreated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::Deployment(item) = rollout.workload else {
                continue;
            };
            if !rollout.is_observed() || rollout.is_paused() || rollout.has_new_version() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone());
            let revisions: Vec<&str> = rollout
                .version
                .old_rs
                .iter()
                .map(|set| &*set.meta.name)
                .collect();
            let owned = format!(
                "no owned ReplicaSet has this template; owned: [{}]",
                revisions.join(", ")
            );
            let fact = cite::status(&rollout.object, "ReplicaSets", owned);
            let progressing = rollout.condition("Progressing");
            let count = cite::spec(
                &rollout.object,
                "spec.replicas",
                item.spec.replicas.unwrap_or(1),
            );
            let said = progressing.map(|condition| cite::condition(&rollout.object, condition));
            report.found(subject, fact, said.into_iter().chain([count]));
        }
    }
}
