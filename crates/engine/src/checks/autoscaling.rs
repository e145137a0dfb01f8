//! Checks of the domain `autoscaling`.

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
pub(super) mod metrics_apiservice_down;
