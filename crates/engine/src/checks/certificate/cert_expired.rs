#![doc = include_str!("cert_expired.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        certificates::{self, GROUP},
        mentions::{self, Words},
    },
    view::View,
};

/// A certificate has expired, or is not valid yet.
#[derive(Debug)]
pub(crate) struct Expired;

static META: Meta = Meta {
    id: CheckId::new("certificate/cert-expired"),
    kind: FindingKind::Certificate(CertificateFinding::Expired),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Renew the certificate and restart what still holds the old one; compare the clocks when it is not valid yet.",
    ],
    casebook: include_str!("cert_expired.md"),
};

impl Check for Expired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for certificate in view.snapshot.customs_of(GROUP, "Certificate") {
            let left = certificates::left(view, certificate);
            if left.is_none_or(|left| left > SignedDuration::ZERO) {
                continue;
            }
            let object = cite::object(certificate.kind, &certificate.meta);
            let end = certificate.field("status.notAfter").unwrap_or_default();
            let subject = Subject::of(object.clone())
                .detail(format!("since {end}"))
                .since(certificates::time(certificate, "status.notAfter"));
            let secret = certificate.field("spec.secretName");
            let secret = secret.map(|name| cite::spec(&object, "spec.secretName", name));
            report.found(
                subject,
                cite::status(&object, "status.notAfter", end),
                secret,
            );
        }
        let said = mentions::of(view, Words::CertificateTime);
        for mention in said.filter(|known| !mentions::is_told_elsewhere(known)) {
            report.found(mentions::subject(mention), mention.evidence.clone(), None);
        }
    }
}
