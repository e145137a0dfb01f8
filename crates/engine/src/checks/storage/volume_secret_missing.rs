#![doc = include_str!("volume_secret_missing.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// A Secret that a volume needs does not exist.
#[derive(Debug)]
pub(crate) struct VolumeSecretMissing;

static META: Meta = Meta {
    id: CheckId::new("storage/volume-secret-missing"),
    kind: FindingKind::Storage(StorageFinding::VolumeSecretMissing),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Create the Secret in the Namespace of the Pod, or correct the name in the template.",
    ],
    casebook: include_str!("volume_secret_missing.md"),
};

impl Check for VolumeSecretMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::SecretMissing, report);
    }
}
