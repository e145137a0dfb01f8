//! Checks of the domain `config`.

pub(super) mod automount_disabled;
pub(super) mod cloud_iam_denied;
pub(super) mod config_drift;
pub(super) mod env_shadowing;
pub(super) mod externalsecret_not_synced;
pub(super) mod immutable_config;
pub(super) mod pull_secret_missing;
pub(super) mod rbac_denied;
pub(super) mod sa_token_invalid;
pub(super) mod sa_token_mount;
pub(super) mod sealedsecret_unsynced;
pub(super) mod secret_corrupt;
pub(super) mod secret_credential_wrong;
