#![doc = include_str!("certmanager_not_ready.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::certificates::{self, Part},
    view::View,
};

/// cert-manager cannot issue a certificate, or an issuer is not usable.
#[derive(Debug)]
pub(crate) struct CertManagerNotReady;

static META: Meta = Meta {
    id: CheckId::new("certificate/certmanager-not-ready"),
    kind: FindingKind::Certificate(CertificateFinding::CertManagerNotReady),
    needs: sources::PODS,
    advice: &[
        "Follow Certificate, CertificateRequest, Order and Challenge down to the first one that names a reason.",
    ],
    casebook: include_str!("certmanager_not_ready.md"),
};

impl Check for CertManagerNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in &view.snapshot.customs {
            let Some(kind) = certificates::part(object) else {
                continue;
            };
            let reference = cite::object(object.kind, &object.meta);
            let created = object.meta.created;
            let is_old = |since: Option<Timestamp>| {
                since
                    .or(created)
                    .is_some_and(|at| view.now().duration_since(at) >= PATIENCE)
            };
            let state = object.field("status.state").unwrap_or_default();
            let ready = object
                .condition("Ready")
                .filter(|known| known.status == "False");
            match kind {
                Part::Certificate | Part::Issuer => {
                    let Some(ready) = ready.filter(|known| is_old(known.since)) else {
                        continue;
                    };
                    let name = object.field("spec.issuerRef.name");
                    let issuer =
                        name.map(|name| cite::spec(&reference, "spec.issuerRef.name", name));
                    let subject = Subject::of(reference.clone())
                        .detail(&*ready.reason)
                        .since(ready.since);
                    report.found(subject, cite::condition(&reference, ready), issuer);
                }
                Part::Step => {
                    let is_over = matches!(state, "invalid" | "errored" | "expired");
                    let is_stuck = state == "pending" && is_old(None);
                    if !is_over && !is_stuck {
                        continue;
                    }
                    let reason = object.field("status.reason");
                    let reason = reason.map(|text| cite::status(&reference, "status.reason", text));
                    let subject = Subject::of(reference.clone()).detail(state).since(created);
                    report.found(
                        subject,
                        cite::status(&reference, "status.state", state),
                        reason,
                    );
                }
            }
        }
    }
}

/// Issuing by a challenge takes minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
