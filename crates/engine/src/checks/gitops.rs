//! Checks of the domain `gitops`.

pub(super) mod argo_health_degraded;
pub(super) mod argo_out_of_sync;
pub(super) mod argo_selfheal_conflict;
pub(super) mod argo_sync_failed;
pub(super) mod flux_kustomization_failed;
pub(super) mod flux_release_failed;
pub(super) mod flux_retries_exhausted;
pub(super) mod flux_source_failed;
pub(super) mod gitops_suspended;
