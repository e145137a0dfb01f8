//! Which remedies end which mode of trouble, the best first.

/// A family of remedies; the object and the parameters follow from the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Rollback,
    Restart,
    MoreMemory,
    MoreCpu,
    MoreNodes,
    Burst,
    Uncordon,
    Cordon,
    Drain,
    DeletePod,
    RerunJob,
    Unsuspend,
    SuspendCron,
    FixSelector,
    FixPort,
    RaiseMaximum,
    RaiseQuota,
    RaiseLimit,
    Resume,
    Requeue,
    RemoveTaint,
    StartMachine,
    RebootMachine,
}

use Way::{
    Burst, Cordon, DeletePod, Drain, FixPort, FixSelector, MoreCpu, MoreMemory, MoreNodes,
    RaiseLimit, RaiseMaximum, RaiseQuota, RebootMachine, RemoveTaint, Requeue, RerunJob, Restart,
    Resume, Rollback, StartMachine, SuspendCron, Uncordon, Unsuspend,
};

/// The modes that have a way out. Everything else is for a person.
const WAYS: &[(&str, &[Way])] = &[
    ("app-arguments-invalid", &[Rollback]),
    ("app-config-crash", &[Rollback]),
    ("app-error-exit", &[Rollback]),
    ("app-panic-segfault", &[Rollback]),
    ("ccm-not-running", &[RemoveTaint]),
    ("config-key-missing", &[Rollback]),
    ("configmap-missing", &[Rollback]),
    ("container-command-not-found", &[Rollback]),
    ("container-permission-denied", &[Rollback]),
    ("cordoned-node", &[Uncordon, MoreNodes]),
    ("cpu-throttling", &[MoreCpu]),
    ("crashloop", &[Rollback]),
    ("cronjob-create-failed", &[SuspendCron]),
    ("cronjob-suspended", &[Unsuspend]),
    ("disk-error", &[Cordon, Drain]),
    ("disk-io-hung", &[Cordon, Drain]),
    ("exec-format-error", &[Rollback]),
    ("fd-exhaustion", &[Restart]),
    ("hpa-maxed", &[RaiseMaximum]),
    ("hrp-helm-failed", &[Requeue]),
    ("image-invalid-name", &[Rollback]),
    ("image-not-found", &[Rollback]),
    ("image-platform", &[Rollback]),
    ("image-pull-failed", &[Rollback]),
    ("init-container-failing", &[Rollback]),
    ("insufficient-cpu", &[MoreNodes, Burst]),
    ("insufficient-memory", &[MoreNodes, Burst]),
    ("job-backoff-exceeded", &[RerunJob]),
    ("job-deadline", &[RerunJob]),
    ("job-suspended", &[Unsuspend]),
    ("jvm-heap-limit", &[MoreMemory, Rollback]),
    ("kernel-deadlock", &[Cordon, Drain, RebootMachine]),
    (
        "kubelet-down",
        &[StartMachine, Cordon, Drain, RebootMachine],
    ),
    ("limitrange-violation", &[RaiseLimit]),
    ("liveness-killing", &[Rollback]),
    ("node-cordoned-forgotten", &[Uncordon]),
    ("node-flapping", &[Cordon, Drain]),
    (
        "node-not-ready",
        &[StartMachine, Cordon, Drain, RebootMachine],
    ),
    ("node-readonly-fs", &[Cordon, Drain]),
    (
        "node-unreachable",
        &[StartMachine, Cordon, Drain, RebootMachine],
    ),
    ("oom-killed-container", &[MoreMemory, Rollback]),
    ("pleg-unhealthy", &[Cordon, Drain]),
    ("probe-port-mismatch", &[Rollback]),
    ("quota-exceeded", &[RaiseQuota]),
    ("readiness-failing", &[Rollback]),
    ("rollout-paused", &[Resume]),
    ("run-as-nonroot-violation", &[Rollback]),
    ("runtime-down", &[Cordon, Drain]),
    ("secret-missing", &[Rollback]),
    ("service-selector-mismatch", &[FixSelector]),
    ("service-targetport-mismatch", &[FixPort]),
    ("startup-failing", &[Rollback]),
    ("sts-broken-revision-trap", &[DeletePod]),
    ("thread-pid-limit", &[Restart]),
    ("too-many-pods", &[MoreNodes]),
];

/// The ways out of a mode.
pub(super) fn of(mode: &str) -> &'static [Way] {
    let at = WAYS.binary_search_by(|(known, _)| (*known).cmp(mode));
    at.map_or(&[], |at| WAYS[at].1)
}

#[cfg(test)]
mod tests {
    use dogwatch_model::FindingKind;

    use super::*;

    #[test]
    fn every_mode_is_known_and_the_table_is_sorted() {
        for pair in WAYS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (mode, ways) in WAYS {
            let is_known = FindingKind::ALL.iter().any(|kind| kind.mode() == *mode);
            assert!(is_known && !ways.is_empty(), "{mode}");
        }
    }
}
