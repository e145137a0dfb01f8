#![doc = include_str!("capi_machine_node_missing.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A Machine has no node any more, or none was ever found.
#[derive(Debug)]
pub(crate) struct CapiMachineNodeMissing;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-machine-node-missing"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MachineNodeMissing),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &[
        "Compare spec.providerID of the Machine with those of the nodes; a deleted node does not come back by itself.",
    ],
    casebook: include_str!("capi_machine_node_missing.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Machine"],
    types: &["NodeHealthy", "NodeReady"],
    bad: &["False", "Unknown"],
    reasons: &["NodeNotFound", "NodeDeleted", "NodeDoesNotExist"],
    grace: customs::WORKING,
    fields: &["spec.providerID", "status.nodeRef.name", "status.phase"],
};

impl Check for CapiMachineNodeMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
