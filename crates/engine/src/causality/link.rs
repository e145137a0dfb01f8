//! What a rule answers.

use dogwatch_model::{Evidence, MissingProof, Source};

/// A link between two findings, proven or waiting for a proof.
#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    pub(crate) proof: Vec<Evidence>,
    pub(crate) missing: Option<MissingProof>,
}

impl Link {
    /// The shared key is all the proof that is needed.
    pub(crate) fn proven() -> Self {
        Self::default()
    }

    /// Proven by further facts.
    pub(crate) fn proven_by(proof: Vec<Evidence>) -> Self {
        Self {
            proof,
            missing: None,
        }
    }

    /// Possible; the named read decides.
    pub(crate) fn candidate(source: Source, shows: impl Into<String>) -> Self {
        let missing = MissingProof {
            source,
            shows: shows.into(),
        };
        Self {
            proof: Vec::new(),
            missing: Some(missing),
        }
    }
}
