#![doc = include_str!("hcp_not_ready.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A HelmChartProxy is not ready because of its HelmReleaseProxies.
#[derive(Debug)]
pub(crate) struct HcpNotReady;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hcp-not-ready"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HcpNotReady),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY))],
    advice: &["Look at its HelmReleaseProxies; this condition repeats theirs."],
    casebook: include_str!("hcp_not_ready.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmChartProxy"],
    types: &[
        "HelmReleaseProxiesReady",
        "HelmReleaseProxySpecsUpToDate",
        "Ready",
    ],
    bad: &["False"],
    reasons: &[
        "HelmInstallOrUpgradeFailed",
        "HelmReleaseProxyCreationFailed",
        "HelmReleaseProxyDeletionFailed",
        "HelmReleaseProxyReinstalling",
        "ClusterSelectionFailed",
        "GetClusterFailed",
        "GetKubeconfigFailed",
        "NotAvailable",
    ],
    grace: customs::WORKING,
    fields: &["spec.chartName", "spec.releaseName"],
};

impl Check for HcpNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
