//! Health of StatefulSets.

use dogwatch_model::snapshot::StatefulSet;

use super::{Health, first_broken, of_generation};

/// The state of a StatefulSet.
pub fn of_stateful_set(item: &StatefulSet) -> Health {
    let status = &item.status;
    if let Some(early) = of_generation(&item.meta, status.observed_generation) {
        return early;
    }
    let wanted = item.spec.replicas.unwrap_or(1);
    let strategy = &item.spec.update_strategy;
    let partition = strategy.rolling_update.partition;
    let is_whole = strategy.kind != "OnDelete" && partition <= 0;
    let is_partition_done = strategy.kind == "OnDelete"
        || partition <= 0
        || status.updated_replicas >= wanted - partition;
    let is_one_revision = status.current_revision == status.update_revision;
    let rules = [
        (status.replicas >= wanted, "TooFewReplicas"),
        (status.ready_replicas >= wanted, "TooFewReady"),
        (status.replicas <= wanted, "ExtraPods"),
        (is_partition_done, "PartitionRollout"),
        (!is_whole || is_one_revision, "RevisionMismatch"),
        (
            !is_whole || status.current_replicas >= wanted,
            "LessCurrent",
        ),
    ];
    first_broken(&rules, "StatefulSetReady")
}
