//! ConfigMaps and Secrets by reference: who uses them, and when they were changed.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef,
    snapshot::{Container, Meta, Pod},
    wire::Text,
};
use jiff::{SignedDuration, Timestamp};

use crate::view::View;

/// Kind, Namespace and name.
pub(crate) type ConfigKey = (Kind, Text, Text);

/// A use of a ConfigMap or Secret.
#[derive(Debug)]
pub(crate) struct Used {
    pub(crate) key: ConfigKey,
    /// As environment, which is read once; else as files.
    pub(crate) is_env: bool,
}

impl Used {
    /// The field of the Pod in which it is named.
    pub(crate) fn field(&self) -> &'static str {
        if self.is_env { "env" } else { "volumes" }
    }

    /// The ConfigMap or Secret.
    pub(crate) fn object(&self) -> ObjectRef {
        ObjectRef::named(self.key.0, &self.key.1, &self.key.2)
    }
}

/// Who makes an object writes it more than once in the first moments.
const MAKING: SignedDuration = SignedDuration::from_secs(60);

/// When each ConfigMap and Secret was last written, for those that were changed after they were
/// made.
pub(crate) fn changes(view: &View<'_>) -> BTreeMap<ConfigKey, Timestamp> {
    let snapshot = view.snapshot;
    let maps = snapshot.config_maps.iter();
    let maps = maps.map(|known| (Kind::ConfigMap, &known.meta));
    let secrets = snapshot.secrets.iter();
    let secrets = secrets.map(|known| (Kind::Secret, &known.meta));
    maps.chain(secrets)
        .filter_map(|(kind, meta)| {
            let key = (kind, meta.namespace.clone(), meta.name.clone());
            Some((key, changed(meta)?))
        })
        .collect()
}

fn changed(meta: &Meta) -> Option<Timestamp> {
    let (changed, created) = (meta.changed?, meta.created?);
    (changed.duration_since(created) > MAKING).then_some(changed)
}

/// What one container of a Pod uses; files are those of the whole Pod.
pub(crate) fn of_container(pod: &Pod, container: &Container) -> Vec<Used> {
    let env = &container.env;
    let whole = container.env_from.iter();
    let maps = whole
        .clone()
        .filter_map(|from| from.config_map_ref.as_ref());
    let maps = maps.map(|from| &from.name).chain(&env.config_maps);
    let secrets = whole.filter_map(|from| from.secret_ref.as_ref());
    let secrets = secrets.map(|from| &from.name).chain(&env.secrets);
    let files = pod.spec.volumes.iter();
    let map_files = files
        .clone()
        .filter_map(|volume| volume.config_map.as_ref());
    let secret_files = files.filter_map(|volume| volume.secret.as_ref());
    let namespace = &pod.meta.namespace;
    let used = |kind, name: &Text, is_env| Used {
        key: (kind, namespace.clone(), name.clone()),
        is_env,
    };
    maps.map(|name| used(Kind::ConfigMap, name, true))
        .chain(secrets.map(|name| used(Kind::Secret, name, true)))
        .chain(map_files.map(|known| used(Kind::ConfigMap, &known.name, false)))
        .chain(secret_files.map(|known| used(Kind::Secret, &known.secret_name, false)))
        .collect()
}
