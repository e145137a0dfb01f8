#![doc = include_str!("hpa_metrics_missing.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{autoscalers, has_any},
    view::View,
};

/// An autoscaler gets no metrics.
#[derive(Debug)]
pub(crate) struct HpaMetricsMissing;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-metrics-missing"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaMetricsMissing),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Look at the metrics API that the message names: whether it is installed, whether its APIService is available, and whether it knows these Pods.",
    ],
    casebook: include_str!("hpa_metrics_missing.md"),
};

impl Check for HpaMetricsMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let active = ("ScalingActive", autoscalers::PATIENCE);
        autoscalers::report_failed(view, active, report, |_, condition| {
            let is_metric = condition.reason.starts_with("FailedGet")
                || condition.reason == "FailedComputeMetricsReplicas"
                || condition.reason == "InvalidMetricSourceType";
            let is_request = condition.message.contains("missing request for");
            (is_metric && !is_request).then(|| (cause(&condition.message), Vec::new()))
        });
    }
}

/// Words of the message, and what they mean.
const CAUSES: &[(&[&str], &str)] = &[
    (
        &["could not find the requested resource", "no matches for"],
        "metrics API not installed",
    ),
    (
        &["unable to handle the request", "service unavailable"],
        "metrics API not available",
    ),
    (
        &["no metrics returned from", "did not receive metrics"],
        "no metrics of these Pods",
    ),
    (
        &["no pods returned by selector", "no pods found"],
        "no Pods to measure",
    ),
    (&["not found in pod"], "no such container"),
    (&["forbidden", "unauthorized"], "metrics API refuses"),
];

fn cause(message: &str) -> String {
    let mut known = CAUSES.iter();
    let found = known.find(|(words, _)| has_any(message, words));
    found.map_or_else(String::new, |(_, cause)| (*cause).to_owned())
}
