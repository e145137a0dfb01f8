#![doc = include_str!("secret_corrupt.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// A key, certificate or password does not have the form that it should have.
#[derive(Debug)]
pub(crate) struct SecretCorrupt;

static META: Meta = Meta {
    id: CheckId::new("config/secret-corrupt"),
    kind: FindingKind::Config(ConfigFinding::SecretCorrupt),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Write the Secret anew from the original; mind line breaks at the end and double base64.",
    ],
    casebook: include_str!("secret_corrupt.md"),
};

impl Check for SecretCorrupt {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::SecretCorrupt, report);
    }
}
