#![doc = include_str!("hrp_multiple.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// One cluster has several HelmReleaseProxies of one HelmChartProxy.
#[derive(Debug)]
pub(crate) struct HrpMultiple;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-multiple"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpMultiple),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY))],
    advice: &[
        "Find out which one stands for the installed release before anything is removed: deleting a HelmReleaseProxy uninstalls its release.",
    ],
    casebook: include_str!("hrp_multiple.md"),
};

/// The group of HelmChartProxies.
const GROUP: &str = "addons.cluster.x-k8s.io";

impl Check for HrpMultiple {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for chart in view.snapshot.customs_of(GROUP, "HelmChartProxy") {
            let said = chart.conditions.iter().find(|known| {
                known.status == "False"
                    && known.message.contains("multiple HelmReleaseProxies found")
            });
            let Some(said) = said.filter(|_| !customs::is_paused(chart)) else {
                continue;
            };
            let object = customs::reference(chart);
            let subject = Subject::of(object.clone()).since(said.since);
            report.found(subject, cite::condition(&object, said), []);
        }
    }
}
