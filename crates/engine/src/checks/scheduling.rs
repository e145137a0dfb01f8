//! Checks of the domain `scheduling`.

pub(super) mod cordoned_node;
pub(super) mod gpu_or_device_missing;
pub(super) mod hostport_conflict;
pub(super) mod insufficient_cpu;
pub(super) mod insufficient_ephemeral_storage;
pub(super) mod insufficient_extended_resource;
pub(super) mod insufficient_memory;
pub(super) mod no_nodes;
pub(super) mod node_affinity_mismatch;
pub(super) mod pod_affinity_unsatisfied;
pub(super) mod pod_anti_affinity_blocked;
pub(super) mod pv_node_affinity;
pub(super) mod pv_none_to_bind;
pub(super) mod pvc_deleting;
pub(super) mod pvc_lost_pv;
pub(super) mod pvc_missing;
pub(super) mod pvc_unbound;
pub(super) mod rwop_in_use;
pub(super) mod scheduler_error;
pub(super) mod scheduling_unclassified;
pub(super) mod too_many_pods;
pub(super) mod topology_spread_blocked;
pub(super) mod untolerated_taint;
pub(super) mod volume_count_limit;
pub(super) mod volume_zone_conflict;
