#![doc = include_str!("release_proxy_explains_chart_proxy.md")]

use dogwatch_model::{
    ClusterApiFinding, CustomKind, EdgeStrength, Finding, FindingKind, Kind, RuleId,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{custom_of, own_key},
};
use crate::{View, cite};

/// A HelmChartProxy repeats the state of its HelmReleaseProxies.
#[derive(Debug)]
pub(crate) struct ReleaseProxyExplainsChartProxy;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("release-proxy-explains-chart-proxy"),
    because: "the HelmChartProxy sums up its HelmReleaseProxies",
    strength: EdgeStrength::Hard,
    casebook: include_str!("release_proxy_explains_chart_proxy.md"),
};

impl Rule for ReleaseProxyExplainsChartProxy {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_meant = matches!(
            finding.kind,
            FindingKind::ClusterApi(
                ClusterApiFinding::HrpHelmFailed
                    | ClusterApiFinding::HrpClusterUnavailable
                    | ClusterApiFinding::HrpPaused
            )
        );
        let proxy = custom_of(view, finding).filter(|_| is_meant);
        let owner = proxy.and_then(|proxy| {
            let owner = proxy.meta.controller()?;
            let kind = Kind::Custom(CustomKind::HELM_CHART_PROXY);
            let namespace = proxy.meta.namespace.clone();
            (owner.kind == "HelmChartProxy")
                .then(|| Key::Object(kind, namespace, owner.name.clone()))
        });
        owner.into_iter().collect()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::ClusterApi(
                ClusterApiFinding::HcpNotReady | ClusterApiFinding::HcpUpdatingStuck,
            ) => vec![own_key(finding)],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        if effect.kind != FindingKind::ClusterApi(ClusterApiFinding::HcpUpdatingStuck) {
            return Some(Link::proven());
        }
        // Only the one that is named holds the others up.
        let named = format!("'{}'", cause.object.name);
        let is_named = effect
            .evidence
            .iter()
            .any(|fact| fact.value.contains(&named));
        let proxy = custom_of(view, cause).filter(|_| is_named)?;
        let generation = cite::spec(&cause.object, "metadata.generation", proxy.meta.generation);
        let seen = proxy.observed_generation.unwrap_or_default();
        let seen = cite::status(&cause.object, "status.observedGeneration", seen);
        Some(Link::proven_by(vec![generation, seen]))
    }
}
