//! What an audit log of the API server tells of one write: lean, and without payloads.

mod noise;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Kind, ObjectRef,
    wire::{List, Text},
};

/// One write that the API server answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When the request arrived, by the clock of the API server.
    pub at: Timestamp,
    /// `create`, `update`, `patch`, `delete` or `deletecollection`.
    pub verb: Text,
    /// Who asked.
    pub user: Text,
    /// The program that asked.
    pub user_agent: Text,
    /// API group; empty for the core group.
    pub group: Text,
    /// Resource as in URLs.
    pub resource: Text,
    /// Subresource; empty for the object itself.
    pub subresource: Text,
    /// Namespace; empty for cluster-scoped objects.
    pub namespace: Text,
    /// Name; may be empty for a creation whose name the server chose.
    pub name: Text,
    /// The status code of the answer; 0 when it is not told.
    pub code: u16,
    /// Fields that the write touched or changed, redacted; at most a few.
    pub fields: List<AuditField>,
    /// True when it touched more fields, or fields that are never read.
    pub has_more: bool,
}

/// A field that a write touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AuditField {
    /// Path in the object.
    pub path: Text,
    /// Before, redacted; `None` when it is not known.
    pub from: Option<Text>,
    /// Afterwards, redacted; empty when it was removed.
    pub to: Text,
}

impl AuditRecord {
    /// True when the write changed something: a rejected one did not.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// The kind that it is about, if it is one that is read.
    pub fn kind(&self) -> Option<Kind> {
        let known = Kind::all().chain(crate::CustomKind::known().map(Kind::Custom));
        known
            .into_iter()
            .find(|kind| *kind.info().plural == *self.resource && *kind.info().group == *self.group)
    }

    /// The object that it is about; `None` for kinds that are not read.
    pub fn object(&self) -> Option<ObjectRef> {
        Some(ObjectRef::named(self.kind()?, &self.namespace, &self.name))
    }
}
