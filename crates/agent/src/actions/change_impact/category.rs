//! What kind of change it is, and what that weighs before anything else is known.

/// Names of what the whole cluster rests on.
const GLOBAL: &[&str] = &[
    "coredns",
    "kube-dns",
    "kube-proxy",
    "node-local-dns",
    "everest-csi-driver",
    "cceaddon-coredns",
];

/// Words of fields that mean something to who reads a change.
const SEMANTIC: &[&str] = &[
    "image",
    "replicas",
    "env",
    "resources",
    "Probe",
    "ports",
    "selector",
    "rules",
    "tls",
    "backend",
    "data",
    "taints",
    "tolerations",
    "affinity",
    "nodeSelector",
    "policyTypes",
    "ingress",
    "egress",
    "roleRef",
    "subjects",
    "Corefile",
    "unschedulable",
    "volumes",
    "command",
    "args",
    "chart",
    "version",
    "status",
];

/// The closed list of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    WorkloadRelease,
    ConfigChange,
    GlobalConfigChange,
    NetworkRouteChange,
    SecurityPolicyChange,
    NodeInfraChange,
    Other,
}

impl Category {
    /// The category of an object, by its resource as in URLs and its name.
    pub(super) fn of(resource: &str, name: &str) -> Self {
        match resource {
            "deployments" | "statefulsets" | "daemonsets" | "configmaps" | "secrets"
                if GLOBAL.contains(&name) =>
            {
                Self::GlobalConfigChange
            }
            // The Secrets of Helm are its releases.
            "secrets" if name.starts_with("sh.helm.release.") => Self::WorkloadRelease,
            "configmaps" | "secrets" => Self::ConfigChange,
            "deployments" | "statefulsets" | "daemonsets" | "replicasets" | "pods" | "jobs"
            | "cronjobs" | "applications" | "kustomizations" | "helmreleases" => {
                Self::WorkloadRelease
            }
            "services" | "ingresses" | "gateways" | "httproutes" | "grpcroutes" => {
                Self::NetworkRouteChange
            }
            "networkpolicies"
            | "roles"
            | "rolebindings"
            | "clusterroles"
            | "clusterrolebindings"
            | "validatingwebhookconfigurations"
            | "mutatingwebhookconfigurations" => Self::SecurityPolicyChange,
            "nodes" => Self::NodeInfraChange,
            _ => Self::Other,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::WorkloadRelease => "workload_release",
            Self::ConfigChange => "config_change",
            Self::GlobalConfigChange => "global_config_change",
            Self::NetworkRouteChange => "network_route_change",
            Self::SecurityPolicyChange => "security_policy_change",
            Self::NodeInfraChange => "node_infra_change",
            Self::Other => "other",
        }
    }

    /// The score before anything else is known.
    pub(super) fn base(self, resource: &str, fields: &[String]) -> i64 {
        let is_placement =
            |path: &String| path.contains("taints") || path.contains("unschedulable");
        match self {
            Self::WorkloadRelease => 45,
            Self::ConfigChange => 55,
            Self::GlobalConfigChange => 90,
            Self::NetworkRouteChange => match resource {
                "ingresses" | "gateways" | "httproutes" => 68,
                _ => 60,
            },
            Self::SecurityPolicyChange if resource.starts_with("clusterrole") => 85,
            Self::SecurityPolicyChange => 75,
            Self::NodeInfraChange if fields.iter().any(is_placement) => 80,
            Self::NodeInfraChange => 70,
            Self::Other => 35,
        }
    }
}

/// Fields that mean something to who reads a change.
pub(super) fn semantic(fields: &[String]) -> Vec<&String> {
    let means = |path: &&String| SEMANTIC.iter().any(|word| path.contains(word));
    fields.iter().filter(means).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_their_weight_follow_the_object() {
        let none: &[String] = &[];
        for (resource, name, word, base) in [
            ("deployments", "web", "workload_release", 45),
            ("configmaps", "settings", "config_change", 55),
            ("configmaps", "coredns", "global_config_change", 90),
            ("services", "web", "network_route_change", 60),
            ("ingresses", "web", "network_route_change", 68),
            ("networkpolicies", "deny", "security_policy_change", 75),
            ("clusterroles", "x", "security_policy_change", 85),
            ("nodes", "n1", "node_infra_change", 70),
            ("resourcequotas", "q", "other", 35),
            (
                "secrets",
                "sh.helm.release.v1.web.v2",
                "workload_release",
                45,
            ),
        ] {
            let category = Category::of(resource, name);
            assert_eq!(category.word(), word, "{resource}");
            assert_eq!(category.base(resource, none), base, "{resource}");
        }
        let tainted = ["spec.taints[a:NoSchedule]".to_owned()];
        assert_eq!(Category::NodeInfraChange.base("nodes", &tainted), 80);
    }
}
