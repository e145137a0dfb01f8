//! Checks of the domain `operator`.

pub(super) mod cr_invalid;
pub(super) mod crd_conversion_webhook;
pub(super) mod crd_not_established;
pub(super) mod crd_terminating;
pub(super) mod operator_down;
pub(super) mod operator_reconcile_error;
