//! Ports of nodes.

use dogwatch_model::{
    snapshot::{Container, PodSpec},
    wire::Text,
};

/// Every address of the node.
const ANY: &str = "0.0.0.0";

/// A port that a Pod takes on its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostPort {
    address: Text,
    pub(super) protocol: Text,
    pub(super) port: i64,
}

/// The ports that a Pod takes: those of containers and sidecars, not of init containers that end.
pub(super) fn taken(spec: &PodSpec) -> impl Iterator<Item = HostPort> {
    let sidecars = spec.init_containers.iter().filter(|init| init.is_sidecar());
    let containers = sidecars.chain(&spec.containers);
    containers.flat_map(|container| ports(container, spec.host_network))
}

fn ports(container: &Container, is_on_host: bool) -> impl Iterator<Item = HostPort> {
    container.ports.iter().filter_map(move |port| {
        let number = match port.host_port {
            0 if is_on_host => port.container_port,
            number => number,
        };
        (number > 0).then(|| HostPort {
            address: or(&port.host_ip, ANY),
            protocol: or(&port.protocol, "TCP"),
            port: number,
        })
    })
}

fn or(text: &Text, default: &str) -> Text {
    if text.is_empty() {
        default.into()
    } else {
        text.clone()
    }
}

impl HostPort {
    /// True when both cannot be on one node.
    pub(super) fn collides(&self, other: &Self) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.address == other.address || self.address == ANY || other.address == ANY)
    }
}
