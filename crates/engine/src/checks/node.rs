//! Checks of the domain `node`.

pub(super) mod node_disk_pressure;
pub(super) mod node_memory_pressure;
pub(super) mod node_network_unavailable;
pub(super) mod node_not_ready;
pub(super) mod node_pid_pressure;
pub(super) mod node_pod_capacity_full;
pub(super) mod node_uninitialized_capi;
pub(super) mod node_uninitialized_cloud;
pub(super) mod node_unreachable;
