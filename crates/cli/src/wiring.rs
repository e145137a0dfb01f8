//! The only place that names concrete adapters.

pub(crate) mod checkpoints;
pub(crate) mod clusters;
pub(crate) mod past;
pub(crate) mod recovery;

use std::{path::Path, time::Duration};

use dogwatch_adapters::{
    Token,
    bundle::{Bundle, Recording, RecordingReader},
    kubernetes::{self, ConnectOptions, LiveCluster},
    prometheus::{Alertmanager, Prometheus, PrometheusOptions},
};
use dogwatch_model::{
    Alert, Kind, Ledger, NodeService, ReadOutcome, Snapshot,
    ports::{
        ClusterReader, CustomKinds, History, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture,
        ServerFacts,
    },
    snapshot::LogKey,
};

use crate::{args::SourceArgs, case_file, exit::CliError};

/// A cluster, live or recorded.
pub(crate) enum Source {
    Live(Box<LiveCluster>),
    Recorded(Box<Bundle>),
}

/// Sets up what every connection needs, once.
pub(crate) fn install_tls() {
    // A second installation is refused and changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// Opens the source that the flags name.
pub(crate) async fn open(args: &SourceArgs) -> Result<Source, CliError> {
    if let Some(path) = &args.from {
        return Ok(Source::Recorded(Box::new(recorded(path)?)));
    }
    let cluster = kubernetes::connect(options(args)).await;
    let cluster = cluster.map_err(|error| CliError::failure(chain(&error)))?;
    Ok(Source::Live(Box::new(cluster)))
}

/// The metrics source of the environment, if one is named.
pub(crate) fn metrics() -> Result<Option<Prometheus>, CliError> {
    let options = api("DOGWATCH_PROMETHEUS_URL", "DOGWATCH_PROMETHEUS_TOKEN");
    let source = options.map(Prometheus::new).transpose();
    source.map_err(|error| CliError::usage(chain(&error)))
}

/// The Alertmanager of the environment, if one is named.
pub(crate) fn alertmanager() -> Result<Option<Alertmanager>, CliError> {
    let options = api("DOGWATCH_ALERTMANAGER_URL", "DOGWATCH_ALERTMANAGER_TOKEN");
    let source = options.map(Alertmanager::new).transpose();
    source.map_err(|error| CliError::usage(format!("DOGWATCH_ALERTMANAGER_URL: {}", chain(&error))))
}

/// Address and token of an API as two variables name them.
fn api(url: &str, token: &str) -> Option<PrometheusOptions> {
    let told = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Some(PrometheusOptions {
        url: told(url)?,
        token: told(token).map(|token| Token::new(&token)),
        timeout: None,
    })
}

/// Opens a recording to reason over it; says what it is where that is not plain, and names the files
/// that will not count.
fn recorded(path: &Path) -> Result<Bundle, CliError> {
    if case_file::is_case(path) {
        let (bundle, words) = case_file::recording(path)?;
        anstream::eprintln!("{words}");
        return Ok(bundle);
    }
    let recording = clusters::recording(path)?;
    if let Recording::Two(pair) = &recording {
        let (path, name) = (path.display(), &pair.facts.name);
        anstream::eprintln!(
            "{path} holds two clusters: this looks at the workload cluster; cluster/{name} at both"
        );
    }
    let bundle = workload_of(recording, path)?;
    name_problems(&bundle);
    Ok(bundle)
}

/// Names the files of a recording that will not count.
fn name_problems(bundle: &Bundle) {
    for problem in bundle.problems() {
        anstream::eprintln!("not understood, and not counted: {problem}");
    }
}

/// Opens a recording; of two clusters the workload cluster is meant, of a case file the newest round.
pub(crate) fn open_bundle(path: &Path) -> Result<Bundle, CliError> {
    workload_of(clusters::recording(path)?, path)
}

fn workload_of(recording: Recording, path: &Path) -> Result<Bundle, CliError> {
    let bundle = recording.into_workload(path);
    bundle.map_err(|error| CliError::failure(chain(&error)))
}

/// The connection that the flags describe.
pub(crate) fn options(args: &SourceArgs) -> ConnectOptions {
    ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        context: args.context.clone(),
        cluster: args.cluster.clone(),
        user: args.user.clone(),
        server: args.server.clone(),
        token: None,
        request_timeout: args
            .request_timeout
            .and_then(|time| Duration::try_from(time).ok()),
        as_user: args.as_user.clone(),
        as_groups: args.as_groups.clone(),
        as_uid: args.as_uid.clone(),
    }
}

/// An error with its sources, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = inner.source();
    }
    text
}

impl Source {
    /// The Namespace that the source means when none is named.
    pub(crate) fn default_namespace(&self) -> &str {
        match self {
            Source::Live(cluster) => cluster.default_namespace(),
            Source::Recorded(_) => "default",
        }
    }

    /// The live cluster, if it is one.
    pub(crate) fn live(&self) -> Option<&LiveCluster> {
        match self {
            Source::Live(cluster) => Some(cluster),
            Source::Recorded(_) => None,
        }
    }

    fn reader(&self) -> &dyn ClusterReader {
        match self {
            Source::Live(cluster) => &**cluster,
            Source::Recorded(bundle) => &**bundle,
        }
    }
}

impl ClusterReader for Source {
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome> {
        self.reader().list(query, sink)
    }

    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead> {
        self.reader().log(query)
    }

    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
        self.reader().custom_kinds()
    }

    fn changed<'a>(
        &'a self,
        kinds: &'a [Kind],
        namespace: Option<&'a str>,
        at_most: Duration,
    ) -> PortFuture<'a, bool> {
        self.reader().changed(kinds, namespace, at_most)
    }

    fn facts(&self) -> ServerFacts {
        self.reader().facts()
    }

    fn alerts_at_hand(&self) -> Vec<Alert> {
        self.reader().alerts_at_hand()
    }

    fn node_services_at_hand(&self) -> Vec<NodeService> {
        self.reader().node_services_at_hand()
    }

    fn history_at_hand(&self) -> History {
        self.reader().history_at_hand()
    }

    fn holds(&self, kind: Kind) -> bool {
        self.reader().holds(kind)
    }

    fn logs_at_hand(&self) -> Vec<LogKey> {
        self.reader().logs_at_hand()
    }
}

/// A source that may be recorded while it is read.
pub(crate) enum Recordable {
    Plain(Source),
    Recording(Box<RecordingReader<Source>>),
}

impl Recordable {
    /// Records when a path is given.
    pub(crate) fn new(source: Source, path: Option<&Path>) -> Result<Self, CliError> {
        Self::begin(source, path.is_some())
    }

    /// Records when it is wanted.
    pub(crate) fn begin(source: Source, is_recording: bool) -> Result<Self, CliError> {
        if !is_recording {
            return Ok(Self::Plain(source));
        }
        let recorder = RecordingReader::new(source);
        let recorder = recorder.map_err(|error| CliError::failure(chain(&error)))?;
        Ok(Self::Recording(Box::new(recorder)))
    }

    /// What to read from.
    pub(crate) fn reader(&self) -> &dyn ClusterReader {
        match self {
            Self::Plain(source) => source,
            Self::Recording(recorder) => &**recorder,
        }
    }

    /// The source behind.
    pub(crate) fn source(&self) -> &Source {
        match self {
            Self::Plain(source) => source,
            Self::Recording(recorder) => recorder.inner(),
        }
    }

    /// What records, if something does.
    fn recorder(&self) -> Option<&RecordingReader<Source>> {
        match self {
            Self::Plain(_) => None,
            Self::Recording(recorder) => Some(recorder),
        }
    }

    /// Writes the recording of a snapshot, if there is one, with what it knows of the past.
    pub(crate) fn save_seen(&self, path: Option<&Path>, seen: &Snapshot) -> Result<(), CliError> {
        if let Self::Recording(recorder) = self {
            recorder.keep_history(History::of(seen));
        }
        self.save(path, &seen.ledger)
    }

    /// Writes the recording, if there is one.
    pub(crate) fn save(&self, path: Option<&Path>, ledger: &Ledger) -> Result<(), CliError> {
        match (self, path) {
            (Self::Recording(recorder), Some(path)) => recorder
                .save(path, ledger)
                .map_err(|error| CliError::failure(chain(&error))),
            _ => Ok(()),
        }
    }
}
