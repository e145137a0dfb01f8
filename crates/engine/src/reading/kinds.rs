//! Kinds that somebody asked for and the server does not serve.

use dogwatch_model::CustomKind;

use super::versions::Version;
use crate::view::View;

/// APIs that Kubernetes dropped, with the minor version that no longer serves them; an empty kind
/// stands for the whole version.
const REMOVED: &[(&str, &str, u32)] = &[
    ("apps/v1beta1", "", 16),
    ("apps/v1beta2", "", 16),
    ("extensions/v1beta1", "", 22),
    ("networking.k8s.io/v1beta1", "Ingress", 22),
    ("networking.k8s.io/v1beta1", "IngressClass", 22),
    ("rbac.authorization.k8s.io/v1beta1", "", 22),
    ("apiextensions.k8s.io/v1beta1", "", 22),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        22,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        22,
    ),
    ("apiregistration.k8s.io/v1beta1", "", 22),
    (
        "certificates.k8s.io/v1beta1",
        "CertificateSigningRequest",
        22,
    ),
    ("coordination.k8s.io/v1beta1", "Lease", 22),
    ("scheduling.k8s.io/v1beta1", "", 22),
    ("storage.k8s.io/v1beta1", "StorageClass", 22),
    ("storage.k8s.io/v1beta1", "VolumeAttachment", 22),
    ("batch/v1beta1", "CronJob", 25),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25),
    ("events.k8s.io/v1beta1", "Event", 25),
    ("policy/v1beta1", "", 25),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "", 26),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "", 29),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "", 32),
];

/// Kind and version of `Widget in version example.org/v1`.
pub(crate) fn asked(detail: &str) -> Option<(&str, &str)> {
    detail.split_once(" in version ")
}

/// The minor version that dropped what was asked for, when this server is not older.
pub(crate) fn removed_in(detail: &str, server: Version) -> Option<u32> {
    let (kind, version) = asked(detail)?;
    let mut known = REMOVED.iter();
    let (_, _, minor) =
        known.find(|(api, name, _)| *api == version && (name.is_empty() || *name == kind))?;
    (server.minor >= *minor).then_some(*minor)
}

/// True for groups that Kubernetes serves itself, now or in the past.
pub(crate) fn is_built_in(group: &str) -> bool {
    let is_removed = REMOVED
        .iter()
        .any(|(api, _, _)| api.split('/').next() == Some(group));
    is_removed || CustomKind::is_built_in_group(group)
}

/// True when a definition of this kind is there. Where only names of definitions were read, the
/// plural tells: it begins as the kind does.
pub(crate) fn is_defined(view: &View<'_>, group: &str, kind: &str) -> bool {
    let stem = kind.to_ascii_lowercase();
    let stem = stem.strip_suffix('y').unwrap_or(&stem);
    view.snapshot.definitions.iter().any(|known| {
        let named = known.meta.name.split_once('.');
        let by_name = named.is_some_and(|(plural, rest)| rest == group && plural.starts_with(stem));
        let by_spec = known.spec.group == *group && known.spec.names.kind == *kind;
        by_name || by_spec
    })
}
