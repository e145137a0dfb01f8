//! What is read of the past beside the cluster: an earlier recording, audit logs, releases of Helm.

use std::path::Path;

use dogwatch_adapters::audit;
use dogwatch_agent::collect::{Limits, Scope, Silent, collect, open_releases};
use dogwatch_model::{
    LedgerEntry, ReadOutcome, SkipReason, Snapshot,
    ports::{ClusterReader, History},
};
use jiff::Timestamp;

use super::{Source, chain, open_bundle};
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
        let now = Timestamp::now();
        let scope = around(scope);
        let mut earlier = Box::pin(collect(&earlier, &scope, limits, &Silent, now)).await;
        if earlier.captured_at >= snapshot.captured_at {
            let (old, new) = (earlier.captured_at, snapshot.captured_at);
            let words = format!(
                "--before names a recording of {old:.0}, which is not earlier than {new:.0}"
            );
            return Err(CliError::usage(words));
        }
        earlier.before = None;
        snapshot.before = Some(Box::new(earlier));
    }
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
            snapshot.ledger.record(LedgerEntry {
                source: dogwatch_model::Source::HelmReleases,
                namespace: None,
                selected: true,
                outcome: ReadOutcome::Skipped {
                    why: SkipReason::NoSource,
                },
            });
        }
        None => {}
    }
}
