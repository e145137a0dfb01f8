//! Reads a cluster into a snapshot: as little as the question needs, concurrently, and never
//! failing as a whole.

mod around;
mod clocks;
mod decode;
mod further;
mod management;
mod plan;
mod read;
mod releases;

use std::time::Duration;

use dogwatch_model::{
    Kind, Snapshot,
    ports::{ClusterReader, ListQuery},
    snapshot::SnapshotBuilder,
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use read::Reading;

pub use releases::open_releases;

pub use management::{
    Access, ClusterName, Collected, collect_cluster, is_of_management, without_management,
};

/// What the question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One object of any kind.
    Object {
        /// Kind.
        kind: Kind,
        /// Namespace; empty for cluster-scoped kinds.
        namespace: String,
        /// Name.
        name: String,
        /// Replaces the selector of the workload.
        selector: Option<String>,
    },
    /// Everything in one Namespace, and the cluster-scoped objects around it.
    Namespace(String),
    /// Everything.
    Cluster,
    /// Everything, and what new Pods name: priorities, runtimes, ServiceAccounts. For plans, which
    /// predict whether Pods are let through and where they fit.
    Plans,
}

/// Limits of one collection.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for all reads together.
    pub deadline: Duration,
    /// Lines from the end of each log.
    pub tail_lines: u32,
    /// Logs that may be read.
    pub logs: usize,
    /// Drops Events older than this.
    pub since: Option<SignedDuration>,
    /// Lists the metadata of every Secret, not only of those in which Helm keeps releases.
    pub all_secrets: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_mins(1),
            tail_lines: 80,
            logs: 20,
            since: None,
            all_secrets: false,
        }
    }
}

/// The limit that a read names when the time for all reads together was over.
pub const DEADLINE: &str = "the deadline of the collection";

/// Told what is being read, for a person who waits.
pub trait Progress: Send + Sync {
    /// One phase begins.
    fn phase(&self, what: &str);
}

/// Nobody waits.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn phase(&self, _what: &str) {}
}

/// Reads what the scope needs.
///
/// `fallback_now` is the clock for a source that has none of its own.
pub async fn collect(
    reader: &dyn ClusterReader,
    scope: &Scope,
    limits: &Limits,
    progress: &dyn Progress,
    fallback_now: Timestamp,
) -> Snapshot {
    let reading = Reading {
        reader,
        limits: *limits,
        progress,
        until: Instant::now() + limits.deadline,
        fallback_now,
    };
    let mut snapshot = match scope {
        Scope::Object {
            kind,
            namespace,
            name,
            selector,
        } if kind.is_rollout() => {
            let selector = selector.as_deref();
            Box::pin(plan::workload(&reading, *kind, namespace, name, selector)).await
        }
        Scope::Object {
            kind,
            namespace,
            name,
            ..
        } => Box::pin(plan::object(&reading, *kind, namespace, name)).await,
        Scope::Namespace(namespace) => Box::pin(plan::whole(&reading, Some(namespace))).await,
        Scope::Cluster => Box::pin(plan::whole(&reading, None)).await,
        Scope::Plans => Box::pin(plan::for_plans(&reading)).await,
    };
    add_at_hand(reader, &mut snapshot);
    drop_old_events(limits, &mut snapshot);
    snapshot
}

/// Adds what a source tells beside its objects.
fn add_at_hand(reader: &dyn ClusterReader, snapshot: &mut Snapshot) {
    snapshot.alerts.extend(reader.alerts_at_hand());
    snapshot
        .node_services
        .extend(reader.node_services_at_hand());
    snapshot.add_history(reader.history_at_hand());
}

/// Drops Events that are older than somebody wants to look.
fn drop_old_events(limits: &Limits, snapshot: &mut Snapshot) {
    if let Some(since) = limits.since {
        let oldest = earlier(snapshot.captured_at, since);
        snapshot
            .events
            .retain(|event| event.last_seen.is_none_or(|seen| seen >= oldest));
    }
}

/// The time that lies so much earlier; the earliest that there is when a caller asks for more.
pub(crate) fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// Makes one list and nothing else.
pub async fn read_one(
    reader: &dyn ClusterReader,
    query: ListQuery,
    fallback_now: Timestamp,
) -> Snapshot {
    read_lists(reader, &[query], fallback_now).await
}

/// Makes these lists and nothing else.
pub(crate) async fn read_lists(
    reader: &dyn ClusterReader,
    queries: &[ListQuery],
    fallback_now: Timestamp,
) -> Snapshot {
    let limits = Limits::default();
    let until = Instant::now() + limits.deadline;
    let reading = Reading {
        reader,
        limits,
        progress: &Silent,
        until,
        fallback_now,
    };
    let mut builder = SnapshotBuilder::default();
    reading.lists(queries, &mut builder).await;
    reading.freeze(builder)
}

/// Names of one kind that are there, for suggestions after a name that does not exist.
pub async fn names(reader: &dyn ClusterReader, kind: Kind, namespace: &str) -> Vec<String> {
    let query = ListQuery::in_namespace(kind, namespace);
    let mut builder = SnapshotBuilder::default();
    // Only metadata is looked at, whatever the kind: a ConfigMap decodes exactly that.
    let mut sink = |json: &[u8]| builder.add(Kind::ConfigMap, json).is_ok();
    // The outcome does not matter: without names there is no suggestion.
    drop(reader.list(&query, &mut sink).await);
    let found = builder.finish(Timestamp::UNIX_EPOCH, None).config_maps;
    found
        .iter()
        .map(|object| object.meta.name.to_string())
        .collect()
}
