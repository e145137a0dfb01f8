//! Writes that say nothing about what people changed.

use super::AuditRecord;

/// Resources whose writes are the cluster's own bookkeeping.
const BOOKKEEPING: &[&str] = &[
    "events",
    "leases",
    "endpoints",
    "endpointslices",
    "controllerrevisions",
];

/// Workloads and what is made of them: when controllers write them, somebody else's write is behind.
const WORKLOADS: &[&str] = &[
    "pods",
    "replicasets",
    "deployments",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
];

/// Users of the control plane.
const CONTROL_PLANE: &[&str] = &[
    "system:kube-controller-manager",
    "system:kube-scheduler",
    "system:apiserver",
    "system:cloud-controller-manager",
];

impl AuditRecord {
    /// True for writes that change nothing that is wanted, or that follow from another write.
    pub fn is_noise(&self) -> bool {
        self.is_bookkeeping() || self.is_platform() || self.is_controlled()
    }

    fn is_bookkeeping(&self) -> bool {
        let place = (&*self.resource, &*self.subresource);
        self.subresource == "status"
            || BOOKKEEPING.contains(&&*self.resource)
            || self.resource.ends_with("reviews")
            || matches!(place, ("pods", "binding") | ("serviceaccounts", "token"))
            || (self.resource == "secrets" && self.name.contains("token"))
    }

    /// Roles that a cloud platform keeps for itself.
    fn is_platform(&self) -> bool {
        let is_own = self.name.starts_with("system:cce:") || self.name.starts_with("cce:");
        let is_component = self.user.starts_with("system:");
        self.group == "rbac.authorization.k8s.io" && is_own && is_component
    }

    /// Writes of controllers to what they control.
    fn is_controlled(&self) -> bool {
        let user = &*self.user;
        let account = user.strip_prefix("system:serviceaccount:kube-system:");
        let is_controller = CONTROL_PLANE.contains(&user)
            || user.starts_with("system:node:")
            || account
                .is_some_and(|name| name.ends_with("-controller") || name.ends_with("autoscaler"));
        let only_replicas = || {
            let mut fields = self.fields.iter();
            !self.fields.is_empty() && fields.all(|field| field.path.ends_with("replicas"))
        };
        is_controller
            && (WORKLOADS.contains(&&*self.resource)
                || (self.resource == "horizontalpodautoscalers" && only_replicas())
                || self.resource == "nodes")
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::wire::List;

    fn write(user: &str, resource: &str, subresource: &str, name: &str) -> AuditRecord {
        AuditRecord {
            at: Timestamp::UNIX_EPOCH,
            verb: "update".into(),
            user: user.into(),
            user_agent: "kubectl".into(),
            group: "".into(),
            resource: resource.into(),
            subresource: subresource.into(),
            namespace: "shop".into(),
            name: name.into(),
            code: 200,
            fields: List::default(),
            has_more: false,
        }
    }

    #[test]
    fn what_people_write_is_kept() {
        for (resource, name) in [
            ("deployments", "web"),
            ("configmaps", "settings"),
            ("secrets", "db"),
            ("nodes", "n1"),
        ] {
            assert!(!write("alice", resource, "", name).is_noise(), "{resource}");
        }
        assert!(
            !write(
                "system:serviceaccount:ci:deployer",
                "deployments",
                "",
                "web"
            )
            .is_noise()
        );
    }

    #[test]
    fn bookkeeping_is_dropped() {
        let controller = "system:serviceaccount:kube-system:deployment-controller";
        for (user, resource, subresource, name) in [
            ("alice", "deployments", "status", "web"),
            ("alice", "leases", "", "x"),
            ("alice", "tokenreviews", "", ""),
            ("alice", "pods", "binding", "web-1"),
            ("alice", "secrets", "", "default-token-x"),
            (controller, "replicasets", "", "web-1"),
            ("system:kube-scheduler", "pods", "", "web-1"),
            ("system:node:n1", "nodes", "", "n1"),
        ] {
            let record = write(user, resource, subresource, name);
            assert!(record.is_noise(), "{user} {resource} {name}");
        }
    }

    #[test]
    fn a_rejected_write_changed_nothing() {
        let mut record = write("alice", "deployments", "", "web");
        assert!(record.is_done());
        for code in [0, 403, 409, 500] {
            record.code = code;
            assert!(!record.is_done(), "{code}");
        }
    }
}
