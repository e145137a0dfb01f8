//! Opens revisions of Helm releases as a whole, for rolling them back.
//!
//! What is in them may be secret: values, manifests of Secrets, templates. It stays in memory while a
//! plan is made or carried out, in types that cannot be printed or written down.

use core::fmt;
use std::collections::BTreeMap;

use serde_json::Value;

use super::{PortFuture, WriteError};
use crate::plan::Revision;

/// The payload of a revision. It has no serialization, and its debug text tells nothing of it.
#[derive(Clone, PartialEq)]
pub struct SealedRelease(Value);

impl SealedRelease {
    /// Seals a payload.
    pub fn new(payload: Value) -> Self {
        Self(payload)
    }

    /// What is in it. Whoever looks must not keep or print it.
    pub fn payload(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for SealedRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedRelease")
    }
}

/// A revision that was opened.
#[allow(missing_debug_implementations)] // what is in it must not be printed
pub struct OpenedRevision {
    /// What is in it.
    pub payload: SealedRelease,
    /// The objects of its manifest, in the order of the manifest.
    pub documents: Vec<Value>,
    /// Labels of its Secret.
    pub labels: BTreeMap<String, String>,
}

/// Opens the Secrets in which Helm keeps its revisions, and no other Secret. To be made only where an
/// operator permits it.
pub trait ReleaseVault: Send + Sync {
    /// A revision; `None` when there is no such Secret. No error quotes what is in it.
    fn open<'a>(
        &'a self,
        revision: &'a Revision,
    ) -> PortFuture<'a, Result<Option<OpenedRevision>, WriteError>>;
}
