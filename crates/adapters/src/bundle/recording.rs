//! A reader that keeps what passes through it.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use dogwatch_model::{
    Alert, Kind, Ledger, NodeService, ReadOutcome,
    ports::{
        ClusterReader, CustomKinds, History, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture,
        ServerFacts,
    },
    snapshot::LogKey,
};
use jiff::Timestamp;

use super::{
    WriteError,
    capture::SCHEMA_VERSION,
    contents::Contents,
    pair::{MANAGEMENT, PairFacts, PairFile, WORKLOAD},
    writer::{CaptureFacts, Part, check_target, write},
};

/// Forwards every read and keeps, redacted, what was read and what became of each read, so that a
/// capture of it answers the same queries with the same outcomes.
#[derive(Debug)]
pub struct RecordingReader<R> {
    inner: R,
    contents: Mutex<Contents>,
}

impl<R: ClusterReader> RecordingReader<R> {
    /// Starts recording.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(inner: R) -> Result<Self, WriteError> {
        Ok(Self {
            inner,
            contents: Mutex::new(Contents::new()?),
        })
    }

    /// The reader behind.
    pub fn inner(&self) -> &R {
        &self.inner
    }

    /// Keeps what was read of the past beside the objects. Its reads stand in the ledger.
    pub fn keep_history(&self, history: History) {
        self.contents().history = history;
    }

    /// Writes what was read so far, as [`super::BundleWriter`] does, dated with the clock of the
    /// source.
    ///
    /// # Errors
    /// When the place cannot be used, or more was read than a capture may hold.
    pub fn save(&self, target: &Path, ledger: &Ledger) -> Result<(), WriteError> {
        check_target(target)?;
        let contents = self.told(ledger);
        let part = self.part("", &contents);
        write(target, &[part], None)
    }

    /// Writes what was read of two clusters into one capture: of the management cluster and, where it
    /// was reached, of the workload cluster.
    ///
    /// # Errors
    /// When the place cannot be used, or more was read than a capture may hold.
    pub fn save_pair(
        target: &Path,
        facts: PairFacts,
        (management, its_reads): (&Self, &Ledger),
        workload: Option<(&Self, &Ledger)>,
    ) -> Result<(), WriteError> {
        check_target(target)?;
        let file = PairFile {
            schema_version: SCHEMA_VERSION,
            facts,
        };
        let contents = management.told(its_reads);
        let workload = workload.map(|(reader, reads)| (reader, reader.told(reads)));
        let mut parts = vec![management.part(MANAGEMENT, &contents)];
        if let Some((reader, contents)) = &workload {
            parts.push(reader.part(WORKLOAD, contents));
        }
        write(target, &parts, Some(&file))
    }

    /// What was read so far, with what the source tells beside the objects.
    fn told(&self, ledger: &Ledger) -> MutexGuard<'_, Contents> {
        let mut contents = self.contents();
        contents.ledger = ledger.clone();
        contents.alerts = self.inner.alerts_at_hand();
        contents.node_services = self.inner.node_services_at_hand();
        contents
    }

    fn part<'a>(&self, folder: &'a str, contents: &'a Contents) -> Part<'a> {
        let facts = self.inner.facts();
        Part {
            folder,
            contents,
            facts: CaptureFacts {
                captured_at: facts.now.unwrap_or_else(Timestamp::now),
                version: facts.version,
            },
        }
    }

    /// A panic elsewhere leaves whole entries behind: nothing is half written.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: ClusterReader> ClusterReader for RecordingReader<R> {
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut keep = |json: &[u8]| {
                // What cannot be kept is not handed on either, and what is kept is handed on as it is
                // kept, redacted: the capture must give the same verdict.
                let kept = self.contents().add_object(json, Some(query.kind));
                kept.is_ok_and(|redacted| sink(&redacted))
            };
            let outcome = self.inner.list(query, &mut keep).await;
            self.contents().add_list(query, &outcome);
            outcome
        })
    }

    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead> {
        Box::pin(async move {
            let read = self.inner.log(query).await;
            let mut contents = self.contents();
            contents.add_log_read(query, &read.outcome);
            if read.outcome.is_usable() {
                contents.add_log(query, &read.text);
            }
            read
        })
    }

    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
        Box::pin(async move {
            let known = self.inner.custom_kinds().await;
            self.contents().discovery = Some(known.outcome.clone());
            known
        })
    }

    fn facts(&self) -> ServerFacts {
        self.inner.facts()
    }

    fn alerts_at_hand(&self) -> Vec<Alert> {
        self.inner.alerts_at_hand()
    }

    fn node_services_at_hand(&self) -> Vec<NodeService> {
        self.inner.node_services_at_hand()
    }

    fn history_at_hand(&self) -> History {
        self.inner.history_at_hand()
    }

    fn holds(&self, kind: Kind) -> bool {
        self.inner.holds(kind)
    }

    fn logs_at_hand(&self) -> Vec<LogKey> {
        self.inner.logs_at_hand()
    }
}
