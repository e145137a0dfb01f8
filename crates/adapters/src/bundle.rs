//! Reads a recorded cluster as if it were a live one.
//!
//! Understood are troubleshoot support bundles, OpenShift must-gathers, `kubectl cluster-info dump`,
//! evaluation case folders, and plain folders or tars of JSON and YAML, each as a folder or as an
//! archive. Nothing is unpacked to disk; limits keep a hostile archive from filling the memory.
//!
//! A capture of two clusters holds one folder for each, and a file that names them ([`Recording`]).
//!
//! A kind that the recording does not hold is not the same as a kind of which there are no objects:
//! the first is [`NoSource`](dogwatch_model::SkipReason::NoSource), the second is `Ok { items: 0 }`.

mod answer;
mod archive;
mod capture;
mod catalog;
mod clock;
mod collected;
mod contents;
mod documents;
mod dump;
mod error;
mod files;
mod layout;
mod limits;
mod node_services;
mod nothing_found;
mod object;
mod pair;
mod recording;
mod redacted;
mod selectors;
mod writer;

use std::{path::Path, sync::OnceLock};

use dogwatch_model::{
    Alert, Kind, Ledger, NodeService, ReadOutcome,
    ports::{
        ClusterReader, CustomKinds, History, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture,
        ServerFacts,
    },
    snapshot::LogKey,
};
use jiff::{SignedDuration, Timestamp};

use capture::{CaptureFile, SCHEMA_VERSION, ServiceRecord};
use catalog::Catalog;

pub use error::BundleError;
pub use pair::{Pair, PairFacts, Recording};
pub use recording::RecordingReader;
pub use writer::{BundleWriter, CaptureFacts, WriteError};

/// A recorded cluster, held in memory.
#[derive(Debug)]
pub struct Bundle {
    catalog: Catalog,
    now: OnceLock<Option<Timestamp>>,
    /// How far its clock was ahead of another one, where two were read together.
    ahead: Option<SignedDuration>,
    /// What was firing, where somebody knows it better than the recording.
    alerts: Option<Vec<Alert>>,
}

/// One recorded object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedObject<'a> {
    /// Its JSON, with `kind` and `apiVersion`, without the payload of Secrets.
    pub json: &'a [u8],
}

/// One recorded log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedLog<'a> {
    /// Namespace of the Pod.
    pub namespace: &'a str,
    /// Name of the Pod, or what the recording has in its place.
    pub pod: &'a str,
    /// Name of the container, or `_container` when it is not known.
    pub container: &'a str,
    /// Whether it is of the previous run.
    pub previous: bool,
    /// The text; it need not be UTF-8.
    pub text: &'a [u8],
}

impl Bundle {
    /// Reads a recording: a folder, a `.tar`, a `.tar.gz`, or one JSON or YAML file. Of two clusters
    /// the workload cluster is meant.
    ///
    /// # Errors
    /// When there is none, when it is damaged or hostile, or when it holds no Kubernetes object.
    pub fn open(path: &Path) -> Result<Bundle, BundleError> {
        Recording::open(path)?.into_workload(path)
    }

    /// Reads a `.tar.gz` that is in memory; `place` is named in messages.
    ///
    /// # Errors
    /// As for [`Bundle::open`].
    pub fn of_archive(place: &Path, bytes: &[u8]) -> Result<Bundle, BundleError> {
        let recording = Recording::sorted(place, &|visitor| {
            archive::read_packed(place, bytes, visitor)
        });
        recording?.into_workload(place)
    }

    /// The same recording with these alerts at hand, and no others.
    #[must_use]
    pub fn with_alerts(mut self, alerts: Vec<Alert>) -> Bundle {
        self.alerts = Some(alerts);
        self
    }

    /// The recording that was read from a place.
    fn of(path: &Path, catalog: Catalog) -> Result<Bundle, BundleError> {
        let catalog = catalog.complete();
        let version = catalog
            .capture
            .as_ref()
            .map(|capture| capture.schema_version);
        let broken = catalog.broken_capture.as_ref();
        match version.or(broken.map(|(version, _)| *version)) {
            Some(version) if version > SCHEMA_VERSION => {
                return Err(BundleError::NewerCapture {
                    path: path.to_owned(),
                    version,
                });
            }
            _ => {}
        }
        if let Some((_, reason)) = broken {
            let reason = format!("its capture file: {reason}");
            return Err(BundleError::Damaged {
                path: path.to_owned(),
                reason,
            });
        }
        if catalog.is_empty() {
            // Without a problem the message needs no hint.
            let hint = catalog
                .problems
                .first()
                .map(|problem| format!(" ({problem})"))
                .unwrap_or_default();
            return Err(BundleError::NoObjects {
                path: path.to_owned(),
                hint,
            });
        }
        Ok(Bundle {
            catalog,
            now: OnceLock::new(),
            ahead: None,
            alerts: None,
        })
    }

    /// Every object, those of kinds included that no check reads, in a fixed order.
    pub fn objects(&self) -> impl Iterator<Item = RecordedObject<'_>> {
        let known = self
            .catalog
            .kinds
            .values()
            .flat_map(|record| &record.objects);
        known
            .chain(&self.catalog.other)
            .map(|object| RecordedObject { json: &object.json })
    }

    /// Every log, in a fixed order.
    pub fn logs(&self) -> impl Iterator<Item = RecordedLog<'_>> {
        self.catalog.logs.iter().map(|(name, text)| RecordedLog {
            namespace: &name.namespace,
            pod: &name.pod,
            container: &name.container,
            previous: name.previous,
            text,
        })
    }

    /// Every read of the recorder, when the recording is a capture of Dogwatch.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.catalog.capture.as_ref().map(|capture| &capture.ledger)
    }

    /// Files that could not be understood, one sentence each; at most a few.
    pub fn problems(&self) -> &[String] {
        &self.catalog.problems
    }
}

impl ClusterReader for Bundle {
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome> {
        Box::pin(async move { answer::list(&self.catalog, query, sink) })
    }

    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead> {
        Box::pin(async move { answer::log(&self.catalog, query) })
    }

    /// Those whose lists were asked for, or of which there are objects.
    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
        Box::pin(async move { answer::custom_kinds(&self.catalog) })
    }

    /// The clock is that of a capture, or the one that a case states, or else the newest time that
    /// an Event, Pod, Node or Lease mentions, or else the newest file.
    fn facts(&self) -> ServerFacts {
        let capture = self.catalog.capture.as_ref();
        let now = self.now.get_or_init(|| clock::now(&self.catalog));
        let version = capture.and_then(|file| file.version.clone());
        ServerFacts {
            version: version.or_else(|| self.catalog.version.clone()),
            now: *now,
            ahead: self.ahead,
        }
    }

    /// The alert of a case folder, or those of a capture.
    fn alerts_at_hand(&self) -> Vec<Alert> {
        if let Some(alerts) = &self.alerts {
            return alerts.clone();
        }
        let case = self.catalog.case.as_ref();
        let case = case.and_then(|case| case.alert.as_ref());
        let capture = self.catalog.capture.as_ref();
        let captured = capture.into_iter().flat_map(|capture| &capture.alerts);
        captured.chain(case).filter_map(Alert::from_file).collect()
    }

    /// What the recorder saw on the nodes themselves.
    fn node_services_at_hand(&self) -> Vec<NodeService> {
        let capture = self.catalog.capture.as_ref();
        let captured = capture.into_iter().flat_map(|file| &file.node_services);
        let captured = captured.filter_map(ServiceRecord::service);
        captured.chain(node_services::read(&self.catalog)).collect()
    }

    /// What a capture keeps, and what audit logs beside the objects tell.
    fn history_at_hand(&self) -> History {
        let capture = self.catalog.capture.as_ref();
        // Only what Dogwatch captured keeps a history of its own.
        let mut history = capture.map(CaptureFile::history).unwrap_or_default();
        history.audit.extend(self.catalog.history.audit.clone());
        history.entries.extend(self.catalog.history.entries.clone());
        history
    }

    /// A capture of Dogwatch is asked the questions that it was made with.
    fn holds(&self, kind: Kind) -> bool {
        self.catalog.capture.is_none() && self.catalog.kinds.contains_key(&kind)
    }

    /// A capture of Dogwatch holds exactly the logs that were asked for: they are asked for again
    /// by the same question, so that the answer stays the same. Other recordings hold what their
    /// maker found worth keeping.
    fn logs_at_hand(&self) -> Vec<LogKey> {
        if self.catalog.capture.is_some() {
            return Vec::new();
        }
        let keys = self.catalog.logs.keys().map(|name| LogKey {
            namespace: name.namespace.as_str().into(),
            pod: name.pod.as_str().into(),
            container: name.container.as_str().into(),
            previous: name.previous,
        });
        keys.collect()
    }
}
