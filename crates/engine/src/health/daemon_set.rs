//! Health of DaemonSets.

use dogwatch_model::snapshot::DaemonSet;

use super::{Health, first_broken, of_generation};

/// The state of a DaemonSet. Nodes that its Pods do not tolerate are not among the wanted ones.
pub fn of_daemon_set(item: &DaemonSet) -> Health {
    let status = &item.status;
    if let Some(early) = of_generation(&item.meta, status.observed_generation) {
        return early;
    }
    let wanted = status.desired_number_scheduled;
    let is_held = item.spec.update_strategy.kind == "OnDelete";
    let is_updated = is_held || status.updated_number_scheduled >= wanted;
    let rules = [
        (status.current_number_scheduled >= wanted, "LessCurrent"),
        (is_updated, "TooFewUpdated"),
        (status.number_available >= wanted, "TooFewAvailable"),
        (status.number_ready >= wanted, "TooFewReady"),
    ];
    first_broken(&rules, "DaemonSetReady")
}
