//! Outbound ports: what `agent` calls and `adapters` implements.

mod cloud;
mod history;
mod pools;
mod releases;
mod serverless;
pub mod store;
mod write;

pub use cloud::{
    AVAILABLE, Cloud, CloudAct, CloudOrder, CloudReader, CloudWriter, FREE, GONE, HIBERNATED,
    Machine, ManagedCluster, PublicAddress, RUNNING, ResourceKind, ResourceRef, STOPPED,
    Vulnerability, bound_to,
};
pub use history::{History, ReleaseReader};
pub use pools::{NewPool, NodePool, NodePoolReader, NodePoolWriter, PoolError, PoolMachines};
pub use releases::{OpenedRevision, ReleaseVault, SealedRelease};
pub use serverless::{Refused, Serverless, ServerlessReader};
pub use write::{ClusterWriter, Previewer, UserName, Write, WriteBody, WriteError, Written};

use core::{future::Future, pin::Pin, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{Alarm, Alert, Kind, NodeService, ReadOutcome, Series, snapshot::LogKey};

/// The future of a port: boxed, so that no macro and no runtime is needed here.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Receives each object as one JSON text, in the order in which the source gives them. Answers
/// whether the object could be understood; a refused object counts as unreadable.
pub type ObjectSink<'a> = &'a mut (dyn FnMut(&[u8]) -> bool + Send);

/// Which objects of one kind are wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListQuery {
    /// The kind.
    pub kind: Kind,
    /// Only this Namespace; `None` means all of them (or a cluster-scoped kind).
    pub namespace: Option<String>,
    /// Only the object with this name.
    pub name: Option<String>,
    /// Label selector in the API server's syntax.
    pub label_selector: Option<String>,
    /// Field selector in the API server's syntax.
    pub field_selector: Option<String>,
}

impl ListQuery {
    /// Everything of one kind.
    pub fn all(kind: Kind) -> Self {
        Self {
            kind,
            namespace: None,
            name: None,
            label_selector: None,
            field_selector: None,
        }
    }

    /// Everything of one kind in one Namespace; cluster-scoped kinds ignore the Namespace.
    pub fn in_namespace(kind: Kind, namespace: &str) -> Self {
        let namespace = kind.info().namespaced.then(|| namespace.to_owned());
        Self {
            namespace,
            ..Self::all(kind)
        }
    }

    /// The one object with this name.
    pub fn one(kind: Kind, namespace: &str, name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..Self::in_namespace(kind, namespace)
        }
    }

    /// Keeps only objects whose labels match.
    #[must_use]
    pub fn labelled(mut self, selector: String) -> Self {
        self.label_selector = Some(selector);
        self
    }
}

/// Which container's log is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogQuery {
    /// Namespace of the Pod.
    pub namespace: String,
    /// Name of the Pod.
    pub pod: String,
    /// Name of the container.
    pub container: String,
    /// The log of the previous incarnation of the container.
    pub previous: bool,
    /// At most this many lines from the end.
    pub tail_lines: u32,
    /// At most this many bytes.
    pub limit_bytes: u32,
}

/// A log as it was read: text and what became of the read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRead {
    /// The text, possibly empty. Not redacted yet.
    pub text: String,
    /// What became of the read; `NotInstalled` when there is no such log.
    pub outcome: ReadOutcome,
}

/// Who answers: version, and the source's own notion of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// `v1.36.3`; `None` when it could not be read.
    pub version: Option<String>,
    /// The clock of the source: the API server's `Date`, or the time of a recording.
    pub now: Option<Timestamp>,
    /// How far that clock was ahead of the one of this machine when it was heard, to the second;
    /// negative when it was behind. `None` for a recording: nobody hears its clock.
    pub ahead: Option<SignedDuration>,
}

/// The custom kinds that a source has, and what became of asking for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomKinds {
    /// Sorted, each in the version in which to read it.
    pub kinds: Vec<Kind>,
    /// What became of the question.
    pub outcome: ReadOutcome,
}

impl CustomKinds {
    /// There is no answer.
    pub fn failed(outcome: ReadOutcome) -> Self {
        Self {
            kinds: Vec::new(),
            outcome,
        }
    }
}

/// Reads a cluster, live or recorded. Holds no credential that could write.
pub trait ClusterReader: Send + Sync {
    /// Lists objects of one kind, or the single one that the query names. Never fails as a whole:
    /// what went wrong is in the outcome. An object that does not exist gives `Ok { items: 0 }`.
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome>;

    /// Reads the end of one container's log.
    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead>;

    /// What is known of the source after at least one `list`.
    fn facts(&self) -> ServerFacts;

    /// Which custom kinds can be listed.
    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds>;

    /// Waits until an object of one of the kinds changes, at most so long: true when one did. False
    /// when nothing was heard, which may come early, from a source that cannot watch at once: the
    /// caller waits out the time itself. Changes from the first poll of the future on are heard.
    fn changed<'a>(
        &'a self,
        _kinds: &'a [Kind],
        _namespace: Option<&'a str>,
        _at_most: Duration,
    ) -> PortFuture<'a, bool> {
        Box::pin(core::future::ready(false))
    }

    /// Alerts that the source says are firing. A live cluster knows none: they come from elsewhere.
    fn alerts_at_hand(&self) -> Vec<Alert> {
        Vec::new()
    }

    /// Services of nodes that the source was told of. The API of a live cluster tells none.
    fn node_services_at_hand(&self) -> Vec<NodeService> {
        Vec::new()
    }

    /// What the source tells of the past beside its objects. A live cluster tells nothing: it has to be
    /// asked for.
    fn history_at_hand(&self) -> History {
        History::default()
    }

    /// True when the source holds objects of the kind already, so that reading them costs nothing and
    /// needs no permission.
    fn holds(&self, _kind: Kind) -> bool {
        false
    }

    /// Logs that the source already holds, so that reading them costs nothing. A live cluster holds
    /// none: there every log is a request.
    fn logs_at_hand(&self) -> Vec<LogKey> {
        Vec::new()
    }
}

/// One sample of a Prometheus vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Labels, sorted by name.
    pub labels: Vec<(String, String)>,
    /// The value; may be NaN or infinite as Prometheus allows.
    pub value: f64,
}

/// Reads metrics from a Prometheus-compatible API.
pub trait MetricsReader: Send + Sync {
    /// An instant query at the given time. The error is one sentence without credentials.
    fn query<'a>(
        &'a self,
        promql: &'a str,
        at: Timestamp,
    ) -> PortFuture<'a, Result<Vec<Sample>, String>>;

    /// A range query, one point per step from `start` to `end`. An answer without series is no
    /// error: there is no data. More points or series than [`crate::MAX_POINTS`] and
    /// [`crate::MAX_SERIES`] are one. The error is one sentence without credentials.
    fn range<'a>(
        &'a self,
        promql: &'a str,
        start: Timestamp,
        end: Timestamp,
        step: Duration,
    ) -> PortFuture<'a, Result<Vec<Series>, String>>;
}

/// Reads the alarms that burn, or are about to, with those that are kept quiet.
pub trait AlarmReader: Send + Sync {
    /// Every alarm that the source knows now. The error is one sentence without credentials.
    fn alerts(&self) -> PortFuture<'_, Result<Vec<Alarm>, String>>;
}
