#![doc = include_str!("capi_md_rollout_stuck.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// New Machines of a MachineDeployment cannot be made.
#[derive(Debug)]
pub(crate) struct CapiMdRolloutStuck;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-md-rollout-stuck"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MdRolloutStuck),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::MACHINE_SET)),
        Source::Objects(Kind::Custom(CustomKind::MACHINE_DEPLOYMENT)),
    ],
    advice: &[
        "Mend what the message names; a preflight check waits for the control plane to be stable and of a version that fits.",
    ],
    casebook: include_str!("capi_md_rollout_stuck.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["MachineSet", "MachineDeployment"],
    types: &["MachinesCreated"],
    bad: &["False"],
    reasons: &[
        "PreflightCheckFailed",
        "MachineCreationFailed",
        "BootstrapTemplateCloningFailed",
        "InfrastructureTemplateCloningFailed",
    ],
    grace: customs::WORKING,
    fields: &["spec.clusterName", "spec.replicas", "status.replicas"],
};

impl Check for CapiMdRolloutStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
