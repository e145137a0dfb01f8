#![doc = include_str!("ingress_tls_secret_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, ObjectRef, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, ingresses},
    view::View,
};

/// The Secret with the certificate of an Ingress does not exist.
#[derive(Debug)]
pub(crate) struct IngressTlsSecretMissing;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-tls-secret-missing"),
    kind: FindingKind::Network(NetworkFinding::IngressTlsSecretMissing),
    needs: sources::INGRESS_SECRETS,
    advice: &[
        "Create the Secret, or look at the Certificate that should write it; without it the controller answers with a certificate of its own.",
    ],
    casebook: include_str!("ingress_tls_secret_missing.md"),
};

impl Check for IngressTlsSecretMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for ingress in ingresses::all(view) {
            let meta = &ingress.meta;
            let age = meta.created.map(|at| view.now().duration_since(at));
            if age.is_some_and(|age| age < PATIENCE) {
                continue;
            }
            let object = cite::object(Kind::Ingress, meta);
            let named = ingress
                .spec
                .tls
                .iter()
                .filter(|tls| !tls.secret_name.is_empty());
            for tls in named {
                let name = &*tls.secret_name;
                let has = view.snapshot.has_named(Kind::Secret, &meta.namespace, name);
                if has == Some(true) {
                    continue;
                }
                if !absence::is_proven(&view.snapshot.ledger, Kind::Secret, &meta.namespace) {
                    report.undecided(object.clone(), Source::Objects(Kind::Secret));
                    continue;
                }
                let lost = ObjectRef::named(Kind::Secret, &meta.namespace, name);
                let subject = Subject::of(object.clone()).detail(name).since(meta.created);
                let fact = cite::spec(&object, "spec.tls.secretName", name);
                report.found(
                    subject,
                    fact,
                    [cite::status(&lost, "Secrets of this name", 0)],
                );
            }
        }
    }
}

/// Certificates are issued within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
