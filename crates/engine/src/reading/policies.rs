//! What NetworkPolicies forbid. A policy only isolates the Pods that it selects; what any policy of
//! a direction allows is allowed.

mod rules;

use dogwatch_model::{
    snapshot::{NetworkPolicy, Pod, PolicyRule, ServicePort},
    wire::IntOrString,
};

use super::{
    backends::{self, Backend},
    contacts::{self, Contact, Trouble},
};
use crate::view::View;
use rules::{Ports, Verdict, Wanted};

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
            let (own, peer) = match direction {
                Direction::Egress => (contact.pod, server),
                Direction::Ingress => (server, contact.pod),
            };
            let policies = isolating(view, own, *direction);
            let wanted = Wanted {
                peer,
                address: &backend.service.spec.cluster_ip,
                server,
                ports: &ports,
            };
            let verdict = rules::verdict(view, &policies, *direction, &wanted);
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
            Some((number, rules::protocol(&port.protocol)))
        })
        .collect();
    match contact.port {
        // A headless Service is asked under the ports of its Pods.
        Some(port) if known.is_empty() => vec![(port, "TCP".into())],
        _ => known,
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
