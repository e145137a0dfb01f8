//! Checks of the domain `admission`.

pub(super) mod apf_reject;
pub(super) mod crd_missing;
pub(super) mod immutable_field;
pub(super) mod limitrange_violation;
pub(super) mod mutating_webhook_changes_limits;
pub(super) mod namespace_terminating;
pub(super) mod pod_invalid;
pub(super) mod podnodeselector_conflict;
pub(super) mod priorityclass_missing;
pub(super) mod psa_violation;
pub(super) mod quota_exceeded;
pub(super) mod quota_must_specify;
pub(super) mod quota_scope;
pub(super) mod quota_status_unknown;
pub(super) mod rbac_forbidden;
pub(super) mod runtimeclass_missing;
pub(super) mod scc_denied;
pub(super) mod secret_not_mountable;
pub(super) mod serviceaccount_missing;
pub(super) mod vap_denied;
pub(super) mod webhook_cert;
pub(super) mod webhook_denied;
pub(super) mod webhook_orphan;
pub(super) mod webhook_self_deadlock;
pub(super) mod webhook_slow;
pub(super) mod webhook_unreachable;
