//! Ports that prepare and make changes. Readers are never given one of these.

use core::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PortFuture, SealedRelease};
use crate::plan::{Permission, Target};

/// The body of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteBody {
    /// Strategic merge patch.
    StrategicPatch(Value),
    /// JSON merge patch.
    MergePatch(Value),
    /// JSON patch with its tests.
    JsonPatch(Value),
    /// Server-side apply in the name of Helm, without force: fields of others are a conflict.
    Apply(Value),
    /// A new object of the target's kind in the target's Namespace.
    Create(Value),
    /// The Secret of a revision of Helm: a new one where `metadata` names no incarnation, else its
    /// payload and metadata are merged into the one that is there.
    Revision {
        /// Labels, annotations and, for one that is there, UID and resourceVersion.
        metadata: Value,
        /// What is packed into it.
        payload: SealedRelease,
    },
    /// Deletes the object; the preconditions are in `uid` and `resource_version`.
    Delete {
        /// Which incarnation.
        uid: String,
        /// Which version.
        resource_version: String,
        /// Seconds for its containers; `None` means what they ask for.
        grace_seconds: Option<i64>,
    },
    /// Evicts a Pod.
    Evict {
        /// Which incarnation.
        uid: String,
    },
}

/// One request that changes something.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The object.
    pub target: Target,
    /// `scale`, `eviction`; `None` for the object itself.
    pub subresource: Option<String>,
    /// What is sent.
    pub body: WriteBody,
    /// The plan, for the `User-Agent`.
    pub plan_id: String,
}

/// The answer to a write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// HTTP status.
    pub code: u16,
    /// resourceVersion afterwards; empty when the answer has none.
    pub resource_version: String,
    /// `Audit-ID` of the API server; empty when it gave none.
    pub audit_id: String,
    /// The object as the server answered it.
    #[serde(skip)]
    pub object: Value,
}

/// Why a write was not done, or is not known to have been. Messages are redacted sentences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The object changed since it was read: UID or resourceVersion differ (409).
    #[error("the object has changed: {0}")]
    Conflict(String),
    /// There is no such object (404).
    #[error("there is no such object: {0}")]
    NotFound(String),
    /// A disruption budget blocks the eviction for now (429).
    #[error("blocked for now: {message}")]
    Blocked {
        /// What the server said.
        message: String,
        /// When to ask again, if it said so.
        after: Option<Duration>,
    },
    /// The identity may not do it (401, 403).
    #[error("not allowed: {0}")]
    Denied(String),
    /// The server will not accept it (400, 422).
    #[error("the API server refuses it: {0}")]
    Invalid(String),
    /// There is no answer: whether it was done is not known.
    #[error("no answer, and it is not known whether it was done: {0}")]
    Unknown(String),
    /// Any other answer.
    #[error("the API server answered {code}: {message}")]
    Failed {
        /// HTTP status.
        code: u16,
        /// What the server said.
        message: String,
    },
}

/// Who the API server says is asking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserName {
    /// Name.
    pub username: String,
    /// Groups.
    pub groups: Vec<String>,
    /// True when the name was taken on by impersonation: then it proves nothing about a person.
    pub is_impersonated: bool,
}

/// Tries changes without effect: reads whole objects, dry runs, access reviews. It holds the
/// credential that would write, and has no way to write with it.
pub trait Previewer: Send + Sync {
    /// The whole object; `None` when there is none. Of a Secret only its metadata.
    fn read<'a>(&'a self, target: &'a Target) -> PortFuture<'a, Result<Option<Value>, WriteError>>;

    /// What the server would answer to the write. Nothing is persisted.
    fn dry_run<'a>(&'a self, write: &'a Write) -> PortFuture<'a, Result<Written, WriteError>>;

    /// Whether this identity may do it.
    fn may<'a>(&'a self, permission: &'a Permission) -> PortFuture<'a, Result<bool, WriteError>>;

    /// Who this identity is.
    fn whoami(&self) -> PortFuture<'_, Result<UserName, WriteError>>;
}

/// Changes a cluster. Made in one place, when the operator has enabled it, and given to the
/// executor only. It never repeats a request by itself.
pub trait ClusterWriter: Send + Sync {
    /// Sends the write once.
    fn write<'a>(&'a self, write: &'a Write) -> PortFuture<'a, Result<Written, WriteError>>;
}
