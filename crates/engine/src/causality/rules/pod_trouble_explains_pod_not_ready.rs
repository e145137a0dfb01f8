#![doc = include_str!("pod_trouble_explains_pod_not_ready.md")]

use dogwatch_model::{
    ConfigFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, ImageFinding, PodFinding,
    ProbeFinding, RuleId, Severity, StorageFinding,
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_key};
use super::container_end_explains_crash_loop::is_logged;
use crate::View;

/// What stops a Pod explains why it is not Ready.
#[derive(Debug)]
pub(crate) struct PodTroubleExplainsPodNotReady;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("pod-trouble-explains-pod-not-ready"),
    because: "the Pod cannot be Ready while this lasts",
    strength: EdgeStrength::Hard,
    casebook: include_str!("pod_trouble_explains_pod_not_ready.md"),
};

impl Rule for PodTroubleExplainsPodNotReady {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if stops_pod(finding.kind) && finding.severity != Severity::Info {
            pod_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Pod(PodFinding::NotReady)
            | FindingKind::Container(
                ContainerFinding::StuckCreating | ContainerFinding::InitContainerHang,
            ) => pod_key(finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_same = cause.kind == effect.kind;
        (!is_same && !is_init_symptom(cause, effect)).then(Link::proven)
    }
}

/// An init container that hangs is no effect of another container that waits for it.
fn is_init_symptom(cause: &Finding, effect: &Finding) -> bool {
    let hang = FindingKind::Container(ContainerFinding::InitContainerHang);
    effect.kind == hang && !matches!(cause.kind, FindingKind::Network(_))
}

/// Findings about a Pod with which it cannot be Ready.
pub(super) fn stops_pod(kind: FindingKind) -> bool {
    match kind {
        FindingKind::Container(finding) => !matches!(
            finding,
            ContainerFinding::StuckCreating
                | ContainerFinding::PreStopHookFailing
                | ContainerFinding::DefinitionChanged
                | ContainerFinding::CpuThrottling
        ),
        FindingKind::Image(finding) => finding != ImageFinding::TagDrift,
        FindingKind::Probe(finding) => !matches!(
            finding,
            ProbeFinding::ProbeTimeout | ProbeFinding::ProbeFlap
        ),
        FindingKind::Network(_) => true,
        FindingKind::Config(finding) => {
            is_logged(finding) || finding == ConfigFinding::ServiceAccountTokenMount
        }
        FindingKind::Storage(finding) => is_volume(finding),
        FindingKind::Pod(finding) => !matches!(
            finding,
            PodFinding::NotReady
                | PodFinding::DnsLimits
                | PodFinding::ResizePending
                | PodFinding::HostnameInvalid
                | PodFinding::DuplicateStaticPod
        ),
        FindingKind::Workload(_)
        | FindingKind::Admission(_)
        | FindingKind::Scheduling(_)
        | FindingKind::Node(_)
        | FindingKind::Addon(_)
        | FindingKind::Job(_)
        | FindingKind::Autoscaling(_)
        | FindingKind::Disruption(_)
        | FindingKind::Lifecycle(_)
        | FindingKind::ControlPlane(_)
        | FindingKind::Certificate(_)
        | FindingKind::Operator(_)
        | FindingKind::Release(_)
        | FindingKind::ClusterApi(_)
        | FindingKind::Gitops(_) => false,
    }
}

/// Storage findings that are about a Pod and not about a claim.
pub(super) fn is_volume(finding: StorageFinding) -> bool {
    matches!(
        finding,
        StorageFinding::MultiAttach
            | StorageFinding::AttachFailed
            | StorageFinding::AttachLimit
            | StorageFinding::CsiNodePluginMissing
            | StorageFinding::VolumeConfigMapMissing
            | StorageFinding::VolumeSecretMissing
            | StorageFinding::MountFailed
            | StorageFinding::MapFailed
            | StorageFinding::MountTimeout
            | StorageFinding::FilesystemMismatch
            | StorageFinding::OwnershipSlow
    )
}
