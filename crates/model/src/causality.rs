//! The causal graph: who explains whom, and how well that is proven.

use serde::Serialize;

use crate::{Evidence, RuleId, Source};

/// How strong a link is; stronger orders first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeStrength {
    /// Identity: owner reference, node name, claim.
    Hard,
    /// Identity, and the cause's state covers the start of the effect.
    State,
    /// A name or address from a message resolves to the object.
    Text,
}

/// A read that would prove or refute a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MissingProof {
    /// What to read.
    pub source: Source,
    /// What it has to show.
    pub shows: String,
}

/// One link: the finding `cause` explains the finding `effect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Index of the explaining finding.
    pub cause: usize,
    /// Index of the explained finding.
    pub effect: usize,
    /// The rule that made the link.
    pub rule: RuleId,
    /// Why, in words.
    pub because: &'static str,
    /// How strong it is.
    pub strength: EdgeStrength,
    /// Facts that prove it.
    pub proof: Vec<Evidence>,
    /// The read that is missing; a link with one is a candidate and never decides a root.
    pub missing: Option<MissingProof>,
}

impl Edge {
    /// True when nothing is missing.
    pub fn is_proven(&self) -> bool {
        self.missing.is_none()
    }
}

/// Findings that explain each other, with the exact links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cycle {
    /// Indices of the findings, in the order of the chain.
    pub members: Vec<usize>,
    /// Indices of the links that close it.
    pub edges: Vec<usize>,
    /// Where to cut: the member whose repair needs no other member.
    pub breaker: usize,
    /// Members that might be cut at, the safest first; one per kind of trouble.
    pub cuts: Vec<usize>,
    /// What would prove it; empty for a proven cycle.
    pub missing: Vec<MissingProof>,
}

/// All links over a list of findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CausalGraph {
    /// Links, sorted by effect, cause and rule.
    pub edges: Vec<Edge>,
    /// Cycles over proven links.
    pub proven: Vec<Cycle>,
    /// Cycles that close only with links that are not proven.
    pub would_be: Vec<Cycle>,
}
