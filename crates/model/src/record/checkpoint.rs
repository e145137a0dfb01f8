//! Checkpoints: how long the chain was and how it ended, signed and kept outside of the store.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::canonical::{canonical_json, sha256_hex};

use super::Tip;

/// How long the chain was at one time, and the hash of its last record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// How many records there were.
    pub count: u64,
    /// The hash of the last of them, 64 hexadecimal digits.
    pub last_hash: String,
    /// When it was made.
    #[serde(with = "super::nanoseconds")]
    pub at: Timestamp,
    /// SHA-256 of the signed checkpoint before it, 64 hexadecimal digits; `None` for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

impl Checkpoint {
    /// The checkpoint of a chain that ends like this.
    pub fn of(tip: &Tip, at: Timestamp) -> Self {
        Self {
            count: tip.count,
            last_hash: tip.last_hash.clone(),
            at,
            previous: None,
        }
    }

    /// The bytes that are signed: canonical JSON with the name of the format. `None` when the count
    /// is beyond 2^53.
    pub fn signed_bytes(&self) -> Option<Vec<u8>> {
        let mut document = json!({
            "at": format!("{:.9}", self.at),
            "count": self.count,
            "last_hash": self.last_hash,
            "schema": "dogwatch.checkpoint/v1",
        });
        if let Some(previous) = &self.previous {
            document["previous"] = json!(previous);
        }
        Some(canonical_json(&document).ok()?.into_bytes())
    }
}

/// A checkpoint with its Ed25519 signature. One line of JSON, to be kept where the store is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The public key, 64 hexadecimal digits. Compare it with the one that you wrote down.
    pub public_key: String,
    /// The signature of [`Checkpoint::signed_bytes`], 128 hexadecimal digits.
    pub signature: String,
}

impl SignedCheckpoint {
    /// Its name for the next one: SHA-256 of its canonical JSON. `None` when the count is beyond 2^53.
    pub fn digest(&self) -> Option<String> {
        let document = serde_json::to_value(self).ok()?;
        Some(sha256_hex(canonical_json(&document).ok()?.as_bytes()))
    }

    /// Names the key: the first 16 digits of the SHA-256 of its public part.
    pub fn fingerprint(&self) -> String {
        sha256_hex(self.public_key.as_bytes())[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_signed() {
        let base = Checkpoint {
            count: 2,
            last_hash: "ab".to_owned(),
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
            previous: None,
        };
        let text = String::from_utf8(base.signed_bytes().unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"at\":\"2026-01-02T03:04:05.000000000Z\",\"count\":2,\"last_hash\":\"ab\",\
             \"schema\":\"dogwatch.checkpoint/v1\"}"
        );
        let next = Checkpoint {
            previous: Some("cd".to_owned()),
            ..base
        };
        let text = String::from_utf8(next.signed_bytes().unwrap()).unwrap();
        assert!(text.contains("\"previous\":\"cd\""), "{text}");
    }
}
