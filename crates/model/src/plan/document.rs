//! The document that names a plan: what is in it decides the digest.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Observed, OptionLetter, PlanOption, Previewed};
use crate::canonical::{NotCanonical, canonical_json, sha256_hex};

/// Version of the document.
pub const SCHEMA: &str = "dogwatch.plan/v1";

/// SHA-256 over the canonical JSON of a plan, 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PlanDigest(String);

/// A text that is no full digest. Not worth a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a plan digest is 64 digits of 0-9 and a-f")]
pub struct NoDigest;

impl TryFrom<String> for PlanDigest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        Self::parse(&text).ok_or(NoDigest)
    }
}

impl PlanDigest {
    /// Reads a full digest; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        (text.len() == 64 && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, which a person reads and types. They decide nothing.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What binds a plan to its incident, cluster and policy.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The incident.
    pub incident_id: &'a str,
    /// The letter.
    pub letter: OptionLetter,
    /// UID of the Namespace `kube-system`.
    pub cluster_uid: &'a str,
    /// Version of the policy that is in force.
    pub policy_version: &'a str,
}

impl<S> PlanOption<S> {
    /// The digest of this option under a binding. Recomputing it for an unchanged plan gives the
    /// same digest: times, plan id and resourceVersions are not part of it. The risk is, because it
    /// decides how many people must approve.
    ///
    /// # Errors
    /// When a value cannot be written canonically (floating point numbers).
    pub fn digest(
        &self,
        binding: &Binding<'_>,
        difference_hashes: &[String],
    ) -> Result<PlanDigest, NotCanonical> {
        let mut observed: Vec<&Observed> = self.observed.iter().collect();
        observed.sort();
        let document: Value = json!({
            "schema": SCHEMA,
            "incident_id": binding.incident_id,
            "option": binding.letter,
            "cluster_uid": binding.cluster_uid,
            "risk": self.risk,
            "steps": self.steps,
            "differences": difference_hashes,
            "observed": observed,
            "preconditions": self.preconditions,
            "verification": self.verification,
            "rollback": self.rollback,
            "policy_version": binding.policy_version,
        });
        Ok(PlanDigest(sha256_hex(
            canonical_json(&document)?.as_bytes(),
        )))
    }
}

impl PlanOption<Previewed> {
    /// True when the content is still what the digest names. False for a preview that was edited
    /// where it was kept.
    pub fn is_intact(&self) -> bool {
        let state = &self.state;
        let binding = Binding {
            incident_id: &state.incident_id,
            letter: state.letter,
            cluster_uid: &state.cluster_uid,
            policy_version: &state.policy_version,
        };
        let digest = self.digest(&binding, &state.preview.difference_hashes);
        digest.is_ok_and(|digest| digest == state.digest)
    }
}
