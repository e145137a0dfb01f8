//! The completeness ledger: what was read, and what could not be.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Kind;

/// Something Dogwatch reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// Objects of one kind.
    Objects(Kind),
    /// Container logs.
    Logs,
    /// A Prometheus API.
    Metrics,
    /// Payloads of the Secrets in which Helm keeps its releases.
    HelmReleases,
    /// An audit log of the API server.
    AuditLog,
    /// An earlier recording of the management cluster.
    EarlierManagement,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The plural of an unknown kind may be a guess; its name and group are not.
            Source::Objects(kind @ Kind::Custom(_)) => {
                write!(f, "{}.{}", kind.name(), kind.info().group)
            }
            Source::Objects(kind) => f.write_str(kind.info().plural),
            Source::Logs => f.write_str("logs"),
            Source::Metrics => f.write_str("metrics"),
            Source::HelmReleases => f.write_str("Helm releases"),
            Source::AuditLog => f.write_str("audit log"),
            Source::EarlierManagement => f.write_str("earlier recording"),
        }
    }
}

/// Why a read was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SkipReason {
    /// The server does not serve this kind. Not a hole: nothing can exist.
    NotInstalled,
    /// Outside the scope that was asked for. Not a hole.
    NotRequested,
    /// The request budget of this diagnosis was spent.
    BudgetSpent,
    /// No such source is configured (metrics), or the recording does not hold it.
    NoSource,
    /// The credentials or the recording do not cover it, and nothing that is said depends on it. Not
    /// a hole.
    NotCovered,
}

/// What became of one planned read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ReadOutcome {
    /// The whole answer was read and understood.
    Ok {
        /// Objects (or log lines) that were read.
        items: u64,
    },
    /// The server refused (401, 403).
    Denied {
        /// The server's own words, redacted and cut.
        message: String,
    },
    /// A limit cut the answer, or some items could not be decoded.
    Truncated {
        /// Objects that were read and understood.
        items: u64,
        /// Objects that could not be decoded.
        unreadable: u64,
        /// Which limit cut the answer.
        limit: String,
    },
    /// No usable answer: timeout, refused connection, repeated 5xx or 429.
    TimedOut {
        /// Requests that were made.
        attempts: u32,
        /// The last error, redacted and cut.
        last_error: String,
    },
    /// Not asked.
    Skipped {
        /// Why.
        why: SkipReason,
    },
}

impl ReadOutcome {
    /// True when something that should have been seen was not.
    pub fn is_hole(&self) -> bool {
        match self {
            ReadOutcome::Ok { .. } => false,
            ReadOutcome::Denied { .. }
            | ReadOutcome::Truncated { .. }
            | ReadOutcome::TimedOut { .. } => true,
            ReadOutcome::Skipped { why } => {
                matches!(why, SkipReason::BudgetSpent | SkipReason::NoSource)
            }
        }
    }

    /// True when objects of this read may be reasoned over, even if some are missing.
    pub fn is_usable(&self) -> bool {
        matches!(self, ReadOutcome::Ok { .. } | ReadOutcome::Truncated { .. })
    }
}

/// One planned read and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// What was to be read.
    pub source: Source,
    /// Within which Namespace; `None` for the whole cluster.
    pub namespace: Option<String>,
    /// Only named or labelled objects were asked for: others may exist.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub selected: bool,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ReadOutcome,
}

/// Every planned read leaves exactly one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
}

/// A read that did not succeed.
pub type Hole = LedgerEntry;

/// The reads that are missing for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holes(pub Vec<Hole>);

/// Proof that every needed source was read completely. Only [`Ledger::complete_for`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompleteFor(());

impl Ledger {
    /// Adds the entry of one read. Entries are kept sorted, so that the order of completion does
    /// not show.
    pub fn record(&mut self, entry: LedgerEntry) {
        let at = self.entries.partition_point(|known| known <= &entry);
        self.entries.insert(at, entry);
    }

    /// Every entry, sorted.
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// The entries that are holes.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.entries.iter().filter(|entry| entry.outcome.is_hole())
    }

    /// True when the source was asked for and answered, if only in part.
    pub fn has(&self, source: Source) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.source == source && entry.outcome.is_usable())
    }

    /// True when the source was read, if only in part, for this Namespace or for all of them.
    pub fn has_in(&self, source: Source, namespace: &str) -> bool {
        self.entries.iter().any(|entry| {
            entry.source == source
                && entry.outcome.is_usable()
                && entry
                    .namespace
                    .as_deref()
                    .is_none_or(|known| known == namespace)
        })
    }

    /// True when every object of the source was read: an object that is not in the snapshot then
    /// does not exist.
    pub fn is_complete(&self, source: Source) -> bool {
        let whole = |entry: &LedgerEntry| {
            entry.source == source && entry.outcome.is_usable() && !entry.selected
        };
        self.entries.iter().any(whole)
            && !self
                .entries
                .iter()
                .any(|entry| entry.source == source && entry.outcome.is_hole())
    }

    /// Proves that the named sources were read completely. A kind that the server does not serve
    /// counts as read: there can be none.
    ///
    /// # Errors
    /// Gives the holes back when something is missing.
    pub fn complete_for(&self, needs: &[Source]) -> Result<CompleteFor, Holes> {
        let mut holes = Vec::new();
        for need in needs {
            let mut asked = false;
            for entry in self.entries.iter().filter(|entry| entry.source == *need) {
                asked = true;
                let not_requested = entry.outcome
                    == ReadOutcome::Skipped {
                        why: SkipReason::NotRequested,
                    };
                if entry.outcome.is_hole() || not_requested {
                    holes.push(entry.clone());
                }
            }
            if !asked {
                holes.push(LedgerEntry {
                    source: *need,
                    namespace: None,
                    selected: false,
                    outcome: ReadOutcome::Skipped {
                        why: SkipReason::NoSource,
                    },
                });
            }
        }
        if holes.is_empty() {
            Ok(CompleteFor(()))
        } else {
            Err(Holes(holes))
        }
    }
}

impl LedgerEntry {
    /// One clear sentence: what could not be seen and what would help.
    pub fn sentence(&self) -> String {
        let place = match &self.namespace {
            _ if self.source == Source::EarlierManagement => {
                format!("{} of the management cluster", self.source)
            }
            Some(namespace) => format!("{} in namespace {namespace}", self.source),
            None => format!("{} of the cluster", self.source),
        };
        match &self.outcome {
            ReadOutcome::Ok { items } => format!("{place}: {items} read"),
            ReadOutcome::Denied { message } => format!(
                "{place}: denied ({message}); grant get and list on {} to see them",
                self.source
            ),
            ReadOutcome::Truncated {
                items,
                unreadable,
                limit,
            } => {
                format!("{place}: {items} read, cut by {limit}, {unreadable} unreadable")
            }
            ReadOutcome::TimedOut {
                attempts,
                last_error,
            } => {
                format!("{place}: no answer after {attempts} attempts ({last_error})")
            }
            ReadOutcome::Skipped { why } => match why {
                SkipReason::NotInstalled => format!("{place}: not served by this cluster"),
                SkipReason::NotRequested => format!("{place}: not requested"),
                SkipReason::BudgetSpent => format!("{place}: not read, request budget spent"),
                SkipReason::NoSource => format!("{place}: no source holds them"),
                SkipReason::NotCovered => {
                    format!("{place}: not covered by the permissions or the recording")
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind, outcome: ReadOutcome) -> LedgerEntry {
        LedgerEntry {
            source: Source::Objects(kind),
            namespace: None,
            selected: false,
            outcome,
        }
    }

    #[test]
    fn healthy_cannot_be_said_over_a_hole() {
        let mut ledger = Ledger::default();
        ledger.record(entry(Kind::Pod, ReadOutcome::Ok { items: 3 }));
        ledger.record(entry(
            Kind::Event,
            ReadOutcome::Denied {
                message: String::new(),
            },
        ));
        let pods = Source::Objects(Kind::Pod);
        let events = Source::Objects(Kind::Event);
        assert!(ledger.complete_for(&[pods]).is_ok());
        assert_eq!(ledger.complete_for(&[pods, events]).unwrap_err().0.len(), 1);
        assert!(
            ledger.complete_for(&[Source::Logs]).is_err(),
            "never asked is not complete"
        );
    }

    #[test]
    fn a_kind_that_is_not_installed_is_no_hole() {
        let mut ledger = Ledger::default();
        let why = SkipReason::NotInstalled;
        ledger.record(entry(Kind::RuntimeClass, ReadOutcome::Skipped { why }));
        assert!(
            ledger
                .complete_for(&[Source::Objects(Kind::RuntimeClass)])
                .is_ok()
        );
        assert_eq!(ledger.holes().count(), 0);
    }

    #[test]
    fn order_of_completion_does_not_show() {
        let first = entry(Kind::Pod, ReadOutcome::Ok { items: 1 });
        let second = entry(Kind::Node, ReadOutcome::Ok { items: 2 });
        let mut one = Ledger::default();
        one.record(first.clone());
        one.record(second.clone());
        let mut other = Ledger::default();
        other.record(second);
        other.record(first);
        assert_eq!(one, other);
    }
}
