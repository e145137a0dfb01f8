//! Audit records: who did what, when and with what answer, each bound to the one before by a hash.

mod chain;
mod checkpoint;
mod entry;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use chain::{Break, ChainWalk, Tip, chain_hash, verify_chain};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use entry::Entry;

/// What kind of actor did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person whose identity a platform verified.
    Human,
    /// A program that reasons, over MCP or a skill.
    Model,
    /// Dogwatch itself: a timer, the executor, an inspection.
    System,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Human, model or system.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// The verified identity; display names prove nothing.
    pub id: String,
    /// A name for people to read. May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display: String,
    /// How the identity was verified: `lark_callback`, `oidc`, `terminal`. May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub auth_method: String,
}

impl Actor {
    /// Dogwatch itself, acting through one of its parts: `executor`, `timer`.
    pub fn system(part: &str) -> Self {
        Self {
            kind: ActorKind::System,
            id: part.to_owned(),
            display: String::new(),
            auth_method: String::new(),
        }
    }
}

/// One record of the audit chain. Fields that are empty are absent in JSON and in the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Position in the chain, from 1, without gaps.
    pub seq: u64,
    /// When it happened; printed in UTC with nanoseconds.
    #[serde(with = "nanoseconds")]
    pub ts: Timestamp,
    /// The hash of the record before, 64 hexadecimal digits; zeros for the first.
    pub prev_hash: String,
    /// The hash of this record, see [`chain_hash`].
    pub hash: String,
    /// Who did it. Only a record that another program wrote may lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// What was done: `plan.proposed`, `step.started`.
    pub action: String,
    /// To what: `default/chat-app`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub incident_id: String,
    /// The plan that it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan_id: String,
    /// The digest of that plan, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan_digest: String,
    /// What was asked of an outside system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// What it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
    /// The `Audit-ID` of the API server.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub k8s_audit_id: String,
    /// The version of Dogwatch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tool_version: String,
    /// The version of the policy that allowed it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy_version: String,
    /// The evidence that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence_ids: Vec<String>,
    /// Where text was removed before hashing, as JSON pointers into this record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<String>,
    /// Anything else, in the words of the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

/// Timestamps with exactly nine digits after the point, so that one time has one text.
mod nanoseconds {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(ts: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{ts:.9}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        let ts: Timestamp = text.parse().map_err(de::Error::custom)?;
        // Another spelling of the same time would be another document with the same hash.
        if format!("{ts:.9}") == text {
            Ok(ts)
        } else {
            Err(de::Error::custom("a time needs nine digits and Z"))
        }
    }
}
