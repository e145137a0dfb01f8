//! Checks of the domain `probe`.

pub(super) mod liveness_killing;
pub(super) mod liveness_too_aggressive;
pub(super) mod probe_flap;
pub(super) mod probe_port_mismatch;
pub(super) mod probe_timeout_1s;
pub(super) mod readiness_failing;
pub(super) mod startup_failing;
