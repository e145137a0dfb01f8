//! The kinds of objects Dogwatch reads, and how the API server names them.

use core::fmt;

mod custom;

pub use custom::CustomKind;

/// A kind that Dogwatch reads: built in, or defined by a CustomResourceDefinition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    Ingress,
    IngressClass,
    NetworkPolicy,
    CSINode,
    CSIDriver,
    APIService,
    ValidatingWebhookConfiguration,
    MutatingWebhookConfiguration,
    CustomResourceDefinition,
    CertificateSigningRequest,
    /// A kind of a CustomResourceDefinition.
    Custom(CustomKind),
}

/// How the API server names a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
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
        static BUILT_IN: &[Kind] = &[$(Kind::$kind),*];

        fn info_of(kind: Kind) -> &'static KindInfo {
            match kind {
                $(Kind::$kind => {
                    static INFO: KindInfo = KindInfo {
                        name: stringify!($kind),
                        group: $group,
                        version: $version,
                        plural: $plural,
                        short: &[$($short),*],
                        namespaced: kinds!(@namespaced $scope),
                        metadata_only: kinds!(@metadata $scope),
                    };
                    &INFO
                })*
                Kind::Custom(custom) => custom.info(),
            }
        }
    };
    (@namespaced Namespaced) => { true };
    (@namespaced NamespacedMetadata) => { true };
    (@namespaced ClusterMetadata) => { false };
    (@namespaced Cluster) => { false };
    (@metadata Namespaced) => { false };
    (@metadata NamespacedMetadata) => { true };
    (@metadata ClusterMetadata) => { true };
    (@metadata Cluster) => { false };
}

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
    Ingress "networking.k8s.io" "v1" "ingresses" ["ing"] Namespaced;
    IngressClass "networking.k8s.io" "v1" "ingressclasses" [] Cluster;
    NetworkPolicy "networking.k8s.io" "v1" "networkpolicies" ["netpol"] Namespaced;
    CSINode "storage.k8s.io" "v1" "csinodes" [] Cluster;
    CSIDriver "storage.k8s.io" "v1" "csidrivers" [] Cluster;
    APIService "apiregistration.k8s.io" "v1" "apiservices" [] Cluster;
    ValidatingWebhookConfiguration "admissionregistration.k8s.io" "v1" "validatingwebhookconfigurations" [] Cluster;
    MutatingWebhookConfiguration "admissionregistration.k8s.io" "v1" "mutatingwebhookconfigurations" [] Cluster;
    CustomResourceDefinition "apiextensions.k8s.io" "v1" "customresourcedefinitions" ["crd"] ClusterMetadata;
    CertificateSigningRequest "certificates.k8s.io" "v1" "certificatesigningrequests" ["csr"] Cluster;
}

impl Kind {
    /// Every built-in kind, in a fixed order.
    pub fn all() -> impl Iterator<Item = Kind> {
        BUILT_IN.iter().copied()
    }

    /// Names and scope of this kind.
    pub fn info(self) -> &'static KindInfo {
        info_of(self)
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
    /// group suffix (`deployments.apps`), case-insensitively. Of custom kinds it knows those that
    /// some check names.
    ///
    /// # Errors
    /// When the text names no kind that Dogwatch reads.
    pub fn parse(text: &str) -> Result<Kind, UnknownKind> {
        let lower = text.to_ascii_lowercase();
        let (word, group) = lower.split_once('.').unwrap_or((&lower, ""));
        let is_meant = |kind: &Kind| {
            let info = kind.info();
            let is_named = info.name.eq_ignore_ascii_case(word)
                || info.plural == word
                || info.short.contains(&word);
            // `deployment.v1.apps` names the version as well.
            is_named && (info.group.is_empty() || group.ends_with(info.group) || group.is_empty())
        };
        Kind::all()
            .chain(CustomKind::known().map(Kind::Custom))
            .find(is_meant)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }

    /// Finds a built-in kind by the exact `kind` field of an object.
    pub fn of_object(kind: &str) -> Option<Kind> {
        Kind::all().find(|known| known.name() == kind)
    }

    /// The kind of an object by its `apiVersion` and `kind`. A group that Kubernetes itself does
    /// not serve makes it a custom one; `None` for built-in kinds that no check reads.
    pub fn of(api_version: &str, kind: &str) -> Option<Kind> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if let Some(known) = Kind::of_object(kind)
            && known.info().group == group
        {
            return Some(known);
        }
        CustomKind::guess(group, version, kind).map(Kind::Custom)
    }

    /// True for the custom kind `name` of the group.
    pub fn is_custom(self, group: &str, name: &str) -> bool {
        matches!(self, Kind::Custom(_)) && self.info().group == group && self.info().name == name
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
    fn a_kind_survives_its_text() {
        let machine = Kind::of("cluster.x-k8s.io/v1beta2", "Machine").unwrap();
        for kind in Kind::all().chain([machine]) {
            let text = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<Kind>(&text).unwrap(), kind, "{text}");
        }
        assert!(serde_json::from_str::<Kind>("\"Widget\"").is_err());
    }

    #[test]
    fn a_custom_kind_is_the_same_in_every_version() {
        let one = Kind::of("cluster.x-k8s.io/v1beta1", "Machine").unwrap();
        let other = Kind::of("cluster.x-k8s.io/v1beta2", "Machine").unwrap();
        assert_eq!(one, other);
        assert_eq!(
            (one.info().plural, one.info().version),
            ("machines", "v1beta1")
        );
        assert_eq!(other.info().version, "v1beta2");
        assert!(one.is_custom("cluster.x-k8s.io", "Machine"));
        assert_eq!(Kind::of("rbac.authorization.k8s.io/v1", "Role"), None);
        assert_ne!(Kind::of("longhorn.io/v1beta1", "Node"), Some(Kind::Node));
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
            (
                "hrp",
                Kind::of("addons.cluster.x-k8s.io/v1alpha1", "HelmReleaseProxy").unwrap(),
            ),
            (
                "machine",
                Kind::of("cluster.x-k8s.io/v1beta1", "Machine").unwrap(),
            ),
        ] {
            assert_eq!(Kind::parse(text), Ok(kind), "{text}");
        }
        assert!(Kind::parse("widget").is_err());
    }
}
