#![doc = include_str!("podcertificate.md")]

use dogwatch_model::{CertificateFinding, CheckId, FindingKind, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// A Pod has a certificate of its own that the kubelet could not renew.
#[derive(Debug)]
pub(crate) struct PodCertificate;

static META: Meta = Meta {
    id: CheckId::new("certificate/podcertificate"),
    kind: FindingKind::Certificate(CertificateFinding::PodCertificate),
    needs: sources::EVENTS,
    advice: &["Look at the signer of the PodCertificateRequest and at why it does not answer."],
    casebook: include_str!("podcertificate.md"),
};

impl Check for PodCertificate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for event in view.snapshot.events.iter().filter(|event| is_meant(event)) {
            let is_fresh = event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, RECENT));
            let pod = view.snapshot.pod(&event.involved.uid);
            let Some(pod) = pod.filter(|pod| is_fresh && !pod.is_finished()) else {
                continue;
            };
            let subject = Subject::of(cite::pod(pod))
                .detail(&*event.reason)
                .since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}

/// The kubelet says it again while it lasts.
const RECENT: SignedDuration = SignedDuration::from_mins(15);

fn is_meant(event: &Event) -> bool {
    let reasons = ["CertificateExpired", "OverdueForRefresh"];
    event.involved.kind == "Pod" && reasons.contains(&&*event.reason)
}
