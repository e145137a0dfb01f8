//! Which kinds the server knows, and how a kind is found by group, version, plural or name.

mod builtin;
mod custom;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::fields::text;
pub(crate) use custom::PrinterColumn;

/// One resource of one API group.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_field_names,
    reason = "Kubernetes calls the field `kind`"
)]
pub(crate) struct Kind {
    /// `""` for the core group.
    pub(crate) group: String,
    /// Served versions, the preferred one first. All share one shape unless converted.
    pub(crate) versions: Vec<String>,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) namespaced: bool,
    pub(crate) subresources: Vec<String>,
    /// The group and resource under which objects are stored (`deployments.apps`).
    pub(crate) shelf: String,
    /// Whether only `create` exists, as for access reviews.
    pub(crate) create_only: bool,
    pub(crate) custom: bool,
    /// Extra table columns of a CustomResourceDefinition.
    pub(crate) columns: Vec<PrinterColumn>,
}

impl Kind {
    /// The preferred version.
    pub(crate) fn version(&self) -> &str {
        &self.versions[0]
    }

    /// The resource as error texts name it: `pods`, `deployments.apps`.
    pub(crate) fn qualified(&self) -> String {
        qualify(&self.plural, &self.group)
    }

    /// `v1`, `apps/v1`.
    pub(crate) fn api_version(&self, version: &str) -> String {
        if self.group.is_empty() {
            version.to_owned()
        } else {
            format!("{}/{version}", self.group)
        }
    }

    /// Whether this is the kind `kind` of group `group`.
    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// The verbs of the resource itself.
    pub(crate) fn verbs(&self) -> &'static [&'static str] {
        if self.create_only { &["create"] } else { VERBS }
    }

    /// The verbs of one subresource.
    pub(crate) fn subresource_verbs(sub: &str) -> &'static [&'static str] {
        match sub {
            "log" => &["get"],
            "eviction" | "binding" => &["create"],
            "finalize" => &["update"],
            _ => &["get", "patch", "update"],
        }
    }
}

const VERBS: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

/// `pods`, `deployments.apps`.
pub(crate) fn qualify(plural: &str, group: &str) -> String {
    if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    }
}

/// Splits `apps/v1` into group and version; the core group is `""`.
pub(crate) fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// The registry of kinds.
#[derive(Debug, Clone)]
pub(crate) struct Kinds {
    /// By (group, plural).
    known: BTreeMap<(String, String), Arc<Kind>>,
}

impl Kinds {
    /// The built-in kinds.
    pub(crate) fn builtin() -> Self {
        let mut kinds = Self {
            known: BTreeMap::new(),
        };
        for kind in builtin::kinds() {
            kinds.insert(kind);
        }
        kinds
    }

    fn insert(&mut self, kind: Kind) {
        self.known
            .insert((kind.group.clone(), kind.plural.clone()), Arc::new(kind));
    }

    /// All kinds in group and plural order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.known.values()
    }

    /// The kind served at this group, version and plural.
    pub(crate) fn served(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Kind>> {
        let kind = self.known.get(&(group.to_owned(), plural.to_owned()))?;
        kind.versions
            .iter()
            .any(|v| v == version)
            .then(|| Arc::clone(kind))
    }

    /// The kind of this group and plural, whatever the version.
    pub(crate) fn resource(&self, group: &str, plural: &str) -> Option<Arc<Kind>> {
        self.known
            .get(&(group.to_owned(), plural.to_owned()))
            .cloned()
    }

    /// The kind by its name.
    pub(crate) fn named(&self, group: &str, kind: &str) -> Option<Arc<Kind>> {
        self.known
            .values()
            .find(|k| k.is(group, kind) && !k.create_only)
            .cloned()
    }

    /// Registers what a CustomResourceDefinition declares. False when it is not a complete one.
    pub(crate) fn declare(&mut self, definition: &Value) -> bool {
        let Some(kind) = custom::from_definition(definition) else {
            return false;
        };
        self.insert(kind);
        true
    }

    /// The kind of a loaded object: known, known under an older group or version, or inferred.
    /// `None` when the object has no usable `apiVersion` and `kind`.
    pub(crate) fn adopt(&mut self, object: &Value) -> Option<Arc<Kind>> {
        let (group, version) = split_api_version(text(object, "/apiVersion"));
        let name = text(object, "/kind");
        let group = builtin::current_group(group, name);
        if let Some(kind) = self.named(group, name) {
            if kind.custom && !kind.versions.iter().any(|v| v == version) {
                let mut wider = Kind::clone(&kind);
                wider.versions.push(version.to_owned());
                self.insert(wider);
                return self.named(group, name);
            }
            return Some(kind);
        }
        self.insert(custom::infer(object)?);
        self.named(group, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn older_api_versions_find_the_current_kind() {
        let mut kinds = Kinds::builtin();
        for (api_version, kind, qualified) in [
            (
                "extensions/v1beta1",
                "Ingress",
                "ingresses.networking.k8s.io",
            ),
            ("extensions/v1beta1", "Deployment", "deployments.apps"),
            ("batch/v1beta1", "CronJob", "cronjobs.batch"),
            ("v1", "Pod", "pods"),
        ] {
            let found = kinds
                .adopt(&json!({"apiVersion": api_version, "kind": kind}))
                .unwrap();
            assert_eq!(found.qualified(), qualified);
        }
    }

    #[test]
    fn unknown_kinds_are_inferred_from_the_object() {
        let mut kinds = Kinds::builtin();
        let object = json!({"apiVersion": "example.org/v1alpha1", "kind": "Policy",
                            "metadata": {"name": "a", "namespace": "b"}});
        let kind = kinds.adopt(&object).unwrap();
        assert_eq!((kind.plural.as_str(), kind.namespaced), ("policies", true));
        assert!(
            kinds
                .served("example.org", "v1alpha1", "policies")
                .is_some()
        );
        assert!(kinds.adopt(&json!({"kind": "Policy"})).is_none());
    }
}
