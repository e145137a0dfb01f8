//! On what a prediction depends that cannot be seen.

use core::fmt;

use dogwatch_model::{
    Kind, Ledger, ReadOutcome, SkipReason, Snapshot, Source,
    snapshot::{Node, Pod, PodAffinityTerm, WebhookConfiguration},
    wire::Text,
};
use serde::Serialize;

use super::{Ask, Extra, admission::security_level, admitted::Admitted, placement::Case};

/// Nodes behind which another system runs the Pods.
const VIRTUAL_TAINT: &str = "virtual-kubelet.io/provider";
const VIRTUAL_TYPE: (&str, &str) = ("type", "virtual-kubelet");
const VIRTUAL_NAMES: [&str; 2] = ["virtual-kubelet", "bursting-node"];

const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// On what the prediction depends besides what it has weighed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "proviso", rename_all = "snake_case")]
pub enum Proviso {
    /// Something that matters was not read completely.
    Unread {
        /// What.
        source: Source,
    },
    /// A node stands for another system, whose own limits are not seen.
    VirtualNode {
        /// The node.
        node: Text,
    },
    /// A webhook decides about Pods like this one.
    Webhook {
        /// The webhook.
        webhook: Text,
    },
    /// The Namespace restricts what Pods may do; only host network and host ports were weighed.
    PodSecurity {
        /// The level.
        level: Text,
    },
    /// Another scheduler than the default one places the Pods, by rules of its own.
    OtherScheduler {
        /// Its name.
        scheduler: Text,
    },
    /// The priority is not known, so nobody is counted as giving way.
    UnknownPriority {
        /// The PriorityClass.
        class: Text,
    },
    /// A volume has to be made first; the driver decides where, and whether it has room.
    NewVolume {
        /// The claim.
        claim: Text,
        /// The StorageClass.
        class: Text,
    },
    /// A claim that only one node can mount: Pods on other nodes are placed and do not start.
    SharedVolume {
        /// The claim.
        claim: Text,
    },
    /// Other Pods wait for a node too and may come first.
    Waiting {
        /// How many.
        pods: u32,
    },
    /// New nodes come up as their pattern did, and the provider grants them.
    NewNodes {
        /// How many.
        nodes: u32,
    },
}

impl fmt::Display for Proviso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proviso::Unread { source } => write!(f, "{source} were not read completely"),
            Proviso::VirtualNode { node } => write!(
                f,
                "node {node} stands for another system: its quota, addresses and reach are not seen"
            ),
            Proviso::Webhook { webhook } => write!(f, "webhook {webhook} decides about the Pods"),
            Proviso::PodSecurity { level } => {
                write!(f, "the Namespace enforces the Pod security level {level}")
            }
            Proviso::OtherScheduler { scheduler } => {
                write!(f, "scheduler {scheduler} places the Pods by its own rules")
            }
            Proviso::UnknownPriority { class } => {
                write!(f, "the value of PriorityClass {class} is not known")
            }
            Proviso::NewVolume { claim, class } => {
                write!(f, "claim {claim} needs a new volume of class \"{class}\"")
            }
            Proviso::SharedVolume { claim } => {
                write!(f, "claim {claim} can be mounted on one node only")
            }
            Proviso::Waiting { pods } => write!(f, "{pods} other Pods wait for a node too"),
            Proviso::NewNodes { nodes } => {
                write!(
                    f,
                    "the provider grants {nodes} new nodes like their pattern"
                )
            }
        }
    }
}

/// Everything on which the prediction depends, sorted.
pub(super) fn of(
    snapshot: &Snapshot,
    ask: &Ask<'_>,
    extra: &[Extra<'_>],
    pod: &Admitted<'_>,
    case: &Case<'_>,
) -> Vec<Proviso> {
    let mut all = unread(snapshot, ask, pod);
    all.extend(virtual_nodes(snapshot, case));
    all.extend(webhooks(snapshot, pod));
    all.extend(about_pod(snapshot, pod));
    all.extend(volumes(case));
    all.extend(waiting(snapshot, pod));
    let nodes: u32 = extra.iter().map(|extra| extra.count).sum();
    all.extend((nodes > 0).then_some(Proviso::NewNodes { nodes }));
    all.sort();
    all.dedup();
    all
}

/// Sources that matter for this Pod and were not read completely.
fn unread(snapshot: &Snapshot, ask: &Ask<'_>, pod: &Admitted<'_>) -> Vec<Proviso> {
    let spec = &pod.spec;
    let has_claims = super::volumes::has_claims(ask);
    let needs = [
        (true, Kind::Node, None),
        (true, Kind::Pod, None),
        (true, Kind::ResourceQuota, Some(pod.namespace)),
        (true, Kind::LimitRange, Some(pod.namespace)),
        (true, Kind::ServiceAccount, Some(pod.namespace)),
        (true, Kind::ValidatingWebhookConfiguration, None),
        (true, Kind::MutatingWebhookConfiguration, None),
        (
            ask.workload.is_some(),
            Kind::HorizontalPodAutoscaler,
            Some(pod.namespace),
        ),
        (has_claims, Kind::PersistentVolumeClaim, Some(pod.namespace)),
        (has_claims, Kind::PersistentVolume, None),
        (has_claims, Kind::StorageClass, None),
        (has_claims, Kind::CSINode, None),
        (selects_namespaces(snapshot, pod), Kind::Namespace, None),
        (
            !spec.priority_class_name.is_empty(),
            Kind::PriorityClass,
            None,
        ),
        (
            !spec.runtime_class_name.is_empty(),
            Kind::RuntimeClass,
            None,
        ),
    ];
    let open = needs.into_iter().filter(|(matters, kind, namespace)| {
        *matters && !is_whole(&snapshot.ledger, Source::Objects(*kind), *namespace)
    });
    open.map(|(_, kind, _)| Proviso::Unread {
        source: Source::Objects(kind),
    })
    .collect()
}

/// True when all objects were read: of the Namespace, or of the whole cluster.
fn is_whole(ledger: &Ledger, source: Source, namespace: Option<&str>) -> bool {
    let mut is_read = false;
    for entry in ledger
        .entries()
        .iter()
        .filter(|entry| entry.source == source)
    {
        let is_about = match (&entry.namespace, namespace) {
            (None, _) => true,
            (Some(known), Some(wanted)) => known == wanted,
            (Some(_), None) => false,
        };
        if is_about && entry.outcome.is_hole() {
            return false;
        }
        let not_installed = ReadOutcome::Skipped {
            why: SkipReason::NotInstalled,
        };
        let is_complete =
            entry.outcome == not_installed || (entry.outcome.is_usable() && !entry.selected);
        is_read |= is_about && is_complete;
    }
    is_read
}

/// True when labels of Namespaces decide who is a neighbour.
fn selects_namespaces(snapshot: &Snapshot, pod: &Admitted<'_>) -> bool {
    let selects = |term: &PodAffinityTerm| {
        let selector = term.namespace_selector.as_ref();
        selector.is_some_and(|selector| !selector.is_empty())
    };
    let of = |spec: &dogwatch_model::snapshot::PodSpec| {
        let affinity = spec.affinity.as_ref();
        affinity.is_some_and(|affinity| {
            let sorts = [&affinity.pod_affinity, &affinity.pod_anti_affinity];
            let mut terms = sorts
                .into_iter()
                .flatten()
                .flat_map(|sort| sort.required.iter());
            terms.any(selects)
        })
    };
    of(&pod.spec) || snapshot.pods.iter().any(|pod| of(&pod.spec))
}

/// Nodes on which the Pod can be and behind which another system stands.
fn virtual_nodes(snapshot: &Snapshot, case: &Case<'_>) -> Vec<Proviso> {
    let nodes = case.open().filter_map(|name| snapshot.node(name));
    nodes
        .filter(|node| is_virtual(node))
        .map(|node| Proviso::VirtualNode {
            node: node.meta.name.clone(),
        })
        .collect()
}

fn is_virtual(node: &Node) -> bool {
    let (key, value) = VIRTUAL_TYPE;
    node.taint(VIRTUAL_TAINT).is_some()
        || node.meta.labels.get(key) == Some(value)
        || VIRTUAL_NAMES
            .iter()
            .any(|name| node.meta.name.starts_with(name))
}

/// Webhooks that see new Pods of the Namespace.
fn webhooks(snapshot: &Snapshot, pod: &Admitted<'_>) -> Vec<Proviso> {
    let mutating = snapshot.mutating_webhooks.iter();
    mutating
        .chain(&snapshot.validating_webhooks)
        .flat_map(|known| sees_pod(snapshot, known, pod))
        .collect()
}

fn sees_pod(
    snapshot: &Snapshot,
    configuration: &WebhookConfiguration,
    pod: &Admitted<'_>,
) -> Vec<Proviso> {
    let has =
        |list: &[Text], wanted: &str| list.iter().any(|known| *known == "*" || *known == wanted);
    let namespace = snapshot
        .namespaces
        .iter()
        .find(|known| known.meta.name == *pod.namespace);
    let webhooks = configuration.webhooks.iter().filter(|webhook| {
        let mut rules = webhook.rules.iter();
        let is_about_pods = rules.any(|rule| {
            has(&rule.api_groups, "")
                && (has(&rule.resources, "pods") || has(&rule.resources, "*/*"))
                && has(&rule.operations, "CREATE")
        });
        let sees_namespace =
            namespace.is_none_or(|known| webhook.namespace_selector.matches(&known.meta.labels));
        is_about_pods && sees_namespace && webhook.object_selector.matches(pod.labels)
    });
    webhooks
        .map(|webhook| Proviso::Webhook {
            webhook: webhook.name.clone(),
        })
        .collect()
}

fn about_pod(snapshot: &Snapshot, pod: &Admitted<'_>) -> Vec<Proviso> {
    let mut found = Vec::new();
    let spec = &pod.spec;
    found.extend(
        security_level(snapshot, pod.namespace).map(|level| Proviso::PodSecurity {
            level: level.into(),
        }),
    );
    if !spec.scheduler_name.is_empty() && spec.scheduler_name != DEFAULT_SCHEDULER {
        found.push(Proviso::OtherScheduler {
            scheduler: spec.scheduler_name.clone(),
        });
    }
    if pod.priority.is_none() {
        found.push(Proviso::UnknownPriority {
            class: spec.priority_class_name.clone(),
        });
    }
    found
}

fn volumes(case: &Case<'_>) -> Vec<Proviso> {
    let Some(mounts) = case.first_mounts() else {
        return Vec::new();
    };
    let new = mounts
        .to_be_made()
        .map(|(claim, class)| Proviso::NewVolume {
            claim: claim.clone(),
            class: class.clone(),
        });
    let shared = mounts.on_one_node().map(|claim| Proviso::SharedVolume {
        claim: claim.clone(),
    });
    new.chain(shared).collect()
}

/// Pods that wait for a node and that the scheduler prefers or takes in turn.
fn waiting(snapshot: &Snapshot, pod: &Admitted<'_>) -> Option<Proviso> {
    let priority = pod.priority.unwrap_or(0);
    let waits = |other: &&Pod| {
        other.node.is_empty()
            && !other.is_finished()
            && !other.meta.is_terminating()
            && other.spec.scheduling_gates.is_empty()
            && other.spec.priority.unwrap_or(0) >= priority
    };
    let pods = snapshot.pods.iter().filter(waits).count();
    let pods = u32::try_from(pods).unwrap_or(u32::MAX);
    (pods > 0).then_some(Proviso::Waiting { pods })
}
