#![doc = include_str!("capi_mhc_shortcircuit.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Too many Machines are unhealthy: none is replaced.
#[derive(Debug)]
pub(crate) struct CapiMhcShortcircuit;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-mhc-shortcircuit"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MhcShortcircuit),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::MACHINE_HEALTH_CHECK,
    ))],
    advice: &["Find what the unhealthy Machines have in common before anything is replaced."],
    casebook: include_str!("capi_mhc_shortcircuit.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["MachineHealthCheck"],
    types: &["RemediationAllowed"],
    bad: &["False"],
    reasons: &["TooManyUnhealthy"],
    grace: customs::WORKING,
    fields: &[
        "spec.maxUnhealthy",
        "spec.unhealthyRange",
        "status.currentHealthy",
        "status.expectedMachines",
    ],
};

impl Check for CapiMhcShortcircuit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
