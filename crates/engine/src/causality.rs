//! Who explains whom. The graph code knows no domain; the rules know no graph.

mod cycles;
mod graph;
mod key;
mod link;
mod rules;

use dogwatch_model::{EdgeStrength, RuleId};

pub(crate) use graph::build;
pub(crate) use key::Key;
pub(crate) use link::Link;
pub(crate) use rules::RULES;

use crate::View;
use dogwatch_model::Finding;

/// Identity of a causality rule.
#[derive(Debug)]
pub struct RuleMeta {
    /// `<a>-explains-<b>`.
    pub id: RuleId,
    /// The mechanism, in words.
    pub because: &'static str,
    /// How strong a link of this rule is.
    pub strength: EdgeStrength,
    /// The casebook, as Markdown.
    pub casebook: &'static str,
}

/// One reason why a finding explains another.
///
/// A rule names join keys on both sides; only findings that share a key are compared, so that the
/// work grows with the links and not with the square of the findings.
pub(crate) trait Rule: core::fmt::Debug + Sync {
    /// Identity.
    fn meta(&self) -> &'static RuleMeta;
    /// Keys under which a finding may be a cause; none when it cannot be one.
    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key>;
    /// Keys under which a finding may be an effect; none when it cannot be one.
    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key>;
    /// Whether the one explains the other, given that they share a key.
    fn relates(&self, _view: &View<'_>, _cause: &Finding, _effect: &Finding) -> Option<Link> {
        Some(Link::proven())
    }
}

/// Circles over links, proven and possible.
pub(crate) fn circles(
    findings: &[Finding],
    edges: &[dogwatch_model::Edge],
) -> (Vec<dogwatch_model::Cycle>, Vec<dogwatch_model::Cycle>) {
    let proven = cycles::proven(findings, edges);
    let would_be = cycles::would_be(findings, edges, &proven);
    (proven, would_be)
}
