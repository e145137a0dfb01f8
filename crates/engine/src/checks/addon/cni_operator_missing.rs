#![doc = include_str!("cni_operator_missing.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind, Kind, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Rollout,
    view::View,
};

/// No replica of the operator of the Pod network is ready.
#[derive(Debug)]
pub(crate) struct CniOperatorMissing;

static META: Meta = Meta {
    id: CheckId::new("addon/cni-operator-missing"),
    kind: FindingKind::Addon(AddonFinding::CniOperatorMissing),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Find out why its Pods do not run; one replica is enough."],
    casebook: include_str!("cni_operator_missing.md"),
};

impl Check for CniOperatorMissing {
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

/// Operators without which an agent of the Pod network does not come up.
const OPERATORS: &[&str] = &["cilium-operator", "tigera-operator"];

fn is_meant(rollout: &Rollout<'_>) -> bool {
    rollout.workload.kind() == Kind::Deployment && OPERATORS.contains(&&*rollout.meta().name)
}
