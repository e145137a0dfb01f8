//! Checks of the domain `lifecycle`.

pub(super) mod finalizer_stuck;
pub(super) mod gc_blocked;
pub(super) mod namespace_stuck_terminating;
pub(super) mod owner_cross_namespace;
