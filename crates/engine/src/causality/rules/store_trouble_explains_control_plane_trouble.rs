#![doc = include_str!("store_trouble_explains_control_plane_trouble.md")]

use dogwatch_model::{
    AdmissionFinding, ControlPlaneFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId,
    WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, reading::leaders::SYSTEM, view::not_before};

/// Trouble of etcd, of the key service or of the API server explains what the control plane cannot do.
#[derive(Debug)]
pub(crate) struct StoreTroubleExplainsControlPlaneTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("store-trouble-explains-control-plane-trouble"),
    because: "the API server cannot work without its store",
    strength: EdgeStrength::Text,
    casebook: include_str!("store_trouble_explains_control_plane_trouble.md"),
};

impl Rule for StoreTroubleExplainsControlPlaneTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let FindingKind::ControlPlane(_) = finding.kind else {
            return Vec::new();
        };
        let is_own = finding.object.kind != Kind::Pod || finding.object.namespace == *SYSTEM;
        if is_own {
            vec![Key::Cluster]
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::ControlPlane(_)
            | FindingKind::Admission(AdmissionFinding::ApfReject)
            | FindingKind::Workload(WorkloadFinding::PodsNotCreated) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::ControlPlane(kind) = cause.kind else {
            return None;
        };
        let is_effect = match effect.kind {
            FindingKind::ControlPlane(other) => brings_about(kind, other),
            FindingKind::Admission(_) => kind == ControlPlaneFinding::ApiServerOverload,
            FindingKind::Workload(_) => is_quoted(kind, effect),
            _ => false,
        };
        (is_effect && not_before(effect.since, cause.since))
            .then(|| Link::proven_by(cause.evidence.iter().take(1).cloned().collect()))
    }
}

/// What the store does to the rest, and its parts to each other.
fn brings_about(cause: ControlPlaneFinding, effect: ControlPlaneFinding) -> bool {
    use ControlPlaneFinding as C;
    let is_store = matches!(
        cause,
        C::EtcdNoLeader | C::EtcdSlowDisk | C::EtcdNoSpace | C::EtcdMemberComm
    );
    match effect {
        C::ApiServerDown | C::ApiServerNotReady => is_store || cause == C::KmsFailing,
        C::ControllerManagerDown
        | C::SchedulerDown
        | C::CloudControllerDown
        | C::LeaseContention => {
            is_store
                || matches!(
                    cause,
                    C::ApiServerDown | C::ApiServerNotReady | C::ApiServerOverload
                )
        }
        C::ApiServerOverload | C::EtcdNoLeader | C::EtcdMemberComm => cause == C::EtcdSlowDisk,
        _ => false,
    }
}

/// True when the refusal quotes this trouble.
fn is_quoted(cause: ControlPlaneFinding, effect: &Finding) -> bool {
    let words: &[&str] = match cause {
        ControlPlaneFinding::EtcdNoSpace => &["database space exceeded"],
        ControlPlaneFinding::EtcdNoLeader => {
            &["etcdserver: no leader", "etcdserver: leader changed"]
        }
        ControlPlaneFinding::EtcdMemberComm => &["etcdserver: request timed out"],
        _ => return false,
    };
    let mut facts = effect.evidence.iter();
    facts.any(|fact| words.iter().any(|word| fact.value.contains(word)))
}
