#![doc = include_str!("capi_cp_not_initialized.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The control plane of a cluster does not come up.
#[derive(Debug)]
pub(crate) struct CapiCpNotInitialized;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-cp-not-initialized"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::CpNotInitialized),
    needs: &[Source::Objects(Kind::Custom(CustomKind::CLUSTER))],
    advice: &[
        "Look at the first control-plane Machine: infrastructure, bootstrap data, then the log of cloud-init.",
    ],
    casebook: include_str!("capi_cp_not_initialized.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Cluster"],
    types: &["ControlPlaneInitialized"],
    bad: &["False"],
    reasons: &[],
    grace: SignedDuration::from_mins(20),
    fields: &[
        "spec.controlPlaneRef.kind",
        "spec.controlPlaneRef.name",
        "status.phase",
    ],
};

impl Check for CapiCpNotInitialized {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
