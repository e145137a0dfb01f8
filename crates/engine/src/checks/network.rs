//! Checks of the domain `network`.

pub(super) mod cluster_vip_unreachable;
pub(super) mod dns_failing;
pub(super) mod dns_policy_wrong;
pub(super) mod dns_stale_config;
pub(super) mod dns_upstream_down;
pub(super) mod headless_publish;
pub(super) mod internal_traffic_local;
pub(super) mod ip_exhausted;
pub(super) mod kube_proxy_stale;
pub(super) mod network_not_ready;
pub(super) mod networkpolicy_deny;
pub(super) mod sandbox_create_failed;
pub(super) mod service_missing;
pub(super) mod service_no_ready_endpoints;
pub(super) mod service_selector_mismatch;
pub(super) mod service_targetport_mismatch;
