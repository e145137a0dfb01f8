//! Reads around one workload that what was read before asks for, as far as the budget goes.

use std::collections::BTreeSet;

use dogwatch_engine::{Wish, wishes};
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, SkipReason, Snapshot, Source,
    ports::ListQuery,
    snapshot::{CustomResourceDefinition, Node, SnapshotBuilder},
    wire::Text,
};

use super::{plan::SYSTEM, read::Reading};

/// The Secrets in which Helm keeps its releases.
pub(super) const RELEASES: &str = "owner=helm";

/// A log names somebody that is not reached: what leads there is read, as far as the budget goes. For
/// a Service, or the DNS server, the budget is exceeded, because the cause is elsewhere: at its Pods,
/// or on the way. What is left of it is given back.
pub(super) async fn contacts(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    left: usize,
) -> (Snapshot, usize) {
    if left == 0 || namespace.is_empty() || !wishes(&snapshot).has(Wish::Contacts) {
        return (snapshot, left);
    }
    let services = [Kind::Service];
    let (snapshot, spent) = missing(reading, snapshot, namespace, (&services, left)).await;
    let left = left.saturating_sub(spent);
    let wanted = wishes(&snapshot);
    let ways = [Kind::EndpointSlice, Kind::NetworkPolicy, Kind::Pod];
    let (kinds, most) = if wanted.has(Wish::Callees) {
        (&ways[..], ways.len())
    } else if wanted.has(Wish::Contacts) {
        (&ways[..2], left)
    } else {
        return (snapshot, left);
    };
    let (snapshot, spent) = missing(reading, snapshot, namespace, (kinds, most)).await;
    let left = left.saturating_sub(spent);
    if wanted.has(Wish::Resolver) && namespace != SYSTEM {
        (resolver(reading, snapshot).await, left)
    } else {
        (snapshot, left)
    }
}

/// What is read although the budget does not foresee it, because it is rare and decides: all nodes when
/// the node of a Pod is not among them; the backend of a webhook that refuses its own Pods.
pub(super) async fn behind(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    asked: &[ListQuery],
) -> Snapshot {
    let is_named = |query: &&ListQuery| query.kind == Kind::Node && query.name.is_some();
    let named = asked.iter().find(is_named);
    let is_lost = named.is_some_and(|query| {
        let name = query.name.as_deref().unwrap_or_default();
        snapshot.node(name).is_none()
    });
    let mut kinds = Vec::new();
    if is_lost {
        kinds.push(Kind::Node);
    }
    let mut configurations = snapshot
        .validating_webhooks
        .iter()
        .chain(&snapshot.mutating_webhooks);
    let is_own = configurations.any(|known| {
        let mut webhooks = known.webhooks.iter();
        webhooks.any(|webhook| {
            let service = webhook.client_config.service.as_ref();
            service.is_some_and(|service| service.namespace == *namespace)
        })
    });
    if is_own {
        kinds.extend([Kind::Service, Kind::EndpointSlice, Kind::Pod]);
    }
    let (mut snapshot, _) = missing(reading, snapshot, namespace, (&kinds, kinds.len())).await;
    if is_own {
        let mut builder = SnapshotBuilder::reopen(snapshot);
        let home = ListQuery::one(Kind::Namespace, "", namespace);
        reading.lists_if_covered(&[home], &mut builder).await;
        snapshot = reading.freeze(builder);
    }
    snapshot
}

/// Definitions that are on their way out or are not served: lists tell their names only, and this is
/// what their status explains.
pub(super) async fn doubtful(
    reading: &Reading<'_>,
    mut snapshot: Snapshot,
    served: &[Kind],
) -> Snapshot {
    let names = doubtful_names(&snapshot, served);
    if names.is_empty() {
        return snapshot;
    }
    let is_doubtful = |known: &mut CustomResourceDefinition| names.contains(&known.meta.name);
    let listed: Vec<_> = snapshot.definitions.extract_if(.., is_doubtful).collect();
    let mut builder = SnapshotBuilder::reopen(snapshot);
    let queries: Vec<ListQuery> = names
        .iter()
        .map(|name| ListQuery::one(Kind::CustomResourceDefinition, "", name))
        .collect();
    reading.lists_if_covered(&queries, &mut builder).await;
    let mut snapshot = reading.freeze(builder);
    // One that could not be read by itself is still there.
    let read: BTreeSet<Text> = snapshot
        .definitions
        .iter()
        .map(|known| known.meta.name.clone())
        .collect();
    let unread = listed.into_iter();
    let unread = unread.filter(|known| !read.contains(&known.meta.name));
    snapshot.definitions.extend(unread);
    let name = |known: &CustomResourceDefinition| known.meta.name.clone();
    snapshot.definitions.sort_by_key(name);
    snapshot
}

fn doubtful_names(snapshot: &Snapshot, served: &[Kind]) -> BTreeSet<Text> {
    let is_served = |name: &str| {
        let mut known = served.iter().map(|kind| kind.info());
        known.any(|info| {
            let rest = name.strip_prefix(info.plural);
            rest.and_then(|rest| rest.strip_prefix('.')) == Some(info.group)
        })
    };
    let definitions = snapshot.definitions.iter().map(|known| &known.meta);
    definitions
        .filter(|meta| meta.is_terminating() || !served.is_empty() && !is_served(&meta.name))
        .take(MAX_DOUBTFUL)
        .map(|meta| meta.name.clone())
        .collect()
}

/// Definitions that are read one by one.
const MAX_DOUBTFUL: usize = 10;

/// The DNS server of the cluster, and its Namespace: policies select it by labels.
async fn resolver(reading: &Reading<'_>, snapshot: Snapshot) -> Snapshot {
    let queries = [
        ListQuery::one(Kind::Service, SYSTEM, "kube-dns"),
        ListQuery::in_namespace(Kind::Pod, SYSTEM).labelled("k8s-app=kube-dns".to_owned()),
        ListQuery::one(Kind::Namespace, "", SYSTEM),
    ];
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists_if_covered(&queries, &mut builder).await;
    reading.freeze(builder)
}

/// Reads the kinds that were not read as a whole, at most so many, and tells how many they were.
async fn missing(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    (kinds, most): (&[Kind], usize),
) -> (Snapshot, usize) {
    let was_asked = |kind: &Kind| {
        let entries = snapshot.ledger.entries();
        entries
            .iter()
            .any(|entry| entry.source == Source::Objects(*kind) && !entry.selected)
    };
    let queries: Vec<ListQuery> = kinds
        .iter()
        .filter(|kind| !was_asked(kind))
        .take(most)
        .map(|kind| ListQuery::in_namespace(*kind, namespace))
        .collect();
    if queries.is_empty() {
        return (snapshot, 0);
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists(&queries, &mut builder).await;
    (reading.freeze(builder), queries.len())
}

/// The object of Argo CD or Flux that made the workload, and nothing else of these tools. What is left
/// of the budget is given back.
pub(super) async fn maker(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    left: usize,
) -> (Snapshot, usize) {
    let Some(maker) = wishes(&snapshot).maker else {
        return (snapshot, left);
    };
    let mut query = ListQuery::all(maker.kind);
    match maker.namespace {
        Some(namespace) => query = ListQuery::one(maker.kind, &namespace, &maker.name),
        None => query.field_selector = Some(format!("metadata.name={}", maker.name)),
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    if left == 0 {
        builder.record(LedgerEntry {
            source: Source::Objects(maker.kind),
            namespace: query.namespace,
            selected: true,
            outcome: ReadOutcome::Skipped {
                why: SkipReason::BudgetSpent,
            },
        });
        return (reading.freeze(builder), left);
    }
    reading.lists_if_held(&[query], &mut builder).await;
    (reading.freeze(builder), left - 1)
}

/// What the first look at one object that is no workload asks for.
pub(super) async fn beyond(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    kind: Kind,
    namespace: &str,
) -> Snapshot {
    let queries = match kind {
        Kind::Node => beyond_node(&snapshot),
        Kind::Ingress => beyond_ingress(&snapshot, namespace),
        _ => Vec::new(),
    };
    if queries.is_empty() {
        return snapshot;
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists_if_covered(&queries, &mut builder).await;
    reading.freeze(builder)
}

/// What holds the Pods of a node that shall be empty; who else on the machine of a silent one is alive.
fn beyond_node(snapshot: &Snapshot) -> Vec<ListQuery> {
    let mut queries = Vec::new();
    let is_left = |node: &Node| node.spec.unschedulable || !node.spec.taints.is_empty();
    if snapshot.nodes.iter().any(is_left) {
        queries.push(ListQuery::all(Kind::PodDisruptionBudget));
    }
    let is_silent = |node: &Node| {
        let ready = node.condition("Ready");
        ready.is_some_and(|known| known.status == "Unknown")
    };
    if snapshot.nodes.iter().any(is_silent) {
        queries.push(ListQuery::all(Kind::Lease));
    }
    queries
}

/// Whether the Secret with the certificate is there; only metadata of Secrets is ever read.
fn beyond_ingress(snapshot: &Snapshot, namespace: &str) -> Vec<ListQuery> {
    let mut tls = snapshot
        .ingresses
        .iter()
        .flat_map(|ingress| &ingress.spec.tls);
    let names_secret = tls.any(|tls| !tls.secret_name.is_empty());
    let secrets = names_secret.then(|| ListQuery::in_namespace(Kind::Secret, namespace));
    secrets.into_iter().collect()
}

/// What tells when things were written: ConfigMaps of containers that end, and the revisions of the
/// Helm release, if the budget was not needed for more telling reads.
pub(super) async fn written(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    left: usize,
) -> Snapshot {
    let wanted = wishes(&snapshot);
    let maps = wanted
        .has(Wish::Configs)
        .then(|| ListQuery::in_namespace(Kind::ConfigMap, namespace));
    let release = wanted.release.as_ref().map(|(place, name)| {
        let secrets = ListQuery::in_namespace(Kind::Secret, place);
        secrets.labelled(format!("{RELEASES},name={name}"))
    });
    let queries: Vec<ListQuery> = maps.into_iter().chain(release).take(left).collect();
    if queries.is_empty() || wanted.has(Wish::Contacts) {
        return snapshot;
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists_if_covered(&queries, &mut builder).await;
    reading.freeze(builder)
}
