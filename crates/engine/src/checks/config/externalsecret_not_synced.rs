#![doc = include_str!("externalsecret_not_synced.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind, snapshot::CustomObject};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A Secret is not taken over from the store outside of the cluster.
#[derive(Debug)]
pub(crate) struct ExternalSecretNotSynced;

static META: Meta = Meta {
    id: CheckId::new("config/externalsecret-not-synced"),
    kind: FindingKind::Config(ConfigFinding::ExternalSecretNotSynced),
    needs: sources::EVENTS,
    advice: &[
        "Read the message: a store that does not answer, a name that it does not have, or a right that is missing there.",
    ],
    casebook: include_str!("externalsecret_not_synced.md"),
};

impl Check for ExternalSecretNotSynced {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let customs = view.snapshot.customs.iter();
        for custom in customs.filter(|custom| is_of_store(custom) && !custom.meta.is_terminating())
        {
            let is_late = |at| view.now().duration_since(at) > PATIENCE;
            let ready = custom
                .condition("Ready")
                .filter(|ready| ready.status == "False" && ready.since.is_none_or(is_late));
            let Some(ready) = ready else { continue };
            let object = cite::object(custom.kind, &custom.meta);
            let target = custom.field("spec.target.name");
            let store = custom.field("spec.secretStoreRef.name");
            let facts = [
                ("spec.target.name", target),
                ("spec.secretStoreRef.name", store),
            ];
            let facts = facts
                .into_iter()
                .filter_map(|(field, value)| Some(cite::spec(&object, field, value?)));
            let facts: Vec<_> = facts.collect();
            let subject = Subject::of(object.clone())
                .detail(target.unwrap_or_default())
                .since(ready.since);
            report.found(subject, cite::condition(&object, ready), facts);
        }
    }
}

/// A store may fail once.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

fn is_of_store(custom: &CustomObject) -> bool {
    const KINDS: &[&str] = &["ExternalSecret", "SecretStore", "ClusterSecretStore"];
    KINDS
        .iter()
        .any(|kind| custom.is("external-secrets.io", kind))
}
