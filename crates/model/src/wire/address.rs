//! Addresses of nodes.

use serde::{Deserialize, Deserializer};

use super::{List, Text};

/// One address, as it arrives.
#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeAddress {
    #[serde(rename = "type")]
    kind: Text,
    address: Text,
}

/// The address inside the cluster; empty when there is none.
///
/// # Errors
/// When the text is no list of addresses.
pub fn internal_ip<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let addresses = List::<NodeAddress>::deserialize(deserializer)?;
    let internal = addresses.iter().find(|known| known.kind == "InternalIP");
    Ok(internal
        .map(|known| known.address.clone())
        .unwrap_or_default())
}
