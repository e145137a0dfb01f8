#![doc = include_str!("capi_machine_unhealthy.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A Machine is judged unhealthy.
#[derive(Debug)]
pub(crate) struct CapiMachineUnhealthy;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-machine-unhealthy"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MachineUnhealthy),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &["Look at the node of this Machine: its conditions say what is wrong."],
    casebook: include_str!("capi_machine_unhealthy.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Machine"],
    types: &["HealthCheckSucceeded", "NodeHealthy", "NodeReady"],
    bad: &["False"],
    reasons: &[
        "UnhealthyNode",
        "UnhealthyMachine",
        "NodeStartupTimeout",
        "NodeConditionsFailed",
        "NodeNotHealthy",
    ],
    grace: customs::WORKING,
    fields: &["status.nodeRef.name", "status.phase"],
};

impl Check for CapiMachineUnhealthy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
