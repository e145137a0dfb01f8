//! Which fields can lead to which trouble.

use dogwatch_model::{ContainerFinding, Finding, FindingKind};

/// True when a different value of the field can lead to the finding.
pub(super) fn can_cause(finding: &Finding, path: &str) -> bool {
    let is_own = finding.container.is_empty()
        || !path.contains('[')
        || path.contains(&format!("[{}]", finding.container))
        || !path.contains("ontainers[");
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    is_own
        && match finding.kind {
            FindingKind::Image(_) => has(&[".image", "imagePullSecrets", "serviceAccountName"]),
            FindingKind::Probe(_) => has(&["Probe", ".ports", ".image", ".args", ".command"]),
            FindingKind::Scheduling(_) => has(&[
                "resources.requests",
                "nodeSelector",
                "affinity",
                "tolerations",
                "volumes",
                "ports",
                "priorityClassName",
                "schedulerName",
                "hostNetwork",
                "nodeName",
            ]),
            FindingKind::Storage(_) => has(&["volumes"]),
            FindingKind::Admission(_) | FindingKind::Release(_) | FindingKind::Gitops(_) => true,
            FindingKind::Container(
                ContainerFinding::OomKilled | ContainerFinding::JvmHeapLimit,
            ) => has(&["resources.limits.memory", ".image", ".args", ".command"]),
            FindingKind::Container(
                ContainerFinding::ConfigMapMissing
                | ContainerFinding::SecretMissing
                | ContainerFinding::ConfigKeyMissing,
            ) => has(&["volumes", "serviceAccountName"]),
            FindingKind::Container(_) => has(&[
                ".image",
                ".command",
                ".args",
                "volumes",
                "serviceAccountName",
                "runtimeClassName",
            ]),
            FindingKind::Workload(_) => has(&["spec.replicas", "paused", "strategy", "selector"]),
            FindingKind::Network(_) => has(&["spec.", "labels.", ".ports"]),
            FindingKind::Autoscaling(_) => has(&["spec.", "resources.requests"]),
            FindingKind::Disruption(_) | FindingKind::Job(_) => {
                has(&["spec.", "metadata.generation"])
            }
            FindingKind::Config(_) => has(&["metadata.resourceVersion", "data"]),
            FindingKind::Pod(_)
            | FindingKind::Node(_)
            | FindingKind::Addon(_)
            | FindingKind::Lifecycle(_)
            | FindingKind::ControlPlane(_)
            | FindingKind::Certificate(_)
            | FindingKind::Operator(_)
            | FindingKind::ClusterApi(_) => false,
        }
}
