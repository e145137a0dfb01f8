#![doc = include_str!("full_volume_explains_full_disk.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, RuleId, StorageFinding, wire::Text,
};

use super::super::{Key, Rule, RuleMeta, key::pod_of};
use crate::View;

/// A volume that is full explains why a program that writes to it finds no space.
#[derive(Debug)]
pub(crate) struct FullVolumeExplainsFullDisk;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("full-volume-explains-full-disk"),
    because: "the Pod mounts the claim that is full",
    strength: EdgeStrength::Hard,
    casebook: include_str!("full_volume_explains_full_disk.md"),
};

impl Rule for FullVolumeExplainsFullDisk {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Storage(StorageFinding::VolumeFull) {
            return Vec::new();
        }
        let object = &finding.object;
        vec![Key::Claim(object.namespace.clone(), object.name.clone())]
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Container(ContainerFinding::DiskFull) {
            return Vec::new();
        }
        let pod = pod_of(view, finding);
        let claims = pod.into_iter().flat_map(|pod| {
            let namespace = &pod.meta.namespace;
            pod.spec
                .claims()
                .map(|name| Key::Claim(namespace.clone(), Text::from(name)))
        });
        claims.collect()
    }
}
