#![doc = include_str!("secret_credential_wrong.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// Somebody refuses the name or password that the program gives.
#[derive(Debug)]
pub(crate) struct SecretCredentialWrong;

static META: Meta = Meta {
    id: CheckId::new("config/secret-credential-wrong"),
    kind: FindingKind::Config(ConfigFinding::SecretCredentialWrong),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Compare the Secret with what the other side expects; look at what was changed last.",
    ],
    casebook: include_str!("secret_credential_wrong.md"),
};

impl Check for SecretCredentialWrong {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::Credential, report);
    }
}
