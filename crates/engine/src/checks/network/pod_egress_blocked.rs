#![doc = include_str!("pod_egress_blocked.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::contacts::{self, Contact, Trouble},
    view::View,
};

/// Pods of one node do not reach Services that their siblings on other nodes do.
#[derive(Debug)]
pub(crate) struct PodEgressBlocked;

static META: Meta = Meta {
    id: CheckId::new("network/pod-egress-blocked"),
    kind: FindingKind::Network(NetworkFinding::PodEgressBlocked),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Look at the node: its network agent and kube-proxy, its firewall and security group, its routes to the other nodes.",
    ],
    casebook: include_str!("pod_egress_blocked.md"),
};

impl Check for PodEgressBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        type Clients<'v, 'a> = BTreeMap<ObjectRef, &'v Contact<'a>>;
        let mut nodes: BTreeMap<&str, Clients<'_, '_>> = BTreeMap::new();
        for contact in view.contacts.iter().filter(|known| is_lost(view, known)) {
            let Some(rollout) = view.rollout_of(contact.pod) else {
                continue;
            };
            let own = nodes.entry(&*contact.pod.node).or_default();
            own.entry(rollout.object.clone()).or_insert(contact);
        }
        // Trouble that several nodes share is none of the node.
        if nodes.len() != 1 {
            return;
        }
        for (name, clients) in nodes {
            let is_elsewhere = clients.values().all(|contact| has_sibling(view, contact));
            let node = view.snapshot.node(name);
            let object = node.map_or_else(
                || ObjectRef::named(Kind::Node, "", name),
                |node| cite::object(Kind::Node, &node.meta),
            );
            if clients.len() >= MANY && is_elsewhere {
                let subject = Subject::of(object).detail(format!("{} workloads", clients.len()));
                report.found_all(
                    subject,
                    clients.values().map(|contact| contact.fact.clone()),
                );
            }
        }
    }
}

/// Two workloads that fail in the same way on the same node are no accident.
const MANY: usize = 2;

fn is_lost(view: &View<'_>, contact: &Contact<'_>) -> bool {
    let backend = contacts::backend(view, contact);
    let has_ready = backend.is_some_and(|known| known.ready().next().is_some());
    let mut denials = view.denials.iter();
    contact.trouble == Trouble::Timeout
        && contact.is_present
        && has_ready
        && !contact.pod.node.is_empty()
        && !denials.any(|denial| denial.contact.fact == contact.fact)
}

/// True when a Pod of the same workload is ready on another node.
fn has_sibling(view: &View<'_>, contact: &Contact<'_>) -> bool {
    view.rollout_of(contact.pod).is_some_and(|rollout| {
        let mut pods = rollout.new_pods.iter();
        pods.any(|pod| pod.is_ready() && pod.node != contact.pod.node)
    })
}
