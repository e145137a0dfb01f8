//! What the machines of a new pool are, when they are like those of no other pool.

use serde::{Deserialize, Serialize};

/// The environment variable of the executor from which the password for logins is taken.
pub const NODE_PASSWORD: &str = "CCE_NODE_PASSWORD";

/// A shape in the provider's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolShape {
    /// Type of machine, such as `c7.large.2`.
    pub flavor: String,
    /// Where the machines stand.
    pub zone: String,
    /// Size of the system disk in GiB.
    pub root_volume_size: u32,
    /// Type of the system disk.
    pub root_volume_type: String,
    /// Operating system; the provider's own choice when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Name of the key pair for logins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_key: Option<String>,
    /// The environment variable that holds the password for logins, always [`NODE_PASSWORD`]. The
    /// password itself is no part of a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_from: Option<String>,
    /// Id of the subnet; that of the cluster when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<String>,
    /// More disks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_volumes: Vec<DataVolume>,
    /// Bounds for the cluster autoscaler; `None` when it leaves the pool alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<PoolBounds>,
}

/// One more disk of a machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataVolume {
    /// GiB.
    pub size: u32,
    /// Type of the disk.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Between how many Nodes an autoscaler may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PoolBounds {
    /// Fewest Nodes.
    pub min: u32,
    /// Most Nodes.
    pub max: u32,
}
