#![doc = include_str!("cni_operator_missing.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind, Kind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components::{self, Readiness},
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
            components::report(view, rollout, report, Readiness::is_absent);
        }
    }
}

/// Operators without which an agent of the Pod network does not come up.
const OPERATORS: &[&str] = &["cilium-operator"];

fn is_meant(rollout: &Rollout<'_>) -> bool {
    rollout.workload.kind() == Kind::Deployment && OPERATORS.contains(&&*rollout.meta().name)
}
