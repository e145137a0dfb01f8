//! Checks of the domain `controlplane`.

pub(super) mod aggregated_api_down;
pub(super) mod apiserver_down;
pub(super) mod apiserver_kms_failing;
pub(super) mod apiserver_not_ready;
pub(super) mod apiserver_overload;
pub(super) mod authn_webhook_down;
pub(super) mod cloud_controller_manager_down;
pub(super) mod deprecated_api_removed;
pub(super) mod etcd_member_comm;
pub(super) mod etcd_no_leader;
pub(super) mod etcd_nospace;
pub(super) mod etcd_slow_disk;
pub(super) mod kcm_down;
pub(super) mod kube_scheduler_down;
pub(super) mod lease_contention;
pub(super) mod version_skew;
