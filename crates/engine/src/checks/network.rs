//! Checks of the domain `network`.

pub(super) mod cluster_vip_unreachable;
pub(super) mod ip_exhausted;
pub(super) mod network_not_ready;
pub(super) mod sandbox_create_failed;
pub(super) mod service_no_ready_endpoints;
