#![doc = include_str!("secret_source_explains_missing_secret.md")]

use dogwatch_model::{
    ConfigFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId,
    StorageFinding, snapshot::CustomObject, wire::Text,
};

use super::super::{Key, Rule, RuleMeta};
use crate::View;

/// A Secret that is not made explains why a container cannot have it.
#[derive(Debug)]
pub(crate) struct SecretSourceExplainsMissingSecret;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("secret-source-explains-missing-secret"),
    because: "the object should make this Secret, or is what it comes from",
    strength: EdgeStrength::Hard,
    casebook: include_str!("secret_source_explains_missing_secret.md"),
};

impl Rule for SecretSourceExplainsMissingSecret {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let object = &finding.object;
        match finding.kind {
            FindingKind::Config(ConfigFinding::ExternalSecretNotSynced)
                if object.kind.name() == "ExternalSecret" =>
            {
                let target = if finding.detail.is_empty() {
                    object.name.clone()
                } else {
                    finding.detail.as_str().into()
                };
                vec![secret(&object.namespace, target)]
            }
            FindingKind::Config(ConfigFinding::ExternalSecretNotSynced) => {
                vec![Key::Object(
                    object.kind,
                    object.namespace.clone(),
                    object.name.clone(),
                )]
            }
            FindingKind::Config(ConfigFinding::SealedSecretUnsynced) => {
                vec![secret(&object.namespace, object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let namespace = &finding.object.namespace;
        match finding.kind {
            FindingKind::Container(ContainerFinding::SecretMissing)
            | FindingKind::Storage(StorageFinding::VolumeSecretMissing)
            | FindingKind::Config(ConfigFinding::PullSecretMissing) => {
                vec![secret(namespace, finding.detail.as_str().into())]
            }
            FindingKind::Config(ConfigFinding::ExternalSecretNotSynced) => stores(view, finding),
            _ => Vec::new(),
        }
    }
}

fn secret(namespace: &Text, name: Text) -> Key {
    Key::Object(Kind::Secret, namespace.clone(), name)
}

/// The store of an ExternalSecret: in its Namespace, or one of the cluster.
fn stores(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let object = &finding.object;
    let mut customs = view.snapshot.customs.iter();
    let known = customs.find(|known| {
        known.kind == object.kind
            && known.meta.name == *object.name
            && known.meta.namespace == *object.namespace
    });
    let name = known.and_then(|known| known.field("spec.secretStoreRef.name"));
    let kind = known.and_then(|known| known.field("spec.secretStoreRef.kind"));
    let Some(name) = name else { return Vec::new() };
    let wanted = kind.unwrap_or("SecretStore");
    let stores = view.snapshot.customs.iter();
    let stores = stores.filter(|store| store.is("external-secrets.io", wanted));
    let reachable = |store: &&CustomObject| {
        let namespace = &store.meta.namespace;
        store.meta.name == *name && (namespace.is_empty() || *namespace == *object.namespace)
    };
    stores
        .filter(reachable)
        .map(|store| {
            Key::Object(
                store.kind,
                store.meta.namespace.clone(),
                store.meta.name.clone(),
            )
        })
        .collect()
}
