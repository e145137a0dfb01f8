#![doc = include_str!("hcp_selector_empty.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// A HelmChartProxy selects no cluster.
#[derive(Debug)]
pub(crate) struct HcpSelectorEmpty;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hcp-selector-empty"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HcpSelectorEmpty),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY))],
    advice: &[
        "Compare spec.clusterSelector with the labels of the Clusters in the same Namespace.",
    ],
    casebook: include_str!("hcp_selector_empty.md"),
};

/// The group of HelmChartProxies.
const GROUP: &str = "addons.cluster.x-k8s.io";

/// Clusters may be made right after the add-on.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

impl Check for HcpSelectorEmpty {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for chart in view.snapshot.customs_of(GROUP, "HelmChartProxy") {
            let is_seen = chart.observed_generation == Some(chart.meta.generation);
            let matches = chart
                .fields_under("status.matchingClusters")
                .next()
                .is_some();
            let is_young = chart
                .meta
                .created
                .is_none_or(|at| view.now().duration_since(at) < PATIENCE);
            let is_left_alone = customs::is_paused(chart) || chart.meta.is_terminating();
            if !is_seen || matches || is_young || is_left_alone {
                continue;
            }
            let object = customs::reference(chart);
            let wanted = chart.fields_under("spec.clusterSelector");
            let facts = wanted
                .take(4)
                .map(|(path, value)| cite::spec(&object, path, value));
            let facts: Vec<_> = facts.collect();
            let none = cite::status(&object, "status.matchingClusters", "[]");
            report.found(Subject::of(object), none, facts);
        }
    }
}
