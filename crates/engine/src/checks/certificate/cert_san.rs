#![doc = include_str!("cert_san.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// A certificate is not made for the name that is asked for.
#[derive(Debug)]
pub(crate) struct SanMismatch;

static META: Meta = Meta {
    id: CheckId::new("certificate/cert-san"),
    kind: FindingKind::Certificate(CertificateFinding::SanMismatch),
    needs: sources::PODS_AND_LOGS,
    advice: &["Ask for a name that stands in the certificate, or have it made for this name too."],
    casebook: include_str!("cert_san.md"),
};

impl Check for SanMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let said = mentions::of(view, Words::CertificateName);
        for mention in said.filter(|known| !mentions::is_told_elsewhere(known)) {
            report.found(mentions::subject(mention), mention.evidence.clone(), None);
        }
    }
}
