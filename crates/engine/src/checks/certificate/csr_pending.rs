#![doc = include_str!("csr_pending.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CertificateFinding, CheckId, FindingKind, Kind, snapshot::CertificateSigningRequest,
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A kubelet waits for a certificate that nobody approves.
#[derive(Debug)]
pub(crate) struct CsrPending;

static META: Meta = Meta {
    id: CheckId::new("certificate/csr-pending"),
    kind: FindingKind::Certificate(CertificateFinding::CsrPending),
    needs: sources::SIGNING_REQUESTS,
    advice: &[
        "Look at who approves requests of kubelets; check the requester before approving one by hand.",
    ],
    casebook: include_str!("csr_pending.md"),
};

impl Check for CsrPending {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut waiting: BTreeMap<(&str, &str), Vec<&CertificateSigningRequest>> = BTreeMap::new();
        for request in view
            .snapshot
            .signing_requests
            .iter()
            .filter(|known| is_pending(known))
        {
            let created = request.meta.created;
            if created.is_some_and(|at| view.now().duration_since(at) > PATIENCE) {
                let who = (&*request.spec.signer_name, &*request.spec.username);
                waiting.entry(who).or_default().push(request);
            }
        }
        // A kubelet asks again and again: one finding for each.
        for ((signer, user), mut requests) in waiting {
            requests.sort_by_key(|request| request.meta.created);
            let Some(oldest) = requests.first() else {
                continue;
            };
            let object = cite::object(Kind::CertificateSigningRequest, &oldest.meta);
            let subject = Subject::of(object.clone())
                .detail(format!("{user} for {signer}"))
                .since(oldest.meta.created);
            let none = cite::status(&object, "status.conditions", "none");
            let facts = [
                cite::spec(&object, "spec.signerName", signer),
                cite::status(&object, "requests that wait", requests.len()),
            ];
            report.found(subject, none, facts);
        }
    }
}

/// Controllers approve within seconds; an approver that just starts takes minutes.
const PATIENCE: SignedDuration = SignedDuration::from_secs(599);

/// Signers for which controllers approve.
const SIGNERS: &[&str] = &[
    "kubernetes.io/kubelet-serving",
    "kubernetes.io/kube-apiserver-client-kubelet",
];

fn is_pending(request: &CertificateSigningRequest) -> bool {
    SIGNERS.contains(&&*request.spec.signer_name) && request.status.conditions.is_empty()
}
