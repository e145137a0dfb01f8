//! Health of Deployments.

use dogwatch_model::snapshot::{Condition, Deployment, find_condition};

use super::{Health, first_broken, of_generation};

/// With this deadline the controller never judges progress.
const NO_DEADLINE: i64 = 2_147_483_647;

/// The state of a Deployment.
pub fn of_deployment(item: &Deployment) -> Health {
    let status = &item.status;
    if let Some(early) = of_generation(&item.meta, status.observed_generation) {
        return early;
    }
    let progressing = find_condition(&status.conditions, "Progressing");
    if progressing.is_some_and(|known| known.reason == "ProgressDeadlineExceeded") {
        return Health::failed("ProgressDeadlineExceeded");
    }
    let wanted = item.spec.replicas.unwrap_or(1);
    let is_rolled_out = item.spec.progress_deadline_seconds == Some(NO_DEADLINE)
        || progressing
            .is_some_and(|known| known.is_true() && known.reason == "NewReplicaSetAvailable");
    let is_available =
        find_condition(&status.conditions, "Available").is_some_and(Condition::is_true);
    let rules = [
        (status.replicas >= wanted, "TooFewReplicas"),
        (status.updated_replicas >= wanted, "TooFewUpdated"),
        (status.replicas <= wanted, "ExtraPods"),
        (status.available_replicas >= wanted, "TooFewAvailable"),
        (status.ready_replicas >= wanted, "TooFewReady"),
        (is_rolled_out, "ReplicaSetNotAvailable"),
        (is_available, "DeploymentNotAvailable"),
    ];
    first_broken(&rules, "DeploymentAvailable")
}
