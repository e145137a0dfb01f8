#![doc = include_str!("cert_ca_mismatch.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// A certificate is signed by an authority that the other side does not know.
#[derive(Debug)]
pub(crate) struct CaMismatch;

static META: Meta = Meta {
    id: CheckId::new("certificate/cert-ca-mismatch"),
    kind: FindingKind::Certificate(CertificateFinding::CaMismatch),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Give the client the authority that signed the certificate; after a change of the authority restart what still holds the old one.",
    ],
    casebook: include_str!("cert_ca_mismatch.md"),
};

impl Check for CaMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let said = mentions::of(view, Words::CertificateAuthority);
        for mention in said.filter(|known| !mentions::is_told_elsewhere(known)) {
            report.found(mentions::subject(mention), mention.evidence.clone(), None);
        }
    }
}
