#![doc = include_str!("node_trouble_explains_pod_trouble.md")]

use dogwatch_model::{
    CertificateFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, ImageFinding, Kind,
    NetworkFinding, NodeFinding, PodFinding, ProbeFinding, RuleId, Severity, StorageFinding,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{node_of_pod, pod_of},
};
use crate::View;

/// A node that failed first explains what happens to the Pods on it.
#[derive(Debug)]
pub(crate) struct NodeTroubleExplainsPodTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-trouble-explains-pod-trouble"),
    because: "the Pod runs on the node, and the node failed first",
    strength: EdgeStrength::State,
    casebook: include_str!("node_trouble_explains_pod_trouble.md"),
};

impl Rule for NodeTroubleExplainsPodTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            // What is only worth knowing explains no fault.
            FindingKind::Node(_)
                if finding.object.kind == Kind::Node && finding.severity != Severity::Info =>
            {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        node_of_pod(view, finding)
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Node(node) = cause.kind else {
            return None;
        };
        // A Pod in the network of the node does not need the plugin; the agent itself is one.
        let is_spared = pod_of(view, effect).is_some_and(|pod| pod.spec.host_network);
        if is_spared && lacks_pod_network(cause) {
            return None;
        }
        let is_slow = node != NodeFinding::Hot || effect.detail.contains("timeout");
        let is_effect = is_slow && can_cause(node, effect.kind);
        (is_effect && crate::view::not_before(effect.since, cause.since)).then(Link::proven)
    }
}

/// True when the node is not ready because its Pod network is not set up.
pub(super) fn lacks_pod_network(finding: &Finding) -> bool {
    let words = [
        "NetworkPluginNotReady",
        "cni plugin not initialized",
        "cni config uninitialized",
    ];
    finding.kind == FindingKind::Node(NodeFinding::NotReady)
        && finding
            .evidence
            .iter()
            .any(|fact| words.iter().any(|word| fact.value.contains(word)))
}

/// What each trouble of a node does to Pods on it.
fn can_cause(node: NodeFinding, effect: FindingKind) -> bool {
    match node {
        NodeFinding::NotReady
        | NodeFinding::Unreachable
        | NodeFinding::KubeletDown
        | NodeFinding::RuntimeDown
        | NodeFinding::PlegUnhealthy
        | NodeFinding::KernelDeadlock
        | NodeFinding::DiskIoHung
        | NodeFinding::ReadonlyFilesystem
        | NodeFinding::Flapping
        | NodeFinding::KubeletRestartLoop
        | NodeFinding::DeletedInCloud
        | NodeFinding::ShutdownTaint
        | NodeFinding::VirtualNodeNotReady => is_stopped(effect),
        NodeFinding::MemoryPressure
        | NodeFinding::PidPressure
        | NodeFinding::DiskPressure
        | NodeFinding::NetworkUnavailable => is_shortage(node, effect),
        NodeFinding::DiskSlow | NodeFinding::DiskError | NodeFinding::VolumeGroup => {
            is_slow_start(effect) || effect == FindingKind::Storage(StorageFinding::MountFailed)
        }
        NodeFinding::MountPoint => is_stuck(effect),
        NodeFinding::FdPidExhaustion => {
            is_slow_start(effect)
                || effect == FindingKind::Container(ContainerFinding::AppResourceExhausted)
        }
        NodeFinding::NetdevLeak | NodeFinding::ProcessStuck => {
            is_stuck(effect) || effect == FindingKind::Network(NetworkFinding::SandboxCreateFailed)
        }
        NodeFinding::ConntrackFull
        | NodeFinding::IptablesMismatch
        | NodeFinding::KubeProxyDown
        | NodeFinding::ResolvConf => is_connection(node, effect),
        NodeFinding::NtpSkew => matches!(
            effect,
            FindingKind::Container(ContainerFinding::AppCertificate)
                | FindingKind::Certificate(CertificateFinding::Expired)
        ),
        NodeFinding::Rebooted => matches!(
            effect,
            FindingKind::Container(ContainerFinding::KilledUnexplained)
                | FindingKind::Pod(PodFinding::NotReady | PodFinding::UnknownNodeLost)
        ),
        NodeFinding::DevicePluginDown => {
            effect == FindingKind::Pod(PodFinding::KubeletAdmissionReject)
        }
        // What is refused, or answered with an error, has another reason.
        NodeFinding::Hot => matches!(
            effect,
            FindingKind::Probe(
                ProbeFinding::ReadinessFailing
                    | ProbeFinding::LivenessKilling
                    | ProbeFinding::StartupFailing
            )
        ),
        NodeFinding::UninitializedCloud
        | NodeFinding::UninitializedCapi
        | NodeFinding::PodCapacityFull
        | NodeFinding::CordonedForgotten
        | NodeFinding::JoinFailed
        | NodeFinding::KubeletVersionSkew
        | NodeFinding::AllocatableMisconfig
        | NodeFinding::CgroupV1
        | NodeFinding::ScheduledEvent => false,
    }
}

/// What the kubelet and the runtime do to Pods when the node is short of something.
fn is_shortage(node: NodeFinding, effect: FindingKind) -> bool {
    match node {
        NodeFinding::MemoryPressure | NodeFinding::PidPressure => matches!(
            effect,
            FindingKind::Pod(PodFinding::EvictedNodePressure | PodFinding::RejectedNodeCondition)
                | FindingKind::Container(ContainerFinding::NodeOom)
        ),
        NodeFinding::DiskPressure => matches!(
            effect,
            FindingKind::Pod(PodFinding::EvictedNodePressure | PodFinding::RejectedNodeCondition)
                | FindingKind::Image(ImageFinding::DiskFull)
        ),
        NodeFinding::NetworkUnavailable => matches!(
            effect,
            FindingKind::Network(
                NetworkFinding::SandboxCreateFailed | NetworkFinding::NetworkNotReady
            )
        ),
        _ => false,
    }
}

/// What happens to Pods when nothing on their node starts, probes or ends containers any more.
fn is_stopped(effect: FindingKind) -> bool {
    is_stuck(effect)
        || matches!(
            effect,
            FindingKind::Pod(
                PodFinding::NotReady | PodFinding::UnknownNodeLost | PodFinding::TaintEvicted
            ) | FindingKind::Network(
                NetworkFinding::SandboxCreateFailed | NetworkFinding::NetworkNotReady
            ) | FindingKind::Probe(ProbeFinding::ReadinessFailing)
        )
}

/// Pods that neither come up nor go away.
fn is_stuck(effect: FindingKind) -> bool {
    matches!(
        effect,
        FindingKind::Pod(PodFinding::StuckTerminating | PodFinding::AssignedNotStarted)
            | FindingKind::Container(ContainerFinding::StuckCreating)
            | FindingKind::Storage(StorageFinding::MountTimeout)
    )
}

/// Starts that take longer than they may, or fail.
fn is_slow_start(effect: FindingKind) -> bool {
    is_stuck(effect)
        || matches!(
            effect,
            FindingKind::Image(ImageFinding::PullSlow | ImageFinding::PullFailed)
                | FindingKind::Container(
                    ContainerFinding::CreateError | ContainerFinding::RunError
                )
                | FindingKind::Network(NetworkFinding::SandboxCreateFailed)
        )
}

/// Connections that do not come about.
fn is_connection(node: NodeFinding, effect: FindingKind) -> bool {
    match effect {
        FindingKind::Image(ImageFinding::RegistryDns) => node == NodeFinding::ResolvConf,
        FindingKind::Network(NetworkFinding::ClusterVipUnreachable) => {
            node != NodeFinding::ResolvConf
        }
        FindingKind::Image(ImageFinding::RegistryUnreachable) => node == NodeFinding::ConntrackFull,
        _ => false,
    }
}
