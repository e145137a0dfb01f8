#![doc = include_str!("container_end_explains_crash_loop.md")]

use dogwatch_model::{
    ConfigFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, ProbeFinding, RuleId,
    Severity,
};

use super::super::{Key, Rule, RuleMeta, key::container_key};
use crate::View;

/// A container that ended explains why it is restarted again and again.
#[derive(Debug)]
pub(crate) struct ContainerEndExplainsCrashLoop;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("container-end-explains-crash-loop"),
    because: "the container ended in this way and is restarted again and again",
    strength: EdgeStrength::State,
    casebook: include_str!("container_end_explains_crash_loop.md"),
};

impl Rule for ContainerEndExplainsCrashLoop {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if ends_container(finding.kind) && finding.severity != Severity::Info {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_symptom = matches!(
            finding.kind,
            FindingKind::Container(
                ContainerFinding::CrashLoop | ContainerFinding::InitContainerFailing
            )
        );
        if is_symptom {
            container_key(finding)
        } else {
            Vec::new()
        }
    }
}

/// Findings that say how a container ended, or why it never started.
pub(super) fn ends_container(kind: FindingKind) -> bool {
    match kind {
        FindingKind::Container(finding) => !matches!(
            finding,
            ContainerFinding::CrashLoop
                | ContainerFinding::InitContainerFailing
                | ContainerFinding::InitContainerHang
                | ContainerFinding::StuckCreating
                | ContainerFinding::AppErrorLogged
                | ContainerFinding::PreStopHookFailing
                | ContainerFinding::DefinitionChanged
                | ContainerFinding::CpuThrottling
                | ContainerFinding::OomNodeGlobal
                | ContainerFinding::NodeRestart
        ),
        FindingKind::Probe(finding) => {
            matches!(
                finding,
                ProbeFinding::LivenessKilling | ProbeFinding::StartupFailing
            )
        }
        FindingKind::Config(finding) => is_logged(finding),
        _ => false,
    }
}

/// What a program says itself of its settings, keys and tokens.
pub(super) fn is_logged(finding: ConfigFinding) -> bool {
    matches!(
        finding,
        ConfigFinding::SecretCredentialWrong
            | ConfigFinding::SecretCorrupt
            | ConfigFinding::ServiceAccountTokenInvalid
            | ConfigFinding::RbacDenied
            | ConfigFinding::AutomountDisabled
            | ConfigFinding::CloudIamDenied
            | ConfigFinding::EnvShadowing
    )
}
