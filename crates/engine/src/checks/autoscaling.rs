//! Checks of the domain `autoscaling`.

pub(super) mod ca_down;
pub(super) mod ca_node_not_registered;
pub(super) mod ca_not_triggered;
pub(super) mod ca_scale_down_blocked;
pub(super) mod ca_scale_up_failed;
pub(super) mod capi_autoscaler;
pub(super) mod hpa_desired_not_reached;
pub(super) mod hpa_disabled_zero;
pub(super) mod hpa_fights_manual;
pub(super) mod hpa_maxed;
pub(super) mod hpa_metrics_missing;
pub(super) mod hpa_missing_request;
pub(super) mod hpa_not_scaling_but_load;
pub(super) mod hpa_selector;
pub(super) mod hpa_target_missing;
pub(super) mod hpa_thrash;
pub(super) mod hpa_update_failed;
pub(super) mod karpenter;
pub(super) mod keda_fallback;
pub(super) mod keda_not_ready;
pub(super) mod keda_paused;
pub(super) mod metrics_apiservice_down;
pub(super) mod vpa_evict_loop;
pub(super) mod vpa_hpa_conflict;
