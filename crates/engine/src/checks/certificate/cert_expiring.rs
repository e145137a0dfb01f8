#![doc = include_str!("cert_expiring.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind, Severity};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::certificates::{self, GROUP},
    view::View,
};

/// A certificate should have been renewed and was not; it will expire.
#[derive(Debug)]
pub(crate) struct Expiring;

static META: Meta = Meta {
    id: CheckId::new("certificate/cert-expiring"),
    kind: FindingKind::Certificate(CertificateFinding::Expiring),
    needs: sources::PODS,
    advice: &["Look at the Certificate, its newest CertificateRequest and the issuer."],
    casebook: include_str!("cert_expiring.md"),
};

impl Check for Expiring {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for certificate in view.snapshot.customs_of(GROUP, "Certificate") {
            let Some(left) = certificates::left(view, certificate) else {
                continue;
            };
            let end = certificate.field("status.notAfter").unwrap_or_default();
            let due = certificates::time(certificate, "status.renewalTime");
            // Short certificates are always near their end: it matters that nobody renewed them.
            let is_late = match due {
                Some(due) => view.now().duration_since(due) > PATIENCE,
                None => left < DAY,
            };
            if !is_late || left <= SignedDuration::ZERO {
                continue;
            }
            let object = cite::object(certificate.kind, &certificate.meta);
            let severity = if left < DAY {
                Severity::Critical
            } else if left < DAY * 7 {
                Severity::Warning
            } else {
                Severity::Info
            };
            let due = due.map(|due| cite::status(&object, "status.renewalTime", due));
            let subject = Subject::of(object.clone())
                .detail(format!("until {end}"))
                .severity(severity);
            report.found(subject, cite::status(&object, "status.notAfter", end), due);
        }
    }
}

/// A renewal takes minutes; challenges take longer.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

const DAY: SignedDuration = SignedDuration::from_hours(24);
