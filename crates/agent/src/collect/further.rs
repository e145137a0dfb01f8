//! Reads around one workload that what was read before asks for, as far as the budget goes.

use dogwatch_engine::{Wish, wishes};
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, SkipReason, Snapshot, Source, ports::ListQuery,
    snapshot::SnapshotBuilder,
};

use super::read::Reading;

/// The Secrets in which Helm keeps its releases.
pub(super) const RELEASES: &str = "owner=helm";

/// A log names somebody that is not reached: what leads there is read, as far as the budget goes. What
/// is left of it is given back.
pub(super) async fn contacts(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    left: usize,
) -> (Snapshot, usize) {
    if left == 0 || !wishes(&snapshot).has(Wish::Contacts) {
        return (snapshot, left);
    }
    let was_asked = |kind: &Kind| {
        let entries = snapshot.ledger.entries();
        entries
            .iter()
            .any(|entry| entry.source == Source::Objects(*kind))
    };
    let queries: Vec<ListQuery> = [Kind::Service, Kind::EndpointSlice, Kind::NetworkPolicy]
        .into_iter()
        .filter(|kind| !was_asked(kind))
        .take(left)
        .map(|kind| ListQuery::in_namespace(kind, namespace))
        .collect();
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists(&queries, &mut builder).await;
    (reading.freeze(builder), left - queries.len())
}

/// The object of Argo CD or Flux that made the workload, and nothing else of these tools. What is left
/// of the budget is given back.
pub(super) async fn maker(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    left: usize,
) -> (Snapshot, usize) {
    let Some(maker) = wishes(&snapshot).maker else {
        return (snapshot, left);
    };
    let mut query = ListQuery::all(maker.kind);
    match maker.namespace {
        Some(namespace) => query = ListQuery::one(maker.kind, &namespace, &maker.name),
        None => query.field_selector = Some(format!("metadata.name={}", maker.name)),
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    if left == 0 {
        builder.record(LedgerEntry {
            source: Source::Objects(maker.kind),
            namespace: query.namespace,
            selected: true,
            outcome: ReadOutcome::Skipped {
                why: SkipReason::BudgetSpent,
            },
        });
        return (reading.freeze(builder), left);
    }
    reading.lists_if_held(&[query], &mut builder).await;
    (reading.freeze(builder), left - 1)
}

/// What tells when things were written: ConfigMaps of containers that end, and the revisions of the
/// Helm release, if the budget was not needed for more telling reads.
pub(super) async fn written(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    left: usize,
) -> Snapshot {
    let wanted = wishes(&snapshot);
    let maps = wanted
        .has(Wish::Configs)
        .then(|| ListQuery::in_namespace(Kind::ConfigMap, namespace));
    let release = wanted.release.as_ref().map(|(place, name)| {
        let secrets = ListQuery::in_namespace(Kind::Secret, place);
        secrets.labelled(format!("{RELEASES},name={name}"))
    });
    let queries: Vec<ListQuery> = maps.into_iter().chain(release).take(left).collect();
    if queries.is_empty() || wanted.has(Wish::Contacts) {
        return snapshot;
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists_if_covered(&queries, &mut builder).await;
    reading.freeze(builder)
}
