#![doc = include_str!("metrics_api_down_explains_hpa_without_metrics.md")]

use dogwatch_model::{AutoscalingFinding, EdgeStrength, Finding, FindingKind, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::View;

/// An autoscaler reads its metrics through an aggregated API; while that is down it gets none.
#[derive(Debug)]
pub(crate) struct MetricsApiDownExplainsHpaWithoutMetrics;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("metrics-api-down-explains-hpa-without-metrics"),
    because: "the autoscaler reads this metric through this API",
    strength: EdgeStrength::State,
    casebook: include_str!("metrics_api_down_explains_hpa_without_metrics.md"),
};

impl Rule for MetricsApiDownExplainsHpaWithoutMetrics {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Autoscaling(AutoscalingFinding::MetricsApiServiceDown) => {
                vec![Key::Cluster]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Autoscaling(AutoscalingFinding::HpaMetricsMissing) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let (_, group) = cause.object.name.split_once('.')?;
        let says = |word: &str| effect.evidence.iter().any(|fact| fact.value.contains(word));
        let mut own = APIS.iter().filter(|(known, _)| *known == group);
        own.any(|(_, words)| words.iter().any(|word| says(word)))
            .then(Link::proven)
    }
}

/// Groups of metrics APIs, and the reasons with which autoscalers say that they lack one.
const APIS: &[(&str, &[&str])] = &[
    (
        "metrics.k8s.io",
        &[
            "FailedGetResourceMetric",
            "FailedGetContainerResourceMetric",
        ],
    ),
    (
        "custom.metrics.k8s.io",
        &["FailedGetPodsMetric", "FailedGetObjectMetric"],
    ),
    ("external.metrics.k8s.io", &["FailedGetExternalMetric"]),
];
