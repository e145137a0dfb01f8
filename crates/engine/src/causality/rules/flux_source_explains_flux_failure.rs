#![doc = include_str!("flux_source_explains_flux_failure.md")]

use dogwatch_model::{CustomKind, EdgeStrength, Finding, FindingKind, GitopsFinding, Kind, RuleId};

use super::super::{
    Key, Rule, RuleMeta,
    key::{custom_of, own_key},
};
use crate::View;

/// Without its source Flux can neither build nor install.
#[derive(Debug)]
pub(crate) struct FluxSourceExplainsFluxFailure;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("flux-source-explains-flux-failure"),
    because: "it is built from this source",
    strength: EdgeStrength::Hard,
    casebook: include_str!("flux_source_explains_flux_failure.md"),
};

impl Rule for FluxSourceExplainsFluxFailure {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Gitops(GitopsFinding::FluxSourceFailed) => vec![own_key(finding)],
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_meant = matches!(
            finding.kind,
            FindingKind::Gitops(
                GitopsFinding::FluxKustomizationFailed | GitopsFinding::FluxReleaseFailed
            )
        ) && finding.detail == "ArtifactFailed";
        let Some(object) = custom_of(view, finding).filter(|_| is_meant) else {
            return Vec::new();
        };
        let sources = REFERENCES.iter().filter_map(|path| {
            let kind = object.field(&format!("{path}.kind"))?;
            let name = object.field(&format!("{path}.name"))?;
            let namespace = object.field(&format!("{path}.namespace"));
            let namespace = namespace.unwrap_or(&object.meta.namespace);
            let kind = Kind::Custom(CustomKind::guess(GROUP, "v1", kind)?);
            Some(Key::Object(kind, namespace.into(), name.into()))
        });
        sources.collect()
    }
}

/// The group of sources.
const GROUP: &str = "source.toolkit.fluxcd.io";

/// Where objects of Flux name their source.
const REFERENCES: &[&str] = &[
    "spec.sourceRef",
    "spec.chart.spec.sourceRef",
    "spec.chartRef",
];
