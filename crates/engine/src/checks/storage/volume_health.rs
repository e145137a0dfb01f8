#![doc = include_str!("volume_health.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, ObjectRef, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The driver says that the volume is not healthy.
#[derive(Debug)]
pub(crate) struct VolumeAbnormal;

static META: Meta = Meta {
    id: CheckId::new("storage/volume-health"),
    kind: FindingKind::Storage(StorageFinding::VolumeAbnormal),
    needs: sources::EVENTS,
    advice: &["Look at the disk with the means of its provider, and at the backup."],
    casebook: include_str!("volume_health.md"),
};

impl Check for VolumeAbnormal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for kind in [Kind::PersistentVolumeClaim, Kind::Pod] {
            for event in notes::recent(view, kind, &[ABNORMAL, "VolumeConditionNormal"]) {
                if event.reason != ABNORMAL {
                    continue;
                }
                let object = ObjectRef {
                    kind,
                    namespace: event.involved.namespace.clone(),
                    name: event.involved.name.clone(),
                    uid: event.involved.uid.clone(),
                };
                if is_gone(view, &object) {
                    continue;
                }
                let fact = cite::event(event);
                report.found(Subject::of(object).since(event.first_seen), fact, None);
            }
        }
    }
}

const ABNORMAL: &str = "VolumeConditionAbnormal";

/// True when an object of this name is there, and it is another incarnation.
fn is_gone(view: &View<'_>, object: &ObjectRef) -> bool {
    let snapshot = view.snapshot;
    let known = match object.kind {
        Kind::Pod => snapshot
            .pod_named(&object.namespace, &object.name)
            .map(|pod| &pod.meta),
        _ => snapshot
            .claim(&object.namespace, &object.name)
            .map(|claim| &claim.meta),
    };
    known.is_some_and(|meta| meta.uid != object.uid)
}
