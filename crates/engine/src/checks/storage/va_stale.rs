#![doc = include_str!("va_stale.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, Source, StorageFinding, snapshot::VolumeAttachment,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::mounts::VolumeClass,
    view::View,
};

/// A volume is attached to a node that does not exist any more.
#[derive(Debug)]
pub(crate) struct StaleAttachment;

static META: Meta = Meta {
    id: CheckId::new("storage/va-stale"),
    kind: FindingKind::Storage(StorageFinding::StaleAttachment),
    needs: sources::ATTACHMENTS,
    advice: &[
        "Make sure that the machine is gone, then look at the attacher of the driver: it has to confirm the detachment.",
    ],
    casebook: include_str!("va_stale.md"),
};

impl Check for StaleAttachment {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let nodes = Source::Objects(Kind::Node);
        let is_known = view.snapshot.ledger.is_complete(nodes);
        for attachment in view
            .snapshot
            .attachments
            .iter()
            .filter(|known| is_late(view, known))
        {
            let node = &attachment.spec.node_name;
            if view.snapshot.node(node).is_some() {
                continue;
            }
            let object = cite::object(Kind::VolumeAttachment, &attachment.meta);
            if !is_known {
                report.undecided(object, nodes);
                continue;
            }
            let volume = &attachment.spec.source.persistent_volume_name;
            let subject = Subject::of(object.clone())
                .detail(volume.to_string())
                .since(attachment.meta.deletion);
            let absent = format!("{node}, and there is no such Node");
            let deletion = attachment.meta.deletion;
            let deletion =
                deletion.map(|at| cite::status(&object, "metadata.deletionTimestamp", at));
            report.found(
                subject,
                cite::spec(&object, "spec.nodeName", absent),
                deletion,
            );
        }
    }
}

/// The controller detaches by force after six minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// True when the attachment should be gone, or when a Pod waits for its volume.
fn is_late(view: &View<'_>, attachment: &VolumeAttachment) -> bool {
    let overdue = |at: Timestamp| view.now().duration_since(at) > PATIENCE;
    let volume = &attachment.spec.source.persistent_volume_name;
    attachment.meta.deletion.is_some_and(overdue)
        || view
            .volumes
            .iter()
            .any(|trouble| trouble.class == VolumeClass::MultiAttach && trouble.detail == **volume)
}
