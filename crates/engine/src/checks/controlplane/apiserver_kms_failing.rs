#![doc = include_str!("apiserver_kms_failing.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// The API server cannot use its key service for encryption.
#[derive(Debug)]
pub(crate) struct KmsFailing;

static META: Meta = Meta {
    id: CheckId::new("controlplane/apiserver-kms-failing"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::KmsFailing),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look at the plugin of the key service on the nodes of the control plane, and at its access to the keys.",
    ],
    casebook: include_str!("apiserver_kms_failing.md"),
};

impl Check for KmsFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::Kms, OFTEN, report);
    }
}

/// How often a log must say it; once is enough.
const OFTEN: i64 = 1;
