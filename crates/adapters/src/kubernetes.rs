//! Reads a live cluster through its API server.
//!
//! [`connect`] makes a [`LiveCluster`] from a kubeconfig or from inside a Pod. Lists are paged and
//! streamed: each object goes to the sink as the bytes that the server sent, so that never more than
//! one object is held. What goes wrong is an outcome, never an error of the whole.

mod access;
mod certificate;
mod connect;
mod discovery;
mod exchange;
mod failure;
mod inflate;
mod items;
mod kubeconfig;
mod list;
mod log;
mod options;
mod proxy;
mod releases;
mod request;
mod trouble;
mod vault;
mod watch;
mod workload;
mod writing;

use core::time::Duration;
use std::sync::OnceLock;

use dogwatch_model::{
    Kind, ReadOutcome,
    ports::{
        ClusterReader, CustomKinds, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture,
        ServerFacts,
    },
};

use exchange::Exchange;

pub use access::AccessError;
pub use connect::connect;
pub use kubeconfig::{ContextEntry, list_contexts};
pub use releases::ReleaseSecrets;

pub use options::{ConnectError, ConnectOptions};
pub use vault::ReleasePayloads;
pub use workload::WorkloadError;
pub use writing::{Preparer, Writer};

/// A live cluster, read only. It may be used from many tasks at once; how many is the caller's
/// choice.
pub struct LiveCluster {
    exchange: Exchange,
    default_namespace: String,
    version: OnceLock<String>,
}

impl LiveCluster {
    /// Wraps a client. The server address appears in messages and must hold no credential.
    pub(crate) fn new(
        client: kube::Client,
        server: String,
        timeout: Duration,
        accepts_gzip: bool,
    ) -> Self {
        let default_namespace = client.default_namespace().to_owned();
        let exchange = Exchange::new(client, server, timeout, accepts_gzip);
        Self {
            exchange,
            default_namespace,
            version: OnceLock::new(),
        }
    }

    /// The Namespace of the context, or `default`.
    pub fn default_namespace(&self) -> &str {
        &self.default_namespace
    }

    /// Address of the API server, without credentials.
    pub fn server(&self) -> &str {
        self.exchange.server()
    }

    /// How many HTTP requests were sent, retries included.
    pub fn requests_made(&self) -> u64 {
        self.exchange.requests()
    }
}

impl core::fmt::Debug for LiveCluster {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LiveCluster")
            .field("server", &self.server())
            .finish_non_exhaustive()
    }
}

impl ClusterReader for LiveCluster {
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome> {
        Box::pin(list::list(&self.exchange, query, sink))
    }

    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead> {
        Box::pin(log::read(&self.exchange, query))
    }

    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
        Box::pin(discovery::custom_kinds(&self.exchange))
    }

    fn changed<'a>(
        &'a self,
        kinds: &'a [Kind],
        namespace: Option<&'a str>,
        at_most: Duration,
    ) -> PortFuture<'a, bool> {
        Box::pin(watch::changed(&self.exchange, kinds, namespace, at_most))
    }

    fn facts(&self) -> ServerFacts {
        ServerFacts {
            version: self.version.get().cloned(),
            now: self.exchange.clock(),
            ahead: self.exchange.ahead(),
        }
    }
}
