#![doc = include_str!("hrp_helm_failed.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Helm could not install or upgrade a release in a workload cluster.
#[derive(Debug)]
pub(crate) struct HrpHelmFailed;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-helm-failed"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpHelmFailed),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::HELM_RELEASE_PROXY,
    ))],
    advice: &[
        "Mend what the release waits for; the controller tries again by itself, with growing pauses and every ten minutes. Never delete the HelmReleaseProxy: that uninstalls the release.",
    ],
    casebook: include_str!("hrp_helm_failed.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmReleaseProxy"],
    types: &["HelmReleaseReady", "Ready"],
    bad: &["False"],
    reasons: &["HelmInstallOrUpgradeFailed", "HelmReleaseGetFailed"],
    grace: customs::WORKING,
    fields: &[
        "spec.clusterRef.name",
        "spec.releaseName",
        "spec.namespace",
        "status.status",
        "status.revision",
    ],
};

impl Check for HrpHelmFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
