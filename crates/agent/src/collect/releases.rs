//! Opens the Secrets of Helm releases, where a person permits it.

use std::collections::BTreeMap;

use dogwatch_model::{
    LedgerEntry, ReadOutcome, Snapshot, Source,
    ports::{History, PortFuture, ReleaseReader},
    snapshot::HelmRelease,
};
use futures::{StreamExt as _, stream};

/// Secrets that are opened: the two newest revisions of fifty releases.
const MAX_SECRETS: usize = 100;

/// Revisions of one release that are compared.
const REVISIONS: usize = 2;

/// Requests at the same time.
const CONCURRENT: usize = 4;

/// Secrets of one release by their revision.
type Revisions<'a> = BTreeMap<i64, &'a str>;

/// Opens the newest revisions of every release whose Secret was listed, and records that they were
/// read, or why not.
pub async fn open_releases(reader: &dyn ReleaseReader, snapshot: &mut Snapshot) {
    let wanted = newest(snapshot);
    let reads: Vec<PortFuture<'_, Result<HelmRelease, ReadOutcome>>> = wanted
        .iter()
        .take(MAX_SECRETS)
        .map(|(namespace, secret)| reader.release(namespace, secret))
        .collect();
    let answers: Vec<_> = stream::iter(reads).buffered(CONCURRENT).collect().await;
    let mut history = History::default();
    let mut failed = Vec::new();
    for answer in answers {
        match answer {
            Ok(release) => history.releases.push(release),
            Err(outcome) => failed.push(outcome),
        }
    }
    let read = u64::try_from(history.releases.len()).unwrap_or(u64::MAX);
    let is_cut = wanted.len() > MAX_SECRETS;
    history.entries.push(LedgerEntry {
        source: Source::HelmReleases,
        namespace: None,
        selected: true,
        outcome: outcome(read, failed, is_cut),
    });
    snapshot.add_history(history);
}

/// What became of all reads together: the first failure tells why, unless something was read.
fn outcome(read: u64, failed: Vec<ReadOutcome>, is_cut: bool) -> ReadOutcome {
    let unreadable = u64::try_from(failed.len()).unwrap_or(u64::MAX);
    match failed.into_iter().next() {
        Some(first) if read == 0 => first,
        None if !is_cut => ReadOutcome::Ok { items: read },
        None | Some(_) => ReadOutcome::Truncated {
            items: read,
            unreadable,
            limit: if is_cut {
                format!("the limit of {MAX_SECRETS} Secrets")
            } else {
                "Secrets that could not be opened".to_owned()
            },
        },
    }
}

/// Namespace and name of the Secrets with the newest revisions.
fn newest(snapshot: &Snapshot) -> Vec<(String, String)> {
    let mut releases: BTreeMap<(&str, &str), Revisions<'_>> = BTreeMap::new();
    for secret in &snapshot.secrets {
        let labels = &secret.meta.labels;
        let revision = labels.get("version").and_then(|text| text.parse().ok());
        let is_helm = labels.get("owner") == Some("helm");
        if let (true, Some(name), Some(revision)) = (is_helm, labels.get("name"), revision) {
            let revisions = releases.entry((&secret.meta.namespace, name)).or_default();
            revisions.insert(revision, &secret.meta.name);
        }
    }
    let newest = releases.iter().flat_map(|((namespace, _), revisions)| {
        let newest = revisions.values().rev().take(REVISIONS);
        newest.map(|secret| ((*namespace).to_owned(), (*secret).to_owned()))
    });
    newest.collect()
}
