//! What the rules of policies say of one connection.

use std::net::IpAddr;

use dogwatch_model::{
    snapshot::{NetworkPolicy, Pod, PolicyPeer, PolicyPort},
    wire::{IntOrString, LabelSelector, Labels, List, Text},
};

use super::{super::backends, Direction};
use crate::view::View;

/// Whether something is allowed, as far as the snapshot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Denied,
    Unknown,
}

/// One connection, seen from the Pod that is isolated.
pub(super) struct Wanted<'a> {
    /// The Pod at the other end.
    pub(super) peer: &'a Pod,
    /// The address of the Service between them.
    pub(super) address: &'a str,
    /// The Pod that listens: names of ports are its own.
    pub(super) server: &'a Pod,
    pub(super) ports: &'a Ports,
}

/// The ports under which a server is asked: number and protocol.
pub(super) type Ports = Vec<(i64, Text)>;

/// What the policies that isolate a Pod in one direction say; without any, all is allowed.
pub(super) fn verdict(
    view: &View<'_>,
    policies: &[&NetworkPolicy],
    direction: Direction,
    wanted: &Wanted<'_>,
) -> Verdict {
    if policies.is_empty() {
        return Verdict::Allowed;
    }
    let mut verdict = Verdict::Denied;
    for policy in policies {
        let (rules, home) = match direction {
            Direction::Ingress => (&policy.spec.ingress, &policy.meta.namespace),
            Direction::Egress => (&policy.spec.egress, &policy.meta.namespace),
        };
        for rule in rules {
            let peers = match direction {
                Direction::Ingress => &rule.from,
                Direction::Egress => &rule.to,
            };
            if !has_port(&rule.ports, wanted.server, wanted.ports) {
                continue;
            }
            match any_peer(view, peers, home, wanted) {
                Verdict::Allowed => return Verdict::Allowed,
                Verdict::Unknown => verdict = Verdict::Unknown,
                Verdict::Denied => {}
            }
        }
    }
    verdict
}

/// True when a rule speaks of one of the ports. Ports that are not known count as spoken of.
fn has_port(rules: &List<PolicyPort>, server: &Pod, ports: &Ports) -> bool {
    if rules.is_empty() || ports.is_empty() {
        return true;
    }
    let matches = |rule: &PolicyPort| {
        ports.iter().any(|(number, kind)| {
            let is_kind = protocol(&rule.protocol) == *kind;
            let is_number = match &rule.port {
                None => true,
                Some(IntOrString::Int(from)) => {
                    (*from..=rule.end_port.unwrap_or(*from)).contains(number)
                }
                Some(IntOrString::Text(name)) => {
                    backends::named_port(server, name, kind) == Some(*number)
                }
            };
            is_kind && is_number
        })
    };
    rules.iter().any(matches)
}

fn any_peer(view: &View<'_>, peers: &List<PolicyPeer>, home: &str, wanted: &Wanted<'_>) -> Verdict {
    if peers.is_empty() {
        return Verdict::Allowed;
    }
    let mut verdict = Verdict::Denied;
    for known in peers {
        match one_peer(view, known, home, wanted) {
            Verdict::Allowed => return Verdict::Allowed,
            Verdict::Unknown => verdict = Verdict::Unknown,
            Verdict::Denied => {}
        }
    }
    verdict
}

fn one_peer(view: &View<'_>, known: &PolicyPeer, home: &str, wanted: &Wanted<'_>) -> Verdict {
    if let Some(block) = &known.ip_block {
        let addresses = [&*wanted.peer.status.pod_ip, wanted.address];
        let is_inside = |address: &str| {
            contains(&block.cidr, address).map(|inside| {
                inside
                    && !block
                        .except
                        .iter()
                        .any(|out| contains(out, address) == Some(true))
            })
        };
        // Network plugins differ in which address they compare.
        return if addresses
            .iter()
            .any(|address| is_inside(address) == Some(true))
        {
            Verdict::Allowed
        } else if is_inside(&wanted.peer.status.pod_ip).is_none() {
            Verdict::Unknown
        } else {
            Verdict::Denied
        };
    }
    let is_selected = known
        .pod_selector
        .as_ref()
        .is_none_or(|selector| selector.matches(&wanted.peer.meta.labels));
    if !is_selected {
        return Verdict::Denied;
    }
    match &known.namespace_selector {
        None if *wanted.peer.meta.namespace == *home => Verdict::Allowed,
        None => Verdict::Denied,
        Some(selector) => in_namespace(view, selector, &wanted.peer.meta.namespace),
    }
}

/// The label that every Namespace has: its name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

fn in_namespace(view: &View<'_>, selector: &LabelSelector, namespace: &str) -> Verdict {
    if selector.is_empty() {
        return Verdict::Allowed;
    }
    let mut all = view.snapshot.namespaces.iter();
    let Some(known) = all.find(|known| *known.meta.name == *namespace) else {
        return Verdict::Unknown;
    };
    let own = known.meta.labels.iter();
    let name = (NAME_LABEL.into(), namespace.into());
    let labels: Labels = own
        .map(|(key, value)| (key.into(), value.into()))
        .chain([name])
        .collect();
    if selector.matches(&labels) {
        Verdict::Allowed
    } else {
        Verdict::Denied
    }
}

/// Whether an address lies in a range; `None` when either cannot be read.
fn contains(range: &str, address: &str) -> Option<bool> {
    let (base, length) = range.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let (base, address): (IpAddr, IpAddr) = (base.parse().ok()?, address.parse().ok()?);
    let (base, address, width) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => (
            u128::from(u32::from(base)),
            u128::from(u32::from(address)),
            32,
        ),
        (IpAddr::V6(base), IpAddr::V6(address)) => (u128::from(base), u128::from(address), 128),
        _ => return Some(false),
    };
    let shift = width - length.min(width);
    Some(base.checked_shr(shift).unwrap_or(0) == address.checked_shr(shift).unwrap_or(0))
}

/// The protocol of a port; TCP when it is not said.
pub(super) fn protocol(text: &Text) -> Text {
    if text.is_empty() {
        "TCP".into()
    } else {
        text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_addresses() {
        assert_eq!(contains("10.0.0.0/8", "10.9.8.7"), Some(true));
        assert_eq!(contains("10.0.0.0/8", "11.0.0.1"), Some(false));
        assert_eq!(contains("0.0.0.0/0", "11.0.0.1"), Some(true));
        assert_eq!(contains("fd00::/8", "fd12::1"), Some(true));
        assert_eq!(contains("10.0.0.0/8", ""), None);
    }
}
