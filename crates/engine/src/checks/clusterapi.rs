//! Checks of the domain `clusterapi`.

pub(super) mod capi_clock_skew;
pub(super) mod capi_cp_not_initialized;
pub(super) mod capi_machine_cert_expiry;
pub(super) mod capi_machine_deleting_stuck;
pub(super) mod capi_machine_node_missing;
pub(super) mod capi_machine_provisioning_stuck;
pub(super) mod capi_machine_unhealthy;
pub(super) mod capi_md_rollout_stuck;
pub(super) mod capi_mhc_shortcircuit;
pub(super) mod capi_remediation_blocked;
pub(super) mod capi_remote_unreachable;
pub(super) mod capi_topology;
pub(super) mod hcp_not_ready;
pub(super) mod hcp_selector_empty;
pub(super) mod hcp_updating_stuck;
pub(super) mod hcp_values_template;
pub(super) mod hrp_cluster_unavailable;
pub(super) mod hrp_helm_failed;
pub(super) mod hrp_installonce_drift;
pub(super) mod hrp_multiple;
pub(super) mod hrp_paused;
pub(super) mod hrp_worker_starvation;
pub(super) mod kcp_certs;
pub(super) mod kcp_component;
pub(super) mod kcp_etcd_unhealthy;
pub(super) mod kcp_rollout_blocked;
