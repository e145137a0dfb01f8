//! The brain: from a frozen snapshot to a diagnosis. Pure: no clock, no I/O, no random number.
//!
//! Entry points are [`diagnose`] (everything in a snapshot) and [`Meta`] of [`checks`] (what is
//! looked for). The order of reasoning fits on one screen: see [`diagnose`].

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(rustdoc::bare_urls)] // casebooks are read in a terminal too, where brackets only disturb

pub mod capacity;
mod causality;
mod changes;
mod check;
mod checks;
mod cite;
mod diagnosis;
pub mod health;
pub mod incident;
pub mod logs;
pub mod metrics;
pub mod planning;
mod reading;
pub mod remedies;
pub mod report;
pub mod rollout;
pub mod verification;
mod view;
mod wishes;

pub use causality::RuleMeta;
pub use changes::{Act, Between, Blame, Change, ChangeSource, FieldChange, Maker, Reach, reach};
pub use check::{Check, Meta};
pub use diagnosis::{diagnose, explain_check};
pub use view::View;
pub use wishes::{Wish, Wishes, versions_of, wishes};

/// Every check, sorted by id.
pub fn checks() -> &'static [&'static dyn Check] {
    checks::CHECKS
}

/// Identity of every causality rule, sorted by id.
pub fn rules() -> impl Iterator<Item = &'static RuleMeta> {
    causality::RULES.iter().map(|rule| rule.meta())
}

/// Everything that changed lately as far as the snapshot tells, newest first: versions of workloads,
/// writes, Nodes, releases, GitOps, audit log and an earlier recording.
pub fn changes(snapshot: &dogwatch_model::Snapshot) -> Vec<Change> {
    changes::all(&View::new(snapshot))
}

/// Circles over links: the proven ones, and those that close only with links that wait for a proof.
pub fn circles(
    findings: &[dogwatch_model::Finding],
    edges: &[dogwatch_model::Edge],
) -> (Vec<dogwatch_model::Cycle>, Vec<dogwatch_model::Cycle>) {
    causality::circles(findings, edges)
}

/// Runs one check alone over a view; what it found and could not decide. For casebooks.
pub fn run_check(
    check: &dyn Check,
    view: &View<'_>,
) -> (Vec<dogwatch_model::Finding>, Vec<dogwatch_model::Undecided>) {
    check::run_one(check, view)
}
