#![doc = include_str!("ccm_not_running.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Rollout,
    view::View,
};

/// No replica of the cloud controller manager is ready.
#[derive(Debug)]
pub(crate) struct CcmNotRunning;

static META: Meta = Meta {
    id: CheckId::new("addon/ccm-not-running"),
    kind: FindingKind::Addon(AddonFinding::CcmNotRunning),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Look at how its Pods end; its log names what it cannot reach."],
    casebook: include_str!("ccm_not_running.md"),
};

impl Check for CcmNotRunning {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view.rollouts.iter().filter(|rollout| is_meant(rollout)) {
            let pods: Vec<&Pod> = rollout
                .new_pods
                .iter()
                .chain(&rollout.old_pods)
                .copied()
                .collect();
            let bad: Vec<&&Pod> = pods
                .iter()
                .filter(|pod| !pod.is_ready() && !pod.is_finished())
                .collect();
            let ready = pods.len() - bad.len();
            if ready > 0 || rollout.desired == 0 {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{ready} of {} ready", rollout.desired));
            let count = format!("{} of {}", rollout.counters.ready, rollout.desired);
            let facts = bad.iter().take(4).map(|pod| {
                let ready = pod
                    .condition("Ready")
                    .map_or("not reported", |known| &known.status);
                cite::status(&cite::pod(pod), "conditions.Ready", ready)
            });
            report.found(
                subject,
                cite::status(&rollout.object, "ready replicas", count),
                facts,
            );
        }
    }
}

/// A Deployment or DaemonSet that runs a cloud controller manager, by name or image.
fn is_meant(rollout: &Rollout<'_>) -> bool {
    let name = "cloud-controller-manager";
    rollout.meta().name.contains(name)
        || rollout
            .workload
            .template()
            .spec
            .containers
            .iter()
            .any(|known| known.image.contains(name))
}
