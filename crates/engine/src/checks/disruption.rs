//! Checks of the domain `disruption`.

pub(super) mod descheduler_evict;
pub(super) mod drain_blocked;
pub(super) mod pdb_blocks_eviction;
pub(super) mod pdb_impossible;
pub(super) mod pdb_multiple;
pub(super) mod pdb_no_pods;
pub(super) mod pdb_sync_failed;
pub(super) mod pdb_unhealthy_pods;
