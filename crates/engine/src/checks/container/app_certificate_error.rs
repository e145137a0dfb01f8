#![doc = include_str!("app_certificate_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        complaints,
        ends::{self, EndClass},
        logs::LogClass,
    },
    view::View,
};

/// The program ends because of a certificate.
#[derive(Debug)]
pub(crate) struct AppCertificate;

static META: Meta = Meta {
    id: CheckId::new("container/app-certificate-error"),
    kind: FindingKind::Container(ContainerFinding::AppCertificate),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Check expiry, issuer and name of the certificate that the log line speaks of; renew it or correct the trust store.",
    ],
    casebook: include_str!("app_certificate_error.md"),
};

impl Check for AppCertificate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::Certificate), report);
        complaints::report(view, |class| class == LogClass::Certificate, report);
    }
}
