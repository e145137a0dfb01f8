#![doc = include_str!("node_problem_explains_node_symptom.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, Kind, NodeFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, view::not_before};

/// A precise problem of a node explains the general ones of the same node.
#[derive(Debug)]
pub(crate) struct NodeProblemExplainsNodeSymptom;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-problem-explains-node-symptom"),
    because: "the node cannot work while this lasts",
    strength: EdgeStrength::State,
    casebook: include_str!("node_problem_explains_node_symptom.md"),
};

impl Rule for NodeProblemExplainsNodeSymptom {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(_) if finding.object.kind == Kind::Node => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(_) => vec![Key::Node(finding.object.name.clone())],
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let (FindingKind::Node(one), FindingKind::Node(other)) = (cause.kind, effect.kind) else {
            return None;
        };
        (brings_about(one, other) && not_before(effect.since, cause.since)).then(Link::proven)
    }
}

/// What a problem brings about on its own node.
fn brings_about(cause: NodeFinding, effect: NodeFinding) -> bool {
    use NodeFinding as N;
    match effect {
        N::NotReady | N::Unreachable | N::Flapping => {
            let is_lost = matches!(
                cause,
                N::KubeletDown
                    | N::KubeletRestartLoop
                    | N::KernelDeadlock
                    | N::ReadonlyFilesystem
                    | N::DiskIoHung
                    | N::FdPidExhaustion
                    | N::ShutdownTaint
                    | N::DeletedInCloud
                    | N::VirtualNodeNotReady
            );
            // With these the kubelet itself goes on and says so.
            let is_told = matches!(cause, N::RuntimeDown | N::PlegUnhealthy);
            is_lost || is_told && effect != N::Unreachable
        }
        N::RuntimeDown | N::PlegUnhealthy => matches!(
            cause,
            N::KernelDeadlock
                | N::ReadonlyFilesystem
                | N::DiskIoHung
                | N::DiskError
                | N::DiskSlow
                | N::FdPidExhaustion
                | N::ProcessStuck
        ),
        N::KubeletDown | N::KubeletRestartLoop => matches!(
            cause,
            N::KernelDeadlock
                | N::ReadonlyFilesystem
                | N::DiskIoHung
                | N::FdPidExhaustion
                | N::AllocatableMisconfig
        ),
        N::ReadonlyFilesystem | N::DiskIoHung | N::DiskSlow => cause == N::DiskError,
        N::ProcessStuck => matches!(cause, N::DiskIoHung | N::MountPoint),
        _ => false,
    }
}
