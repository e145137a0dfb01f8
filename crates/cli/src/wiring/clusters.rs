//! A management cluster and one of its workload clusters, live or recorded.

use std::path::Path;

use dogwatch_adapters::{
    bundle::{Bundle, Pair, PairFacts, Recording, RecordingReader},
    kubernetes,
};
use dogwatch_agent::collect::{Access, ClusterName, Collected};
use dogwatch_model::{Kind, Ledger, LedgerEntry, ReadOutcome, ports::History};

use super::{Recordable, Source, chain, name_problems, options};
use crate::{
    args::{ManagementArgs, SourceArgs},
    case_file,
    exit::CliError,
};

/// A management cluster and one of its workload clusters.
pub(crate) struct Clusters {
    pub(crate) management: Recordable,
    /// `None` when it could not be reached; then `entries` says why.
    pub(crate) workload: Option<Recordable>,
    /// Reads that were made to get there.
    pub(crate) entries: Vec<LedgerEntry>,
    /// The Cluster in the management cluster.
    pub(crate) cluster: ClusterName,
}

/// True when the flags name a recording of two clusters.
pub(crate) fn are_recorded(source: &SourceArgs) -> Result<bool, CliError> {
    match &source.from {
        Some(path) => Ok(matches!(recording(path)?, Recording::Two(_))),
        None => Ok(false),
    }
}

/// Opens a recording of one cluster or of two, or the one in a case file.
pub(crate) fn recording(path: &Path) -> Result<Recording, CliError> {
    if case_file::is_case(path) {
        return Ok(Recording::One(Box::new(case_file::recording(path)?.0)));
    }
    Recording::open(path).map_err(|error| CliError::failure(chain(&error)))
}

/// Opens both clusters: two recordings, one of both, or the management cluster and what its Secret
/// leads to.
pub(crate) async fn open_clusters(
    source: &SourceArgs,
    management: &ManagementArgs,
    (namespace, name): (Option<&str>, &str),
    is_recording: bool,
) -> Result<Clusters, CliError> {
    if let Some(path) = &source.from {
        return match (recording(path)?, &management.management_from) {
            (Recording::Two(_), Some(_)) => Err(CliError::usage(format!(
                "{} holds its own management cluster: leave out --management-from",
                path.display()
            ))),
            (Recording::Two(pair), None) => {
                ensure_is_of(path, &pair.facts, namespace, name)?;
                of_pair(*pair, is_recording)
            }
            (Recording::One(workload), Some(there)) => {
                name_problems(&workload);
                of_two(there, *workload, (namespace, name), is_recording)
            }
            (Recording::One(_), None) => Err(CliError::usage(format!(
                "{} holds one cluster: name the recording of the other with --management-from",
                path.display()
            ))),
        };
    }
    live(source, management, (namespace, name), is_recording).await
}

/// The two halves of one recording.
fn of_pair(pair: Pair, is_recording: bool) -> Result<Clusters, CliError> {
    let Pair {
        facts,
        management,
        workload,
    } = pair;
    Ok(Clusters {
        management: of_recording(management, is_recording)?,
        workload: workload
            .map(|bundle| of_recording(bundle, is_recording))
            .transpose()?,
        entries: facts.entries,
        cluster: ClusterName {
            namespace: facts.namespace,
            name: facts.name,
        },
    })
}

/// Two recordings; of one that holds two clusters the management cluster.
fn of_two(
    there: &Path,
    workload: Bundle,
    (namespace, name): (Option<&str>, &str),
    is_recording: bool,
) -> Result<Clusters, CliError> {
    let management = match recording(there)? {
        Recording::One(bundle) => *bundle,
        Recording::Two(pair) => pair.management,
    };
    name_problems(&management);
    Ok(Clusters {
        management: of_recording(management, is_recording)?,
        workload: Some(of_recording(workload, is_recording)?),
        entries: Vec::new(),
        cluster: ClusterName {
            namespace: namespace.unwrap_or("default").to_owned(),
            name: name.to_owned(),
        },
    })
}

fn of_recording(bundle: Bundle, is_recording: bool) -> Result<Recordable, CliError> {
    Recordable::begin(Source::Recorded(Box::new(bundle)), is_recording)
}

/// A recording tells of one Cluster only.
pub(crate) fn ensure_is_of(
    path: &Path,
    facts: &PairFacts,
    namespace: Option<&str>,
    name: &str,
) -> Result<(), CliError> {
    let is_there = namespace.is_none_or(|namespace| namespace == facts.namespace);
    if is_there && facts.name == name {
        return Ok(());
    }
    Err(CliError::failure(format!(
        "{} was made of cluster/{} in namespace {}, and tells of no other Cluster",
        path.display(),
        facts.name,
        facts.namespace
    )))
}

/// The management cluster of a context, and what the Secret of the Cluster leads to.
async fn live(
    source: &SourceArgs,
    management: &ManagementArgs,
    (namespace, name): (Option<&str>, &str),
    is_recording: bool,
) -> Result<Clusters, CliError> {
    let mut there = options(source);
    there.context.clone_from(&management.management_context);
    let timeout = there.request_timeout;
    let live = kubernetes::connect(there).await;
    let live = live.map_err(|error| CliError::failure(chain(&error)))?;
    let namespace = namespace
        .unwrap_or_else(|| live.default_namespace())
        .to_owned();
    let reached = live.connect_workload(&namespace, name, timeout).await;
    let outcome = match &reached {
        Ok(_) => ReadOutcome::Ok { items: 1 },
        Err(error) => ReadOutcome::Denied {
            message: chain(error),
        },
    };
    let entry = LedgerEntry {
        source: dogwatch_model::Source::Objects(Kind::Secret),
        namespace: Some(namespace.clone()),
        selected: true,
        outcome,
    };
    let workload = reached.ok().map(|cluster| Source::Live(Box::new(cluster)));
    Ok(Clusters {
        management: Recordable::begin(Source::Live(Box::new(live)), is_recording)?,
        workload: workload
            .map(|source| Recordable::begin(source, is_recording))
            .transpose()?,
        entries: vec![entry],
        cluster: ClusterName {
            namespace,
            name: name.to_owned(),
        },
    })
}

impl Clusters {
    /// What the collection reads from.
    pub(crate) fn access(&self) -> Access<'_> {
        Access {
            management: self.management.reader(),
            workload: self.workload.as_ref().map(Recordable::reader),
            entries: self.entries.clone(),
        }
    }

    /// Writes both into one recording, with what is known of the past of the workload cluster.
    pub(crate) fn save(&self, path: &Path, seen: &Collected) -> Result<(), CliError> {
        let Recordable::Recording(management) = &self.management else {
            return Ok(());
        };
        let history = History::of(&seen.snapshot);
        let reads = with_history(&seen.workload, &history);
        let workload = self.workload.as_ref().and_then(Recordable::recorder);
        if let Some(recorder) = workload {
            recorder.keep_history(history);
        }
        let facts = PairFacts {
            namespace: self.cluster.namespace.clone(),
            name: self.cluster.name.clone(),
            entries: self.entries.clone(),
            management_ahead: seen.snapshot.management_ahead,
        };
        let saved = RecordingReader::save_pair(
            path,
            facts,
            (&**management, &seen.management),
            workload.map(|recorder| (recorder, &reads)),
        );
        saved.map_err(|error| CliError::failure(chain(&error)))
    }
}

/// The reads of a cluster with those of its past.
fn with_history(reads: &Ledger, history: &History) -> Ledger {
    let mut all = reads.clone();
    for entry in &history.entries {
        all.record(entry.clone());
    }
    all
}
