//! What is read of the past beside the cluster: an earlier recording, audit logs, releases of Helm.

use std::path::Path;

use dogwatch_adapters::{
    audit,
    bundle::{Pair, Recording},
};
use dogwatch_agent::collect::{
    Access, ClusterName, Limits, Scope, Silent, collect, collect_cluster, is_of_management,
    open_releases, without_management,
};
use dogwatch_model::{
    LedgerEntry, ReadOutcome, SkipReason, Snapshot,
    ports::{ClusterReader, History},
};
use jiff::Timestamp;

use super::{
    Source, chain,
    clusters::{Clusters, ensure_is_of, recording},
    open_bundle,
};
use crate::{args::PastArgs, exit::CliError};

/// Adds to a snapshot what the flags ask for.
pub(crate) async fn add(
    args: &PastArgs,
    source: &Source,
    (scope, limits): (&Scope, &Limits),
    snapshot: &mut Snapshot,
) -> Result<(), CliError> {
    if args.helm_releases {
        releases(source, snapshot).await;
    }
    for path in &args.audit_log {
        snapshot.add_history(audit_log(path)?);
    }
    if let Some(path) = &args.before {
        let earlier = open_bundle(path)?;
        let scope = around(scope);
        let now = Timestamp::now();
        let earlier = Box::pin(collect(&earlier, &scope, limits, &Silent, now)).await;
        compare_with(earlier, snapshot)?;
    }
    Ok(())
}

/// The same for two clusters. Releases and audit logs are those of the workload cluster.
pub(crate) async fn add_to_both(
    args: &PastArgs,
    clusters: &Clusters,
    limits: &Limits,
    snapshot: &mut Snapshot,
) -> Result<(), CliError> {
    if args.helm_releases {
        match &clusters.workload {
            Some(workload) => releases(workload.source(), snapshot).await,
            None => note_unread(dogwatch_model::Source::HelmReleases, snapshot),
        }
    }
    for path in &args.audit_log {
        let mut history = audit_log(path)?;
        history
            .audit
            .retain(|record| !is_of_management(&record.group));
        snapshot.add_history(history);
    }
    if let Some(path) = &args.before {
        let earlier = match recording(path)? {
            Recording::Two(pair) => both_before(path, *pair, &clusters.cluster, limits).await?,
            Recording::One(bundle) => {
                note_unread(dogwatch_model::Source::EarlierManagement, snapshot);
                let now = Timestamp::now();
                let whole = collect(&*bundle, &Scope::Cluster, limits, &Silent, now);
                let mut earlier = Box::pin(whole).await;
                without_management(&mut earlier);
                earlier
            }
        };
        compare_with(earlier, snapshot)?;
    }
    Ok(())
}

/// What both clusters told when they were recorded earlier.
async fn both_before(
    path: &Path,
    pair: Pair,
    cluster: &ClusterName,
    limits: &Limits,
) -> Result<Snapshot, CliError> {
    ensure_is_of(path, &pair.facts, Some(&cluster.namespace), &cluster.name)?;
    let access = Access {
        management: &pair.management,
        workload: pair
            .workload
            .as_ref()
            .map(|bundle| bundle as &dyn ClusterReader),
        entries: pair.facts.entries,
    };
    let now = Timestamp::now();
    let read = collect_cluster(&access, cluster, limits, &Silent, now);
    Ok(Box::pin(read).await.snapshot)
}

/// Keeps what was there before beside what is there now.
fn compare_with(mut earlier: Snapshot, snapshot: &mut Snapshot) -> Result<(), CliError> {
    if earlier.captured_at >= snapshot.captured_at {
        let (old, new) = (earlier.captured_at, snapshot.captured_at);
        let words =
            format!("--before names a recording of {old:.0}, which is not earlier than {new:.0}");
        return Err(CliError::usage(words));
    }
    earlier.before = None;
    snapshot.before = Some(Box::new(earlier));
    Ok(())
}

/// Where to look for what was there before: of one object everything around it, because what a
/// diagnosis asks for depends on what is wrong now.
fn around(scope: &Scope) -> Scope {
    match scope {
        Scope::Object { namespace, .. } if !namespace.is_empty() => {
            Scope::Namespace(namespace.clone())
        }
        Scope::Object { .. } | Scope::Cluster | Scope::Plans => Scope::Cluster,
        Scope::Namespace(namespace) => Scope::Namespace(namespace.clone()),
    }
}

/// Reads one audit log.
pub(crate) fn audit_log(path: &Path) -> Result<History, CliError> {
    audit::open(path).map_err(|error| {
        let place = path.display();
        let words = chain(&error);
        CliError::failure(format!("the audit log {place} cannot be read: {words}"))
    })
}

/// Opens the Secrets of Helm releases. A recording holds no payload: it tells what its capture kept.
async fn releases(source: &Source, snapshot: &mut Snapshot) {
    match source.live() {
        Some(cluster) => Box::pin(open_releases(&cluster.release_secrets(), snapshot)).await,
        None if source.history_at_hand().releases.is_empty() => {
            note_unread(dogwatch_model::Source::HelmReleases, snapshot);
        }
        None => {}
    }
}

/// Records that there was nothing to read this from.
fn note_unread(source: dogwatch_model::Source, snapshot: &mut Snapshot) {
    snapshot.ledger.record(LedgerEntry {
        source,
        namespace: None,
        selected: true,
        outcome: ReadOutcome::Skipped {
            why: SkipReason::NoSource,
        },
    });
}
