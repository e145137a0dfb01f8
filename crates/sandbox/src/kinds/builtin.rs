//! The built-in kinds as data.

use super::{Kind, qualify};

/// Group, versions, kind, plural, short names, categories, subresources. A plural that starts with
/// `*` is cluster-scoped.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("", "v1", "Binding", "bindings", "", "", ""),
    ("", "v1", "ConfigMap", "configmaps", "cm", "", ""),
    ("", "v1", "Endpoints", "endpoints", "ep", "", ""),
    ("", "v1", "Event", "events", "ev", "", ""),
    ("", "v1", "LimitRange", "limitranges", "limits", "", ""),
    ("", "v1", "Namespace", "*namespaces", "ns", "", "status finalize"),
    ("", "v1", "Node", "*nodes", "no", "", "status"),
    ("", "v1", "PersistentVolume", "*persistentvolumes", "pv", "", "status"),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", "", "status"),
    ("", "v1", "Pod", "pods", "po", "all", "binding eviction log status ephemeralcontainers resize"),
    ("", "v1", "PodTemplate", "podtemplates", "", "", ""),
    ("", "v1", "ReplicationController", "replicationcontrollers", "rc", "all", "scale status"),
    ("", "v1", "ResourceQuota", "resourcequotas", "quota", "", "status"),
    ("", "v1", "Secret", "secrets", "", "", ""),
    ("", "v1", "Service", "services", "svc", "all", "status"),
    ("", "v1", "ServiceAccount", "serviceaccounts", "sa", "", ""),
    ("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "*mutatingwebhookconfigurations", "", "api-extensions", ""),
    ("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "*validatingadmissionpolicies", "", "api-extensions", "status"),
    ("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding", "*validatingadmissionpolicybindings", "", "api-extensions", ""),
    ("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "*validatingwebhookconfigurations", "", "api-extensions", ""),
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "*customresourcedefinitions", "crd crds", "api-extensions", "status"),
    ("apiregistration.k8s.io", "v1", "APIService", "*apiservices", "", "api-extensions", "status"),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", "", "", ""),
    ("apps", "v1", "DaemonSet", "daemonsets", "ds", "all", "status"),
    ("apps", "v1", "Deployment", "deployments", "deploy", "all", "scale status"),
    ("apps", "v1", "ReplicaSet", "replicasets", "rs", "all", "scale status"),
    ("apps", "v1", "StatefulSet", "statefulsets", "sts", "all", "scale status"),
    ("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "*selfsubjectaccessreviews", "", "", ""),
    ("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "*selfsubjectrulesreviews", "", "", ""),
    ("authentication.k8s.io", "v1", "SelfSubjectReview", "*selfsubjectreviews", "", "", ""),
    ("autoscaling", "v2 v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa", "all", "status"),
    ("batch", "v1", "CronJob", "cronjobs", "cj", "all", "status"),
    ("batch", "v1", "Job", "jobs", "", "all", "status"),
    ("certificates.k8s.io", "v1", "CertificateSigningRequest", "*certificatesigningrequests", "csr", "", "status"),
    ("coordination.k8s.io", "v1", "Lease", "leases", "", "", ""),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "", "", ""),
    ("events.k8s.io", "v1", "Event", "events", "ev", "", ""),
    ("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "*flowschemas", "", "", "status"),
    ("flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration", "*prioritylevelconfigurations", "", "", "status"),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", "ing", "", "status"),
    ("networking.k8s.io", "v1", "IngressClass", "*ingressclasses", "", "", ""),
    ("networking.k8s.io", "v1", "IPAddress", "*ipaddresses", "ip", "", ""),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "netpol", "", ""),
    ("networking.k8s.io", "v1", "ServiceCIDR", "*servicecidrs", "", "", "status"),
    ("node.k8s.io", "v1", "RuntimeClass", "*runtimeclasses", "", "", ""),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb", "", "status"),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "*clusterroles", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "*clusterrolebindings", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "", "", ""),
    ("resource.k8s.io", "v1", "DeviceClass", "*deviceclasses", "", "", ""),
    ("resource.k8s.io", "v1", "ResourceClaim", "resourceclaims", "", "", "status"),
    ("resource.k8s.io", "v1", "ResourceClaimTemplate", "resourceclaimtemplates", "", "", ""),
    ("resource.k8s.io", "v1", "ResourceSlice", "*resourceslices", "", "", ""),
    ("scheduling.k8s.io", "v1", "PriorityClass", "*priorityclasses", "pc", "", ""),
    ("storage.k8s.io", "v1", "CSIDriver", "*csidrivers", "", "", ""),
    ("storage.k8s.io", "v1", "CSINode", "*csinodes", "", "", ""),
    ("storage.k8s.io", "v1", "CSIStorageCapacity", "csistoragecapacities", "", "", ""),
    ("storage.k8s.io", "v1", "StorageClass", "*storageclasses", "sc", "", ""),
    ("storage.k8s.io", "v1", "VolumeAttachment", "*volumeattachments", "", "", "status"),
    ("storage.k8s.io", "v1", "VolumeAttributesClass", "*volumeattributesclasses", "vac", "", ""),
];

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// All built-in kinds.
pub(super) fn kinds() -> impl Iterator<Item = Kind> {
    ROWS.iter().map(
        |&(group, versions, kind, plural, short, categories, subresources)| {
            let namespaced = !plural.starts_with('*');
            let plural = plural.trim_start_matches('*');
            // The two groups of events are two views of the same objects.
            let home = if group == "events.k8s.io" { "" } else { group };
            Kind {
                group: group.to_owned(),
                versions: words(versions),
                kind: kind.to_owned(),
                plural: plural.to_owned(),
                short_names: words(short),
                categories: words(categories),
                namespaced,
                subresources: words(subresources),
                shelf: qualify(plural, home),
                create_only: kind.ends_with("Review") || kind == "Binding",
                custom: false,
                columns: Vec::new(),
            }
        },
    )
}

/// The group in which a kind lives today; other groups are returned as they are.
pub(super) fn current_group<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") => "apps",
        ("events.k8s.io", "Event") => "",
        _ => group,
    }
}
