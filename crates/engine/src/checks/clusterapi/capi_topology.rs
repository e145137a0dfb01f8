#![doc = include_str!("capi_topology.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The topology of a cluster cannot be applied.
#[derive(Debug)]
pub(crate) struct CapiTopology;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-topology"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::Topology),
    needs: &[Source::Objects(Kind::Custom(CustomKind::CLUSTER))],
    advice: &["The message names the patch, variable, hook or template that does not fit."],
    casebook: include_str!("capi_topology.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Cluster"],
    types: &["TopologyReconciled"],
    bad: &["False"],
    reasons: &[],
    grace: SignedDuration::from_mins(10),
    fields: &[
        "spec.topology.class",
        "spec.topology.classRef.name",
        "spec.topology.version",
    ],
};

impl Check for CapiTopology {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
