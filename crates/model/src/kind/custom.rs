//! Kinds of CustomResourceDefinitions: known ones by a table, all others as the server or a
//! recording names them.

use core::cmp::Ordering;
use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
    sync::{Mutex, OnceLock, PoisonError},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Kind, KindInfo};

/// Custom kinds that one process remembers. A cluster with more of them is not read completely.
const MAX_KINDS: usize = 4000;

/// Longest group, version, kind or plural that is remembered: what Kubernetes allows.
const MAX_NAME: usize = 253;

/// A custom kind. Two versions of one kind are the same kind.
#[derive(Debug, Clone, Copy)]
pub struct CustomKind(&'static KindInfo);

macro_rules! custom_kinds {
    ($($group:literal $version:literal { $($constant:ident $name:literal $plural:literal [$($short:literal),*] $namespaced:literal;)* })*) => {
        static KNOWN: &[CustomKind] = &[$($(CustomKind::$constant,)*)*];

        impl CustomKind {
            $($(
                #[doc = concat!("`", $name, ".", $group, "`.")]
                pub const $constant: CustomKind = CustomKind({
                    static INFO: KindInfo = KindInfo {
                        name: $name,
                        group: $group,
                        version: $version,
                        plural: $plural,
                        short: &[$($short),*],
                        namespaced: $namespaced,
                        metadata_only: false,
                    };
                    &INFO
                });
            )*)*
        }
    };
}

// The version is a guess for servers that were not asked which ones they serve.
custom_kinds! {
    "cluster.x-k8s.io" "v1beta1" {
        CLUSTER "Cluster" "clusters" ["cl"] true;
        MACHINE "Machine" "machines" ["ma"] true;
        MACHINE_SET "MachineSet" "machinesets" ["ms"] true;
        MACHINE_DEPLOYMENT "MachineDeployment" "machinedeployments" ["md"] true;
        MACHINE_HEALTH_CHECK "MachineHealthCheck" "machinehealthchecks" ["mhc"] true;
        MACHINE_POOL "MachinePool" "machinepools" ["mp"] true;
        CLUSTER_CLASS "ClusterClass" "clusterclasses" ["cc"] true;
    }
    "controlplane.cluster.x-k8s.io" "v1beta1" {
        KUBEADM_CONTROL_PLANE "KubeadmControlPlane" "kubeadmcontrolplanes" ["kcp"] true;
    }
    "bootstrap.cluster.x-k8s.io" "v1beta1" {
        KUBEADM_CONFIG "KubeadmConfig" "kubeadmconfigs" [] true;
    }
    "addons.cluster.x-k8s.io" "v1alpha1" {
        HELM_CHART_PROXY "HelmChartProxy" "helmchartproxies" ["hcp"] true;
        HELM_RELEASE_PROXY "HelmReleaseProxy" "helmreleaseproxies" ["hrp"] true;
    }
    "helm.toolkit.fluxcd.io" "v2" { HELM_RELEASE "HelmRelease" "helmreleases" ["hr"] true; }
    "kustomize.toolkit.fluxcd.io" "v1" { KUSTOMIZATION "Kustomization" "kustomizations" ["ks"] true; }
    "source.toolkit.fluxcd.io" "v1" {
        GIT_REPOSITORY "GitRepository" "gitrepositories" ["gitrepo"] true;
        HELM_REPOSITORY "HelmRepository" "helmrepositories" ["helmrepo"] true;
        HELM_CHART "HelmChart" "helmcharts" [] true;
        OCI_REPOSITORY "OCIRepository" "ocirepositories" ["ocirepo"] true;
        BUCKET "Bucket" "buckets" [] true;
    }
    "argoproj.io" "v1alpha1" {
        APPLICATION "Application" "applications" ["app"] true;
        ROLLOUT "Rollout" "rollouts" ["ro"] true;
    }
    "keda.sh" "v1alpha1" {
        SCALED_OBJECT "ScaledObject" "scaledobjects" ["so"] true;
        SCALED_JOB "ScaledJob" "scaledjobs" ["sj"] true;
    }
    "autoscaling.k8s.io" "v1" { VERTICAL_POD_AUTOSCALER "VerticalPodAutoscaler" "verticalpodautoscalers" ["vpa"] true; }
    "karpenter.sh" "v1" {
        NODE_CLAIM "NodeClaim" "nodeclaims" [] false;
        NODE_POOL "NodePool" "nodepools" [] false;
    }
    "cert-manager.io" "v1" {
        CERTIFICATE "Certificate" "certificates" ["cert", "certs"] true;
        CERTIFICATE_REQUEST "CertificateRequest" "certificaterequests" ["cr", "crs"] true;
        ISSUER "Issuer" "issuers" [] true;
        CLUSTER_ISSUER "ClusterIssuer" "clusterissuers" [] false;
    }
    "acme.cert-manager.io" "v1" {
        ORDER "Order" "orders" [] true;
        CHALLENGE "Challenge" "challenges" [] true;
    }
    "gateway.networking.k8s.io" "v1" {
        GATEWAY "Gateway" "gateways" ["gtw"] true;
        GATEWAY_CLASS "GatewayClass" "gatewayclasses" ["gc"] false;
        HTTP_ROUTE "HTTPRoute" "httproutes" [] true;
        GRPC_ROUTE "GRPCRoute" "grpcroutes" [] true;
    }
    "external-secrets.io" "v1" {
        EXTERNAL_SECRET "ExternalSecret" "externalsecrets" ["es"] true;
        SECRET_STORE "SecretStore" "secretstores" ["ss"] true;
        CLUSTER_SECRET_STORE "ClusterSecretStore" "clustersecretstores" ["css"] false;
    }
    "bitnami.com" "v1alpha1" { SEALED_SECRET "SealedSecret" "sealedsecrets" [] true; }
    "snapshot.storage.k8s.io" "v1" {
        VOLUME_SNAPSHOT "VolumeSnapshot" "volumesnapshots" ["vs"] true;
        VOLUME_SNAPSHOT_CONTENT "VolumeSnapshotContent" "volumesnapshotcontents" ["vsc"] false;
    }
    "operators.coreos.com" "v1alpha1" { CLUSTER_SERVICE_VERSION "ClusterServiceVersion" "clusterserviceversions" ["csv"] true; }
}

impl CustomKind {
    /// The custom kinds that some check names, in a fixed order.
    pub fn known() -> impl Iterator<Item = CustomKind> {
        KNOWN.iter().copied()
    }

    /// A kind as a server or a definition describes it. `None` when it can be no custom kind: a
    /// group of Kubernetes itself, or a name that Kubernetes would refuse.
    pub fn new(
        group: &str,
        version: &str,
        name: &str,
        plural: &str,
        namespaced: bool,
    ) -> Option<CustomKind> {
        if is_built_in(group) || ![group, version, name, plural].into_iter().all(is_name) {
            return None;
        }
        let same = |kind: &CustomKind| {
            let info = kind.info();
            (info.group, info.version, info.name, info.plural) == (group, version, name, plural)
                && info.namespaced == namespaced
        };
        if let Some(known) = Self::known().find(same) {
            return Some(known);
        }
        remembered(group, version, name, plural, namespaced)
    }

    /// A kind of which only the name is known: its plural and scope are those of the table, else
    /// what almost all kinds have.
    pub fn guess(group: &str, version: &str, name: &str) -> Option<CustomKind> {
        let known = Self::known().find(|kind| kind.identity() == (group, name));
        match known.map(Self::info) {
            Some(info) => Self::new(group, version, name, info.plural, info.namespaced),
            None => Self::new(group, version, name, &plural(name), true),
        }
    }

    /// True for groups that Kubernetes serves itself: no definition may use them.
    pub fn is_built_in_group(group: &str) -> bool {
        is_built_in(group)
    }

    /// Names and scope of this kind.
    pub fn info(self) -> &'static KindInfo {
        self.0
    }

    fn identity(self) -> (&'static str, &'static str) {
        (self.0.group, self.0.name)
    }
}

/// Group, version, kind, plural and whether objects live in a Namespace.
type Description = (String, String, String, String, bool);

/// Kinds live as long as the process: there are as many as definitions in the clusters it reads.
fn remembered(
    group: &str,
    version: &str,
    name: &str,
    plural: &str,
    namespaced: bool,
) -> Option<CustomKind> {
    static SEEN: OnceLock<Mutex<BTreeMap<Description, CustomKind>>> = OnceLock::new();
    let seen = SEEN.get_or_init(Mutex::default);
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let key: Description = (
        group.to_owned(),
        version.to_owned(),
        name.to_owned(),
        plural.to_owned(),
        namespaced,
    );
    if let Some(known) = seen.get(&key) {
        return Some(*known);
    }
    if seen.len() >= MAX_KINDS {
        return None;
    }
    let leak = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    let short: &'static [&'static str] = &[];
    let info = KindInfo {
        name: leak(name),
        group: leak(group),
        version: leak(version),
        plural: leak(plural),
        short,
        namespaced,
        metadata_only: false,
    };
    let kind = CustomKind(Box::leak(Box::new(info)));
    seen.insert(key, kind);
    Some(kind)
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(fits)
}

/// Groups that Kubernetes serves itself, now or in the past. Groups of its own projects that are
/// installed as definitions end in `.k8s.io` too and are no built-in ones.
fn is_built_in(group: &str) -> bool {
    const GROUPS: &[&str] = &[
        "admissionregistration.k8s.io",
        "apidiscovery.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "meta.k8s.io",
        "metrics.k8s.io",
        "custom.metrics.k8s.io",
        "external.metrics.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    ];
    // Groups of definitions have a dot; `apps` or `batch` have none.
    !group.contains('.') || GROUPS.contains(&group)
}

/// The plural that almost all definitions use.
fn plural(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if let Some(stem) = lower.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    if lower.ends_with(['s', 'x']) || lower.ends_with("ch") || lower.ends_with("sh") {
        return format!("{lower}es");
    }
    format!("{lower}s")
}

impl PartialEq for CustomKind {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for CustomKind {}

impl PartialOrd for CustomKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CustomKind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl Hash for CustomKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl Serialize for Kind {
    /// `Pod`, or `Machine.cluster.x-k8s.io` for a custom kind.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Kind::Custom(custom) => {
                let (group, name) = custom.identity();
                serializer.collect_str(&format_args!("{name}.{group}"))
            }
            built_in => serializer.serialize_str(built_in.name()),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let kind = match text.split_once('.') {
            Some((name, group)) => CustomKind::guess(group, "v1", name).map(Kind::Custom),
            None => Kind::of_object(&text),
        };
        kind.ok_or_else(|| D::Error::custom(super::UnknownKind(text)))
    }
}
