#![doc = include_str!("volume_configmap_missing.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// A ConfigMap that a volume needs does not exist.
#[derive(Debug)]
pub(crate) struct VolumeConfigMapMissing;

static META: Meta = Meta {
    id: CheckId::new("storage/volume-configmap-missing"),
    kind: FindingKind::Storage(StorageFinding::VolumeConfigMapMissing),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Create the ConfigMap in the Namespace of the Pod, or correct the name in the template.",
    ],
    casebook: include_str!("volume_configmap_missing.md"),
};

impl Check for VolumeConfigMapMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::ConfigMapMissing, report);
    }
}
