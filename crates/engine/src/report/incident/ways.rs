//! What to do about each kind of trouble, in the order in which it unravels.

use dogwatch_model::{Role, Severity};

use super::{super::CauseEntry, Step};

/// What is known about the way out of a mode.
struct Way {
    mode: &'static str,
    /// Empty: the advice of the check is the action.
    action: &'static str,
    /// A controller does it by itself.
    waits: bool,
    risk: &'static str,
    clear_when: &'static str,
}

const fn wait(mode: &'static str, action: &'static str, clear_when: &'static str) -> Way {
    Way {
        mode,
        action,
        waits: true,
        risk: "low",
        clear_when,
    }
}

const fn act(
    mode: &'static str,
    action: &'static str,
    risk: &'static str,
    clear_when: &'static str,
) -> Way {
    Way {
        mode,
        action,
        waits: false,
        risk,
        clear_when,
    }
}

/// Modes with a way of their own. The first entry of a mode counts.
const WAYS: &[Way] = &[
    act(
        "startup-failing",
        "Read the previous log of the container and correct what it names in the source of its configuration; replace failing Pods one by one",
        "medium",
        "every Pod of the workload is Ready",
    ),
    wait(
        "cni-agent-down",
        "The agents become Ready once their own cause is mended",
        "numberReady equals desiredNumberScheduled",
    ),
    wait(
        "cluster-vip-unreachable",
        "The Service address answers again with the agents",
        "the container logs no timeout any more",
    ),
    wait(
        "ccm-not-running",
        "Wait for the back-off of the kubelet, at most five minutes; at most delete its one Pod",
        "the Deployment is Ready and nodes get Event Synced",
    ),
    wait(
        "node-uninitialized-cloud",
        "The cloud controller removes its taint and sets spec.providerID",
        "no node carries node.cloudprovider.kubernetes.io/uninitialized",
    ),
    wait(
        "node-uninitialized-capi",
        "The Machine controller removes its taint after that",
        "no node carries node.cluster.x-k8s.io/uninitialized",
    ),
    wait(
        "untolerated-taint",
        "The Pods are placed",
        "no Pod of these is Pending",
    ),
    wait(
        "helm-hook-timeout",
        "The controller tries the release again by itself, with growing pauses and every ten minutes",
        "HelmReleaseReady is True and the revision has grown by one",
    ),
    wait(
        "hcp-not-ready",
        "The HelmChartProxy sums up",
        "Ready is True",
    ),
    wait(
        "hcp-updating-stuck",
        "The HelmChartProxy goes on",
        "HelmReleaseProxySpecsUpToDate is True",
    ),
    act(
        "node-not-ready",
        "",
        "medium",
        "the node is Ready for ten minutes",
    ),
    act(
        "node-unreachable",
        "",
        "high",
        "the node is Ready for ten minutes, or its machine is proven off",
    ),
    act(
        "webhook-unreachable",
        "",
        "medium",
        "a dry-run create succeeds",
    ),
    act(
        "kcp-etcd-unhealthy",
        "",
        "high",
        "EtcdClusterHealthy is True",
    ),
    act(
        "oom-killed-container",
        "",
        "medium",
        "no OOM for twice the time between the last ones",
    ),
];

/// Modes that are names for what others say already.
const ECHOES: &[&str] = &[
    "pod-not-ready",
    "pod-pending-unscheduled",
    "crashloop",
    "rollout-incomplete",
    "replicas-below-spec",
    "rollout-deadline-exceeded",
    "hrp-helm-failed",
];

/// Steps shown: a longer list is no plan.
const MAX_STEPS: usize = 16;

/// Steps in the order of the ranking: causes first, then what follows from them, nearest first.
pub(super) fn steps(findings: &[CauseEntry]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for entry in findings {
        let is_known = steps
            .iter()
            .any(|step| step.mode == entry.mode && entry.role != Role::Cause);
        let is_told =
            entry.role == Role::Note || ECHOES.contains(&entry.mode) && entry.role == Role::Symptom;
        if is_known || is_told || entry.severity == Severity::Info {
            continue;
        }
        let way = WAYS.iter().find(|way| way.mode == entry.mode);
        // What follows from something else and has no way of its own goes away with it.
        if way.is_none() && entry.role == Role::Symptom {
            continue;
        }
        steps.push(step(entry, way, steps.len() + 1));
        if steps.len() == MAX_STEPS {
            break;
        }
    }
    steps
}

fn step(entry: &CauseEntry, way: Option<&Way>, number: usize) -> Step {
    let advice = entry
        .recommendation
        .first()
        .copied()
        .unwrap_or("Look at the evidence.");
    let action = way
        .map(|way| way.action)
        .filter(|action| !action.is_empty());
    let object = &entry.object;
    Step {
        number,
        kind: if way.is_some_and(|way| way.waits) {
            "wait"
        } else {
            "act"
        },
        action: format!("{}: {}", object, action.unwrap_or(advice)),
        mode: entry.mode,
        risk: way.map_or("low", |way| way.risk),
        clear_when: way.map_or_else(
            || format!("`{}` is no longer found", entry.mode),
            |way| way.clear_when.to_owned(),
        ),
    }
}

/// Modes and how not to meet them again.
const PREVENTION: &[(&str, &str)] = &[
    (
        "cni-agent-down",
        "Alert on agents of the Pod network that are not Ready, by node; nodes stay Ready without them.",
    ),
    (
        "ccm-not-running",
        "Let the cloud controller run on the host network with the address of the control plane, so that it does not depend on the Pod network that it helps to start.",
    ),
    (
        "node-uninitialized-capi",
        "Compare the tolerations of operators with the taints that new nodes carry.",
    ),
    (
        "hrp-helm-failed",
        "Alert on HelmReleaseReady=False for more than 15 minutes; the provider has no field for dependencies, so order add-ons by what they need.",
    ),
    (
        "hostport-conflict",
        "Give Deployments with host ports a surge of zero, and no more replicas than nodes that may run them.",
    ),
    (
        "oom-killed-container",
        "Alert on the working set near the limit.",
    ),
    (
        "image-not-found",
        "Check in the delivery pipeline that the image exists before it is rolled out.",
    ),
    ("quota-exceeded", "Alert on quotas above 90 %."),
    (
        "pdb-impossible",
        "Review PodDisruptionBudgets that allow nothing before the next upgrade.",
    ),
    ("cert-expired", "Alert 30 days before certificates expire."),
];

/// Lessons for the modes that were found.
pub(super) fn prevention(findings: &[CauseEntry]) -> Vec<&'static str> {
    PREVENTION
        .iter()
        .filter(|(mode, _)| findings.iter().any(|entry| entry.mode == *mode))
        .map(|(_, lesson)| *lesson)
        .collect()
}
