//! Checks of the domain `storage`.

pub(super) mod attach_failed;
pub(super) mod attach_limit;
pub(super) mod csi_node_plugin_missing;
pub(super) mod map_failed;
pub(super) mod mount_failed;
pub(super) mod mount_timeout;
pub(super) mod multi_attach;
pub(super) mod no_default_class;
pub(super) mod provision_failed;
pub(super) mod provisioner_not_running;
pub(super) mod pvc_lost;
pub(super) mod pvc_volume_mismatch;
pub(super) mod storageclass_missing;
pub(super) mod volume_configmap_missing;
pub(super) mod volume_secret_missing;
