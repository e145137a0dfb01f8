//! Checks of the domain `workload`.

pub(super) mod controller_not_observed;
pub(super) mod deployment_selector_overlap;
pub(super) mod ds_failed_pods;
pub(super) mod ds_misscheduled;
pub(super) mod ds_node_excluded;
pub(super) mod ds_rollout_stuck;
pub(super) mod hash_collision_loop;
pub(super) mod new_version_not_created;
pub(super) mod on_delete_pending;
pub(super) mod pods_not_created;
pub(super) mod replicas_below_spec;
pub(super) mod rollback_revision_missing;
pub(super) mod rollout_blocked_by_old_pods;
pub(super) mod rollout_blocked_no_surge_capacity;
pub(super) mod rollout_deadline_exceeded;
pub(super) mod rollout_incomplete;
pub(super) mod rollout_min_ready_wait;
pub(super) mod rollout_paused;
pub(super) mod rs_create_error;
pub(super) mod scaled_to_zero;
pub(super) mod sts_broken_revision_trap;
pub(super) mod sts_ordinal_blocked;
pub(super) mod sts_partition_hold;
pub(super) mod sts_pvc_missing_or_stale;
pub(super) mod workload_all_on_one_node;
