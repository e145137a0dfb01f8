//! Steps that people take in such incidents and that do harm: named, with the reason.

use super::{super::CauseEntry, Refused};

struct Rule {
    /// Any of these modes brings the step to mind.
    modes: &'static [&'static str],
    action: &'static str,
    reason: &'static str,
    instead: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        modes: &[
            "hrp-helm-failed",
            "helm-hook-timeout",
            "hcp-updating-stuck",
            "hrp-multiple",
        ],
        action: "Delete the HelmReleaseProxy so that it is made again",
        reason: "its finalizer uninstalls the release from the live cluster: for a CNI or CSI chart that removes networking or storage",
        instead: "mend the cause and wait: a failed release is tried again on every reconcile; at most requeue it with an annotation",
    },
    Rule {
        modes: &["node-uninitialized-cloud", "node-uninitialized-capi"],
        action: "Remove the uninitialized taints by hand",
        reason: "nodes without spec.providerID break storage and load balancers, and the controller that owns the taint is still broken",
        instead: "mend the controller; a named taint is a last resort with its own confirmation, and putting it back is the rollback",
    },
    Rule {
        modes: &["cni-agent-down"],
        action: "Restart the whole DaemonSet of the agents",
        reason: "it also restarts the agents that still run, while no cause is found: the outage may widen",
        instead: "read the previous log first; then replace failing Pods one by one",
    },
    Rule {
        modes: &["helm-hook-timeout", "helm-wait-timeout"],
        action: "Raise the timeout in the HelmChartProxy",
        reason: "options alone are not copied to an existing HelmReleaseProxy, and longer waits occupy the workers of the controller",
        instead: "mend what the hook waits for",
    },
    Rule {
        modes: &[
            "pod-stuck-terminating",
            "pod-unknown-node-lost",
            "node-unreachable",
        ],
        action: "Delete Pods with --force",
        reason: "the kubelet may still run them: two writers on one volume, two members with one identity",
        instead: "prove that the machine is off, then mark the node out of service",
    },
    Rule {
        modes: &[
            "namespace-stuck-terminating",
            "finalizer-stuck",
            "crd-terminating",
        ],
        action: "Remove the finalizers",
        reason: "what they protect is then never cleaned up, outside of the cluster too",
        instead: "bring back the controller that owns the finalizer",
    },
    Rule {
        modes: &["pdb-blocks-eviction", "pdb-impossible", "drain-blocked"],
        action: "Delete the PodDisruptionBudget",
        reason: "it is the only thing that keeps the last serving Pod",
        instead: "add a replica first, or agree on a window with its owner",
    },
    Rule {
        modes: &[
            "webhook-unreachable",
            "webhook-cert",
            "webhook-orphan",
            "webhook-self-deadlock",
        ],
        action: "Delete the webhook configuration",
        reason: "what it enforces, security policies among it, is then off for everybody",
        instead: "bring its backend back, or exclude the Namespace that deadlocks, with the approval of its owner",
    },
    Rule {
        modes: &["kcp-etcd-unhealthy", "etcd-no-leader", "etcd-member-comm"],
        action: "Remove an etcd member",
        reason: "without a quorum that ends the cluster",
        instead: "count the healthy members and make a backup first",
    },
    Rule {
        modes: &["multi-attach", "attach-failed", "va-stale"],
        action: "Delete the VolumeAttachment",
        reason: "the volume may still be mounted there: two writers destroy the file system",
        instead: "prove that the old node has let go of it",
    },
];

/// Steps that these findings bring to mind.
pub(super) fn of(findings: &[CauseEntry]) -> Vec<Refused> {
    RULES
        .iter()
        .filter(|rule| {
            findings
                .iter()
                .any(|entry| rule.modes.contains(&entry.mode))
        })
        .map(|rule| Refused {
            action: rule.action.to_owned(),
            reason: rule.reason,
            instead: rule.instead,
        })
        .collect()
}
