//! What was read of the past beside the objects, and the port that opens what needs a permission of its
//! own.

use super::PortFuture;
use crate::{
    LedgerEntry, ReadOutcome, Snapshot, Source,
    snapshot::{AuditRecord, HelmRelease},
};

/// What was read of the past beside the objects, with the reads that were made for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Releases of Helm.
    pub releases: Vec<HelmRelease>,
    /// Writes that an audit log tells of.
    pub audit: Vec<AuditRecord>,
    /// The reads.
    pub entries: Vec<LedgerEntry>,
}

impl History {
    /// True when nothing was read and nothing was tried.
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty() && self.audit.is_empty() && self.entries.is_empty()
    }

    /// The history that a snapshot holds, so that a capture can keep it.
    pub fn of(snapshot: &Snapshot) -> Self {
        let entries = snapshot.ledger.entries().iter();
        let is_past =
            |entry: &&LedgerEntry| matches!(entry.source, Source::HelmReleases | Source::AuditLog);
        Self {
            releases: snapshot.releases.clone(),
            audit: snapshot.audit.clone(),
            entries: entries.filter(is_past).cloned().collect(),
        }
    }
}

impl Snapshot {
    /// Adds what was read of the past. Lists stay sorted, so that the order of reading does not show.
    pub fn add_history(&mut self, history: History) {
        self.releases.extend(history.releases);
        self.releases.sort();
        self.releases.dedup();
        self.audit.extend(history.audit);
        self.audit.sort();
        self.audit.dedup();
        for entry in history.entries {
            self.ledger.record(entry);
        }
    }
}

/// Opens the Secrets in which Helm keeps its releases. No [`super::ClusterReader`] can: whoever holds
/// one of those reads no payload. Values, manifests and templates are never given back.
pub trait ReleaseReader: Send + Sync {
    /// The release that a Secret holds. The error is what became of the read.
    fn release<'a>(
        &'a self,
        namespace: &'a str,
        secret: &'a str,
    ) -> PortFuture<'a, Result<HelmRelease, ReadOutcome>>;
}
