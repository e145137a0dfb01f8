#![doc = include_str!("hcp_values_template.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The values template of a HelmChartProxy cannot be rendered.
#[derive(Debug)]
pub(crate) struct HcpValuesTemplate;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hcp-values-template"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HcpValuesTemplate),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_CHART_PROXY))],
    advice: &[
        "Compare the template with the Cluster: a variable or field that it names is missing there.",
    ],
    casebook: include_str!("hcp_values_template.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmChartProxy"],
    types: &["HelmReleaseProxySpecsUpToDate", "Ready"],
    bad: &["False"],
    reasons: &["ValueParsingFailed"],
    grace: customs::WORKING,
    fields: &["spec.chartName"],
};

impl Check for HcpValuesTemplate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
