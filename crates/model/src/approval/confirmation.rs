//! What a verified human said.

use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::{OptionLetter, PlanDigest};

/// A person, as a platform verified them: `kubernetes:alice`, `oidc:…`, `lark:tenant/union_id`.
/// Display names are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(String);

impl Identity {
    /// The user that an API server recognises.
    pub fn kubernetes(username: &str) -> Self {
        Self(format!("kubernetes:{username}"))
    }

    /// An identity as it was stored.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How it is known that a human said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proof", rename_all = "snake_case")]
pub enum Proof {
    /// The short digest was typed at a terminal of this machine.
    Terminal {
        /// User of the operating system.
        os_user: String,
    },
    /// Nobody was seen: the operator's policy lets a flag stand for a human.
    FlagPolicy,
}

/// A human whose identity a platform verified. Made in few places only, which `cargo xtask tidy`
/// names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedHuman {
    identity: Identity,
    #[serde(flatten)]
    proof: Proof,
}

impl VerifiedHuman {
    /// Somebody who typed the short digest at the prompt, while the API server named them.
    pub fn at_terminal(identity: Identity, os_user: &str) -> Self {
        Self {
            identity,
            proof: Proof::Terminal {
                os_user: os_user.to_owned(),
            },
        }
    }

    /// Whoever the API server names, where policy lets a flag stand for a human.
    pub fn by_flag_policy(identity: Identity) -> Self {
        Self {
            identity,
            proof: Proof::FlagPolicy,
        }
    }

    /// Somebody whose confirmation lies in the store, where only verified ones are put.
    pub fn recorded(identity: Identity, proof: Proof) -> Self {
        Self { identity, proof }
    }

    /// Who.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How it is known.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// Yes.
    Approve,
    /// No; one is enough to end the option.
    Reject,
}

/// What a verified human said about one preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirmation {
    /// The incident.
    pub incident_id: String,
    /// The letter.
    pub letter: OptionLetter,
    /// The full digest of what was shown.
    pub digest: PlanDigest,
    /// Who.
    pub by: VerifiedHuman,
    /// What.
    pub said: Said,
    /// When.
    pub at: Timestamp,
}
