//! References to objects.

use core::fmt;

use serde::Serialize;

use crate::{Kind, Uid, snapshot::Meta, wire::Text};

/// Names one object, and which incarnation of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ObjectRef {
    /// The kind.
    pub kind: Kind,
    /// Namespace; empty for cluster-scoped objects.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Which incarnation; empty when unknown.
    #[serde(skip_serializing_if = "Uid::is_empty")]
    pub uid: Uid,
}

impl ObjectRef {
    /// The reference to an object of a snapshot.
    pub fn of(kind: Kind, meta: &Meta) -> Self {
        Self {
            kind,
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            uid: meta.uid.clone(),
        }
    }

    /// A reference by name alone, to an object that was not seen.
    pub fn named(kind: Kind, namespace: &str, name: &str) -> Self {
        Self {
            kind,
            namespace: namespace.into(),
            name: name.into(),
            uid: Uid::default(),
        }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}/{}", self.kind, self.name)
        } else {
            write!(f, "{}/{}/{}", self.kind, self.namespace, self.name)
        }
    }
}
