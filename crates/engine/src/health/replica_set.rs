//! Health of ReplicaSets.

use dogwatch_model::snapshot::{Condition, ReplicaSet, find_condition};

use super::{Health, first_broken, of_meta};

/// The state of a ReplicaSet.
pub fn of_replica_set(item: &ReplicaSet) -> Health {
    if let Some(early) = of_meta(&item.meta) {
        return early;
    }
    let status = &item.status;
    let wanted = item.desired();
    let is_refused =
        find_condition(&status.conditions, "ReplicaFailure").is_some_and(Condition::is_true);
    let rules = [
        (!is_refused, "ReplicaFailure"),
        (status.replicas >= wanted, "TooFewReplicas"),
        (status.available_replicas >= wanted, "TooFewAvailable"),
        (status.ready_replicas >= wanted, "TooFewReady"),
        (status.replicas <= wanted, "ExtraPods"),
    ];
    first_broken(&rules, "ReplicaSetReady")
}
