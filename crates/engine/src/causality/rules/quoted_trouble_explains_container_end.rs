#![doc = include_str!("quoted_trouble_explains_container_end.md")]

use dogwatch_model::{
    AdmissionFinding, CertificateFinding, ContainerFinding, ControlPlaneFinding, EdgeStrength,
    EvidenceSource, Finding, FindingKind, RuleId,
};

use super::super::{Key, Rule, RuleMeta, key::pod_key};
use crate::View;

/// A certificate, a kind or an API server that does not fit explains the end of a container whose log quotes it.
#[derive(Debug)]
pub(crate) struct QuotedTroubleExplainsContainerEnd;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("quoted-trouble-explains-container-end"),
    because: "the log of the Pod quotes it",
    strength: EdgeStrength::Text,
    casebook: include_str!("quoted_trouble_explains_container_end.md"),
};

impl Rule for QuotedTroubleExplainsContainerEnd {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_meant = matches!(
            finding.kind,
            FindingKind::Certificate(
                CertificateFinding::Expired
                    | CertificateFinding::CaMismatch
                    | CertificateFinding::SanMismatch
            ) | FindingKind::Admission(
                AdmissionFinding::CrdMissing | AdmissionFinding::ImmutableField
            ) | FindingKind::ControlPlane(
                ControlPlaneFinding::DeprecatedApiRemoved
                    | ControlPlaneFinding::EtcdNoSpace
                    | ControlPlaneFinding::ApiServerOverload
            )
        );
        let mut facts = finding.evidence.iter();
        let is_log = facts.any(|fact| fact.source == EvidenceSource::Log);
        if is_meant && is_log {
            pod_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Container(
                ContainerFinding::AppCertificate
                | ContainerFinding::AppErrorExit
                | ContainerFinding::AppConfigCrash
                | ContainerFinding::AppDependencyCrash
                | ContainerFinding::AppPanic
                | ContainerFinding::AppErrorLogged,
            ) => pod_key(finding),
            _ => Vec::new(),
        }
    }
}
