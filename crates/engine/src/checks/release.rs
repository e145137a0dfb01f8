//! Checks of the domain `release`.

pub(super) mod helm_crd_missing;
pub(super) mod helm_fetch;
pub(super) mod helm_hook_failed;
pub(super) mod helm_hook_timeout;
pub(super) mod helm_immutable;
pub(super) mod helm_no_deployed;
pub(super) mod helm_ownership;
pub(super) mod helm_pending_stuck;
pub(super) mod helm_render_values;
pub(super) mod helm_rolled_back;
pub(super) mod helm_wait_timeout;
