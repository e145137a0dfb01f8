//! Checks of the domain `image`.

pub(super) mod image_corrupt_layer;
pub(super) mod image_disk_full;
pub(super) mod image_inspect_error;
pub(super) mod image_invalid_name;
pub(super) mod image_mutable_tag_drift;
pub(super) mod image_never_pull;
pub(super) mod image_not_found;
pub(super) mod image_platform;
pub(super) mod image_pull_failed;
pub(super) mod image_pull_slow;
pub(super) mod image_rate_limited;
pub(super) mod image_registry_dns;
pub(super) mod image_registry_unreachable;
pub(super) mod image_registry_wrong_host;
pub(super) mod image_signature;
pub(super) mod image_tls;
pub(super) mod image_unauthorized;
