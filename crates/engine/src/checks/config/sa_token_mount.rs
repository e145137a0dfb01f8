#![doc = include_str!("sa_token_mount.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The kubelet gets no token for the ServiceAccount of the Pod.
#[derive(Debug)]
pub(crate) struct ServiceAccountTokenMount;

static META: Meta = Meta {
    id: CheckId::new("config/sa-token-mount"),
    kind: FindingKind::Config(ConfigFinding::ServiceAccountTokenMount),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Read what follows the words: a ServiceAccount that is gone, an audience that is not allowed, or an API server that does not answer.",
    ],
    casebook: include_str!("sa_token_mount.md"),
};

impl Check for ServiceAccountTokenMount {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::TokenMount, report);
    }
}
