#![doc = include_str!("ccm_not_running.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components::{self, Readiness},
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
            components::report(view, rollout, report, Readiness::is_absent);
        }
    }
}

/// Words in the name or image of cloud controller managers.
const NAMES: &[&str] = &["cloud-controller-manager", "cloud-provider-vsphere"];

/// A workload that runs a cloud controller manager, by name or image.
fn is_meant(rollout: &Rollout<'_>) -> bool {
    let is_named = |text: &str| NAMES.iter().any(|name| text.contains(name));
    let mut containers = rollout.workload.template().spec.containers.iter();
    is_named(&rollout.meta().name) || containers.any(|known| is_named(&known.image))
}
