#![doc = include_str!("sealedsecret_unsynced.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind, Kind, ObjectRef};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A sealed Secret cannot be opened.
#[derive(Debug)]
pub(crate) struct SealedSecretUnsynced;

static META: Meta = Meta {
    id: CheckId::new("config/sealedsecret-unsynced"),
    kind: FindingKind::Config(ConfigFinding::SealedSecretUnsynced),
    needs: sources::EVENTS,
    advice: &["Seal it anew with the certificate of this cluster and for this name and Namespace."],
    casebook: include_str!("sealedsecret_unsynced.md"),
};

impl Check for SealedSecretUnsynced {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for sealed in view.snapshot.customs_of("bitnami.com", "SealedSecret") {
            let is_late = |at| view.now().duration_since(at) > PATIENCE;
            let synced = sealed
                .condition("Synced")
                .filter(|synced| synced.status == "False" && synced.since.is_none_or(is_late));
            let Some(synced) = synced.filter(|_| !sealed.meta.is_terminating()) else {
                continue;
            };
            let object = cite::object(sealed.kind, &sealed.meta);
            let name = sealed.meta.name.to_string();
            // The Secret has the name of the sealed one.
            let known = view
                .snapshot
                .has_named(Kind::Secret, &sealed.meta.namespace, &name);
            let secret = ObjectRef::named(Kind::Secret, &sealed.meta.namespace, &name);
            let absent = known.filter(|known| !known);
            let absent =
                absent.map(|_| cite::status(&secret, "metadata.name", "there is no such Secret"));
            let subject = Subject::of(object.clone()).detail(name).since(synced.since);
            report.found(subject, cite::condition(&object, synced), absent);
        }
    }
}

/// The controller tries again.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
