#![doc = include_str!("ca_down.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, Kind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components::{self, Readiness},
    rollout::Rollout,
    view::View,
};

/// No Pod of the cluster autoscaler is ready.
#[derive(Debug)]
pub(crate) struct CaDown;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/ca-down"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CaDown),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Look at how its Pods end and at their log: credentials for the provider, or the flags.",
    ],
    casebook: include_str!("ca_down.md"),
};

impl Check for CaDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view.rollouts.iter().filter(|known| is_autoscaler(known)) {
            components::report(view, rollout, report, Readiness::is_absent);
        }
    }
}

const NAME: &str = "cluster-autoscaler";

/// Charts put the provider before the name, and keep the name in a label.
fn is_autoscaler(rollout: &Rollout<'_>) -> bool {
    let labels = &rollout.workload.template().labels;
    let named = ["app.kubernetes.io/name", "k8s-app", "app"];
    let mut values = named.iter().filter_map(|key| labels.get(key));
    let has_label = values.any(|value| value.ends_with(NAME));
    rollout.workload.kind() == Kind::Deployment && (rollout.meta().name == NAME || has_label)
}
