#![doc = include_str!("hcp_updating_stuck.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A HelmChartProxy waits for one of its HelmReleaseProxies to be looked at.
#[derive(Debug)]
pub(crate) struct HcpUpdatingStuck;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hcp-updating-stuck"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HcpUpdatingStuck),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY))],
    advice: &[
        "Look at the HelmReleaseProxy that the message names: its worker is busy in a wait of Helm.",
    ],
    casebook: include_str!("hcp_updating_stuck.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmChartProxy"],
    types: &["HelmReleaseProxySpecsUpToDate", "Ready"],
    bad: &["False"],
    reasons: &["HelmReleaseProxySpecsUpdating"],
    grace: customs::WORKING,
    fields: &["spec.chartName", "spec.releaseName", "spec.version"],
};

impl Check for HcpUpdatingStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
