//! Releases of Helm, as their Secrets tell of them. Values, manifests and templates are never kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::{List, Text};

/// One revision of a release of Helm.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct HelmRelease {
    /// Namespace of the release.
    pub namespace: Text,
    /// Name of the release.
    pub name: Text,
    /// Revision; 1 is the installation.
    pub revision: i64,
    /// `deployed`, `failed`, `superseded`, `pending-upgrade` and so on.
    pub status: Text,
    /// Name of the chart.
    pub chart: Text,
    /// Version of the chart.
    pub chart_version: Text,
    /// Version of the program in it.
    pub app_version: Text,
    /// When the release was first installed.
    pub first_deployed: Option<Timestamp>,
    /// When this revision was installed.
    pub last_deployed: Option<Timestamp>,
    /// What Helm says of the last operation, redacted.
    pub description: Text,
    /// Its hooks.
    pub hooks: List<HelmHook>,
}

/// One hook of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct HelmHook {
    /// Name of its object.
    pub name: Text,
    /// Kind of its object.
    pub kind: Text,
    /// When it runs, such as `post-upgrade`.
    pub events: List<Text>,
    /// `Unknown`, `Running`, `Succeeded` or `Failed`; empty when it never ran.
    pub phase: Text,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub completed: Option<Timestamp>,
}
