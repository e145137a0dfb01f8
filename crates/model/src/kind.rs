//! The kinds of objects Dogwatch reads, and how the API server names them.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A kind that some check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // the variants are the Kubernetes kinds themselves
pub enum Kind {
    Namespace,
    Node,
    Pod,
    Service,
    Event,
    ConfigMap,
    Secret,
    ServiceAccount,
    PersistentVolumeClaim,
    PersistentVolume,
    ResourceQuota,
    LimitRange,
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    ControllerRevision,
    Job,
    CronJob,
    HorizontalPodAutoscaler,
    PodDisruptionBudget,
    EndpointSlice,
    StorageClass,
    VolumeAttachment,
    PriorityClass,
    RuntimeClass,
    Lease,
}

/// How the API server names a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// `Pod`.
    pub name: &'static str,
    /// API group; empty for the core group.
    pub group: &'static str,
    /// API version within the group.
    pub version: &'static str,
    /// Resource name in URLs.
    pub plural: &'static str,
    /// Short names as kubectl accepts them.
    pub short: &'static [&'static str],
    /// Whether objects live in a Namespace.
    pub namespaced: bool,
    /// Payloads are never read: lists ask for `PartialObjectMetadata` only.
    pub metadata_only: bool,
}

/// The text names no kind that Dogwatch reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no kind that Dogwatch reads; name one as kubectl does, such as deployment, pod or node"
)]
pub struct UnknownKind(pub String);

macro_rules! kinds {
    ($($kind:ident $group:literal $version:literal $plural:literal [$($short:literal),*] $scope:ident;)*) => {
        static KINDS: &[KindInfo] = &[$(KindInfo {
            kind: Kind::$kind,
            name: stringify!($kind),
            group: $group,
            version: $version,
            plural: $plural,
            short: &[$($short),*],
            namespaced: kinds!(@namespaced $scope),
            metadata_only: kinds!(@metadata $scope),
        }),*];
    };
    (@namespaced Namespaced) => { true };
    (@namespaced NamespacedMetadata) => { true };
    (@namespaced Cluster) => { false };
    (@metadata Namespaced) => { false };
    (@metadata NamespacedMetadata) => { true };
    (@metadata Cluster) => { false };
}

// In the order of the enum: `Kind::info` indexes this table.
kinds! {
    Namespace "" "v1" "namespaces" ["ns"] Cluster;
    Node "" "v1" "nodes" ["no"] Cluster;
    Pod "" "v1" "pods" ["po"] Namespaced;
    Service "" "v1" "services" ["svc"] Namespaced;
    Event "" "v1" "events" ["ev"] Namespaced;
    ConfigMap "" "v1" "configmaps" ["cm"] NamespacedMetadata;
    Secret "" "v1" "secrets" [] NamespacedMetadata;
    ServiceAccount "" "v1" "serviceaccounts" ["sa"] NamespacedMetadata;
    PersistentVolumeClaim "" "v1" "persistentvolumeclaims" ["pvc"] Namespaced;
    PersistentVolume "" "v1" "persistentvolumes" ["pv"] Cluster;
    ResourceQuota "" "v1" "resourcequotas" ["quota"] Namespaced;
    LimitRange "" "v1" "limitranges" ["limits"] Namespaced;
    Deployment "apps" "v1" "deployments" ["deploy"] Namespaced;
    ReplicaSet "apps" "v1" "replicasets" ["rs"] Namespaced;
    StatefulSet "apps" "v1" "statefulsets" ["sts"] Namespaced;
    DaemonSet "apps" "v1" "daemonsets" ["ds"] Namespaced;
    ControllerRevision "apps" "v1" "controllerrevisions" [] Namespaced;
    Job "batch" "v1" "jobs" [] Namespaced;
    CronJob "batch" "v1" "cronjobs" ["cj"] Namespaced;
    HorizontalPodAutoscaler "autoscaling" "v2" "horizontalpodautoscalers" ["hpa"] Namespaced;
    PodDisruptionBudget "policy" "v1" "poddisruptionbudgets" ["pdb"] Namespaced;
    EndpointSlice "discovery.k8s.io" "v1" "endpointslices" [] Namespaced;
    StorageClass "storage.k8s.io" "v1" "storageclasses" ["sc"] Cluster;
    VolumeAttachment "storage.k8s.io" "v1" "volumeattachments" [] Cluster;
    PriorityClass "scheduling.k8s.io" "v1" "priorityclasses" ["pc"] Cluster;
    RuntimeClass "node.k8s.io" "v1" "runtimeclasses" [] Cluster;
    Lease "coordination.k8s.io" "v1" "leases" [] Namespaced;
}

impl Kind {
    /// Every kind, in a fixed order.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(|info| info.kind)
    }

    /// Names and scope of this kind.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// `Deployment`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// `apps/v1` or `v1`.
    pub fn api_version(self) -> String {
        let info = self.info();
        if info.group.is_empty() {
            info.version.to_owned()
        } else {
            format!("{}/{}", info.group, info.version)
        }
    }

    /// Reads a kind as kubectl users write it: kind, singular, plural, short name, or with a
    /// group suffix (`deployments.apps`), case-insensitively.
    ///
    /// # Errors
    /// When the text names no kind that Dogwatch reads.
    pub fn parse(text: &str) -> Result<Kind, UnknownKind> {
        let lower = text.to_ascii_lowercase();
        let word = lower.split('.').next().unwrap_or_default();
        KINDS
            .iter()
            .find(|info| {
                info.name.eq_ignore_ascii_case(word)
                    || info.plural == word
                    || info.short.contains(&word)
            })
            .map(|info| info.kind)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }

    /// Finds a kind by the exact `kind` field of an object.
    pub fn of_object(kind: &str) -> Option<Kind> {
        KINDS
            .iter()
            .find(|info| info.name == kind)
            .map(|info| info.kind)
    }

    /// True for kinds with a rollout: Deployment, StatefulSet and DaemonSet.
    pub fn is_rollout(self) -> bool {
        matches!(self, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_order_is_the_enum_order() {
        for (index, info) in KINDS.iter().enumerate() {
            assert_eq!(info.kind as usize, index, "{}", info.name);
        }
    }

    #[test]
    fn kubectl_spellings_are_understood() {
        for (text, kind) in [
            ("deploy", Kind::Deployment),
            ("Deployment", Kind::Deployment),
            ("deployments.apps", Kind::Deployment),
            ("deployment.v1.apps", Kind::Deployment),
            ("po", Kind::Pod),
            ("STS", Kind::StatefulSet),
            ("pvc", Kind::PersistentVolumeClaim),
        ] {
            assert_eq!(Kind::parse(text), Ok(kind), "{text}");
        }
        assert!(Kind::parse("widget").is_err());
    }
}
