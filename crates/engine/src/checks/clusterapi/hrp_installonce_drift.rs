#![doc = include_str!("hrp_installonce_drift.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// A change of a HelmChartProxy never arrives, because it installs only once.
#[derive(Debug)]
pub(crate) struct HrpInstallonceDrift;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-installonce-drift"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpInstallonceDrift),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
    ],
    advice: &[
        "Upgrade the release in the workload cluster itself, or give up InstallOnce with a new HelmChartProxy.",
    ],
    casebook: include_str!("hrp_installonce_drift.md"),
};

/// The group of both kinds.
const GROUP: &str = "addons.cluster.x-k8s.io";

impl Check for HrpInstallonceDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for chart in view.snapshot.customs_of(GROUP, "HelmChartProxy") {
            let wanted = chart
                .field("spec.version")
                .filter(|version| !version.is_empty());
            let is_once = chart.field("spec.reconcileStrategy") == Some("InstallOnce");
            let Some(wanted) = wanted.filter(|_| is_once) else {
                continue;
            };
            let proxies = view.snapshot.customs_of(GROUP, "HelmReleaseProxy");
            for proxy in proxies.filter(|proxy| proxy.meta.is_controlled_by(&chart.meta.uid)) {
                let Some(has) = proxy.field("spec.version").filter(|has| *has != wanted) else {
                    continue;
                };
                let object = customs::reference(chart);
                let release = customs::reference(proxy);
                let subject = Subject::of(object.clone()).detail(&*proxy.meta.name);
                let strategy = cite::spec(&object, "spec.reconcileStrategy", "InstallOnce");
                let versions = [
                    cite::spec(&object, "spec.version", wanted),
                    cite::spec(&release, "spec.version", has),
                ];
                report.found(subject, strategy, versions);
            }
        }
    }
}
