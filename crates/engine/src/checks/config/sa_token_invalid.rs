#![doc = include_str!("sa_token_invalid.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The API server refuses the token of the Pod.
#[derive(Debug)]
pub(crate) struct ServiceAccountTokenInvalid;

static META: Meta = Meta {
    id: CheckId::new("config/sa-token-invalid"),
    kind: FindingKind::Config(ConfigFinding::ServiceAccountTokenInvalid),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Restart the Pod when its ServiceAccount was made anew; else compare clocks and the issuer of the API server.",
    ],
    casebook: include_str!("sa_token_invalid.md"),
};

impl Check for ServiceAccountTokenInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::TokenInvalid, report);
    }
}
