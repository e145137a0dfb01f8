#![doc = include_str!("attachment_explains_multi_attach.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, NodeFinding, PodFinding, RuleId, StorageFinding,
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::View;

/// What keeps a volume at one node explains why another node cannot have it.
#[derive(Debug)]
pub(crate) struct AttachmentExplainsMultiAttach;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("attachment-explains-multi-attach"),
    because: "the volume is still attached there, or a Pod there still uses it",
    strength: EdgeStrength::Hard,
    casebook: include_str!("attachment_explains_multi_attach.md"),
};

impl Rule for AttachmentExplainsMultiAttach {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Storage(
                StorageFinding::StaleAttachment | StorageFinding::DetachFailed,
            ) => {
                vec![Key::Volume(finding.detail.as_str().into())]
            }
            FindingKind::Pod(PodFinding::StuckTerminating) => volumes(view, finding),
            FindingKind::Node(NodeFinding::NotReady | NodeFinding::Unreachable) => {
                let attachments = view.snapshot.attachments.iter();
                attachments
                    .filter(|known| {
                        known.status.attached && known.spec.node_name == *finding.object.name
                    })
                    .map(|known| Key::Volume(known.spec.source.persistent_volume_name.clone()))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Storage(StorageFinding::MultiAttach)
        ) {
            vec![Key::Volume(finding.detail.as_str().into())]
        } else {
            Vec::new()
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        // A Pod on the same node shares the volume: only another node rules it out.
        let there = pod_of(view, cause).map(|pod| &pod.node);
        let here = pod_of(view, effect).map(|pod| &pod.node);
        (there != here || there.is_none()).then(Link::proven)
    }
}

/// The volumes of the claims that a Pod mounts.
fn volumes(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let Some(pod) = pod_of(view, finding) else {
        return Vec::new();
    };
    pod.spec
        .claims()
        .filter_map(|name| view.snapshot.claim(&pod.meta.namespace, name))
        .filter(|claim| !claim.spec.volume_name.is_empty())
        .map(|claim| Key::Volume(claim.spec.volume_name.clone()))
        .collect()
}
