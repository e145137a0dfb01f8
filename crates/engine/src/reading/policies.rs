//! What NetworkPolicies forbid. A policy only isolates the Pods that it selects; what any policy of
//! a direction allows is allowed.

use std::net::IpAddr;

use dogwatch_model::{
    snapshot::{NetworkPolicy, Pod, PolicyPeer, PolicyPort, PolicyRule, ServicePort},
    wire::{IntOrString, LabelSelector, Labels, List, Text},
};

use super::{
    backends::{self, Backend},
    contacts::{self, Contact, Trouble},
};
use crate::view::View;

/// Which side of a connection is isolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    /// As `policyTypes` spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }
}

/// A contact that policies forbid.
#[derive(Debug)]
pub(crate) struct Denial<'a> {
    pub(crate) contact: Contact<'a>,
    pub(crate) direction: Direction,
    /// Every policy that isolates the Pod in this direction; none of them has a rule for it.
    pub(crate) policies: Vec<&'a NetworkPolicy>,
    /// Namespace and name of the Service that is not reached.
    pub(crate) service: (String, String),
}

/// Whether something is allowed, as far as the snapshot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Denied,
    Unknown,
}

/// One end of a connection, and the port at the server.
struct Peer<'a> {
    pod: &'a Pod,
    address: &'a str,
}

/// The ports under which a server is asked: number and protocol.
type Ports = Vec<(i64, Text)>;

/// The port of DNS.
const DNS: i64 = 53;

/// Ports under which API servers listen behind their Service.
const API_PORTS: &[i64] = &[443, 6443];

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Denial<'a>> {
    // Policies of other kinds may allow what these forbid.
    let mut customs = view.snapshot.customs.iter();
    let is_overruled = customs.any(|object| object.kind.name().ends_with("AdminNetworkPolicy"));
    if view.snapshot.network_policies.is_empty() || is_overruled {
        return Vec::new();
    }
    let contacts = view.contacts.iter();
    let blocked = contacts.filter(|contact| {
        matches!(
            contact.trouble,
            Trouble::Timeout | Trouble::Refused | Trouble::Waits | Trouble::NoDns
        ) && !contact.pod.spec.host_network
    });
    blocked
        .filter_map(|contact| denial(view, contact))
        .collect()
}

fn denial<'a>(view: &View<'a>, contact: &Contact<'a>) -> Option<Denial<'a>> {
    let backend = match contact.trouble {
        // Who asks a resolver on its own node does not go through a Service.
        Trouble::NoDns if contact.fact.value.contains(" on 169.254.") => return None,
        Trouble::NoDns => view.backends.get("kube-system", "kube-dns")?,
        _ => contacts::backend(view, contact)?,
    };
    let meta = &backend.service.meta;
    let is_api = meta.namespace == "default" && meta.name == "kubernetes";
    let (direction, policies) = if is_api {
        (Direction::Egress, api_denial(view, contact.pod)?)
    } else {
        pod_denial(view, contact, backend)?
    };
    Some(Denial {
        contact: contact.clone(),
        direction,
        policies,
        service: (meta.namespace.to_string(), meta.name.to_string()),
    })
}

/// The API server is no Pod behind a selector: only rules for everybody or for addresses reach it.
fn api_denial<'a>(view: &View<'a>, client: &Pod) -> Option<Vec<&'a NetworkPolicy>> {
    let policies = isolating(view, client, Direction::Egress);
    let allows = |rule: &PolicyRule| {
        let is_everybody = rule.to.is_empty();
        let has_address = rule.to.iter().any(|peer| peer.ip_block.is_some());
        let has_port = rule.ports.is_empty()
            || rule.ports.iter().any(|port| match &port.port {
                Some(IntOrString::Int(from)) => API_PORTS
                    .iter()
                    .any(|api| (*from..=port.end_port.unwrap_or(*from)).contains(api)),
                _ => true,
            });
        (is_everybody || has_address) && has_port
    };
    let mut rules = policies.iter().flat_map(|policy| &policy.spec.egress);
    (!policies.is_empty() && !rules.any(allows)).then_some(policies)
}

/// Denied only when every Pod that could answer is out of reach.
fn pod_denial<'a>(
    view: &View<'a>,
    contact: &Contact<'a>,
    backend: &Backend<'a>,
) -> Option<(Direction, Vec<&'a NetworkPolicy>)> {
    let servers = backend.pods.iter().copied();
    let mut first = None;
    for server in servers.filter(|pod| !pod.meta.is_terminating()) {
        // Most plugins drop: a refusal counts only where somebody listens.
        let is_down = contact.trouble == Trouble::Refused && !server.is_ready();
        if server.spec.host_network || is_down {
            return None;
        }
        let ports = ports(contact, backend, server);
        let denied = Direction::BOTH.iter().find_map(|direction| {
            let (own, rule_for) = match direction {
                Direction::Egress => (contact.pod, server),
                Direction::Ingress => (server, contact.pod),
            };
            let policies = isolating(view, own, *direction);
            let peer = Peer {
                pod: rule_for,
                address: &backend.service.spec.cluster_ip,
            };
            let verdict = verdict(view, &policies, *direction, &peer, server, &ports);
            (verdict == Verdict::Denied).then_some((*direction, policies))
        })?;
        first = first.or(Some(denied));
    }
    first
}

impl Direction {
    const BOTH: [Self; 2] = [Self::Egress, Self::Ingress];
}

/// The ports of a server that the contact needs; all of them when it does not say which.
fn ports(contact: &Contact<'_>, backend: &Backend<'_>, server: &Pod) -> Ports {
    let all = backend.service.spec.ports.iter();
    let is_asked = |port: &&ServicePort| match contact.trouble {
        Trouble::NoDns => port.port == DNS,
        _ => contact.port.is_none_or(|asked| asked == port.port),
    };
    let known: Ports = all
        .filter(is_asked)
        .filter_map(|port| {
            let number = backends::target_number(port, server)?;
            Some((number, protocol(&port.protocol)))
        })
        .collect();
    match contact.port {
        // A headless Service is asked under the ports of its Pods.
        Some(port) if known.is_empty() => vec![(port, "TCP".into())],
        _ => known,
    }
}

fn protocol(text: &Text) -> Text {
    if text.is_empty() {
        "TCP".into()
    } else {
        text.clone()
    }
}

/// The policies that isolate a Pod in a direction.
fn isolating<'a>(view: &View<'a>, pod: &Pod, direction: Direction) -> Vec<&'a NetworkPolicy> {
    let all = &view.snapshot.network_policies;
    let namespace = &*pod.meta.namespace;
    let start = all.partition_point(|known| *known.meta.namespace < *namespace);
    let own = all[start..].iter();
    own.take_while(|known| *known.meta.namespace == *namespace)
        .filter(|known| has_direction(known, direction))
        .filter(|known| known.spec.pod_selector.matches(&pod.meta.labels))
        .collect()
}

fn has_direction(policy: &NetworkPolicy, direction: Direction) -> bool {
    let spec = &policy.spec;
    if spec.policy_types.is_empty() {
        return direction == Direction::Ingress || !spec.egress.is_empty();
    }
    spec.policy_types
        .iter()
        .any(|kind| **kind == *direction.word())
}

fn verdict(
    view: &View<'_>,
    policies: &[&NetworkPolicy],
    direction: Direction,
    peer: &Peer<'_>,
    server: &Pod,
    ports: &Ports,
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
            if !has_port(&rule.ports, server, ports) {
                continue;
            }
            match any_peer(view, peers, home, peer) {
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
                    backends::named_port(server, name) == Some(*number)
                }
            };
            is_kind && is_number
        })
    };
    rules.iter().any(matches)
}

fn any_peer(view: &View<'_>, peers: &List<PolicyPeer>, home: &str, peer: &Peer<'_>) -> Verdict {
    if peers.is_empty() {
        return Verdict::Allowed;
    }
    let mut verdict = Verdict::Denied;
    for known in peers {
        match one_peer(view, known, home, peer) {
            Verdict::Allowed => return Verdict::Allowed,
            Verdict::Unknown => verdict = Verdict::Unknown,
            Verdict::Denied => {}
        }
    }
    verdict
}

fn one_peer(view: &View<'_>, known: &PolicyPeer, home: &str, peer: &Peer<'_>) -> Verdict {
    if let Some(block) = &known.ip_block {
        let addresses = [&*peer.pod.status.pod_ip, peer.address];
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
        } else if is_inside(&peer.pod.status.pod_ip).is_none() {
            Verdict::Unknown
        } else {
            Verdict::Denied
        };
    }
    let is_selected = known
        .pod_selector
        .as_ref()
        .is_none_or(|selector| selector.matches(&peer.pod.meta.labels));
    if !is_selected {
        return Verdict::Denied;
    }
    match &known.namespace_selector {
        None if *peer.pod.meta.namespace == *home => Verdict::Allowed,
        None => Verdict::Denied,
        Some(selector) => in_namespace(view, selector, &peer.pod.meta.namespace),
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
