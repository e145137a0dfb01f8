#![doc = include_str!("detach_failed.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The volume cannot be detached from a node.
#[derive(Debug)]
pub(crate) struct DetachFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/detach-failed"),
    kind: FindingKind::Storage(StorageFinding::DetachFailed),
    needs: sources::ATTACHMENTS,
    advice: &["Read the words of the driver; look at the node and at the CSI controller."],
    casebook: include_str!("detach_failed.md"),
};

impl Check for DetachFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for attachment in &view.snapshot.attachments {
            let error = attachment.status.detach_error.as_ref();
            let Some(error) = error.filter(|_| attachment.status.attached) else {
                continue;
            };
            let object = cite::object(Kind::VolumeAttachment, &attachment.meta);
            let volume = &attachment.spec.source.persistent_volume_name;
            let facts = [
                cite::spec(&object, "spec.source.persistentVolumeName", volume),
                cite::spec(&object, "spec.nodeName", &attachment.spec.node_name),
            ];
            let subject = Subject::of(object.clone())
                .detail(volume.to_string())
                .since(attachment.meta.deletion);
            let words = cite::status(&object, "status.detachError.message", &error.message);
            report.found(subject, words, facts);
        }
    }
}
