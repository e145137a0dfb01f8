//! Which reads each scope needs, in which order.

use dogwatch_engine::{Wish, Wishes, versions_of, wishes};
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, SkipReason, Snapshot, Source,
    ports::ListQuery,
    snapshot::{LogKey, SnapshotBuilder},
};

use super::{
    around::around,
    further::{self, RELEASES, contacts},
    read::Reading,
};

/// Requests for one workload. A diagnosis that a person waits for must not be slower than a few
/// round trips.
const WORKLOAD_REQUESTS: usize = 8;

/// Logs read for one workload.
const WORKLOAD_LOGS: usize = 2;

/// Logs of a recording that are looked at.
const LOGS_AT_HAND: usize = 200;

/// Lines of each of them: what complains once a minute among a hundred healthy lines shows only here.
const LINES_AT_HAND: u32 = 400;

/// The first kinds of a whole scope: small lists that tell whether the server answers.
const PROBES: usize = 2;

/// Kinds of a whole scope, each read with one paged list.
const WHOLE: &[Kind] = &[
    Kind::Namespace,
    Kind::Node,
    Kind::Pod,
    Kind::Event,
    Kind::ReplicaSet,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ControllerRevision,
    Kind::Job,
    Kind::CronJob,
    Kind::Service,
    Kind::EndpointSlice,
    Kind::PersistentVolumeClaim,
    Kind::ResourceQuota,
    Kind::LimitRange,
    Kind::HorizontalPodAutoscaler,
    Kind::PodDisruptionBudget,
    Kind::PersistentVolume,
    Kind::StorageClass,
    Kind::VolumeAttachment,
    Kind::CSINode,
    Kind::CSIDriver,
    Kind::Ingress,
    Kind::IngressClass,
    Kind::NetworkPolicy,
    Kind::APIService,
    Kind::ValidatingWebhookConfiguration,
    Kind::MutatingWebhookConfiguration,
    Kind::CustomResourceDefinition,
    Kind::CertificateSigningRequest,
    Kind::Lease,
];

/// Custom kinds of a whole scope: a cluster with more has most of them for machinery that reports
/// its state elsewhere.
const MAX_CUSTOM_KINDS: usize = 200;

/// Components that other workloads depend on live here.
pub(super) const SYSTEM: &str = "kube-system";

/// One workload: itself and the Events of its Namespace, then its versions and Pods, then what
/// those ask for.
pub(super) async fn workload(
    reading: &Reading<'_>,
    kind: Kind,
    namespace: &str,
    name: &str,
    selector: Option<&str>,
) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    let first = [
        ListQuery::one(kind, namespace, name),
        ListQuery::in_namespace(Kind::Event, namespace),
    ];
    reading.lists(&first, &mut builder).await;
    let snapshot = reading.freeze(builder);
    let Some((own, versions)) = versions_of(&snapshot) else {
        return snapshot;
    };
    let selector = selector.map_or(own, str::to_owned);
    let mut builder = SnapshotBuilder::reopen(snapshot);
    let second = [
        ListQuery::in_namespace(Kind::Pod, namespace).labelled(selector.clone()),
        ListQuery::in_namespace(versions, namespace).labelled(selector),
    ];
    reading.lists(&second, &mut builder).await;
    skip_other_versions(versions, &mut builder);
    let snapshot = reading.freeze(builder);
    follow(reading, snapshot, namespace, first.len() + second.len()).await
}

/// The other kinds that carry versions do not concern this workload.
fn skip_other_versions(read: Kind, builder: &mut SnapshotBuilder) {
    let kinds = [
        Kind::ReplicaSet,
        Kind::ControllerRevision,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::DaemonSet,
    ];
    let rollouts = if read == Kind::ReplicaSet {
        Kind::Deployment
    } else {
        Kind::StatefulSet
    };
    for kind in kinds
        .into_iter()
        .filter(|kind| *kind != read && *kind != rollouts)
    {
        let outcome = ReadOutcome::Skipped {
            why: SkipReason::NotRequested,
        };
        let source = Source::Objects(kind);
        builder.record(LedgerEntry {
            selected: false,
            source,
            namespace: None,
            outcome,
        });
    }
}

/// The reads that the first rounds ask for, within the budget.
async fn follow(
    reading: &Reading<'_>,
    snapshot: Snapshot,
    namespace: &str,
    spent: usize,
) -> Snapshot {
    let wanted = wishes(&snapshot);
    let mut builder = SnapshotBuilder::reopen(snapshot);
    let left = WORKLOAD_REQUESTS.saturating_sub(spent);
    let logs = wanted.logs.len().min(WORKLOAD_LOGS).min(left);
    let mut queries = wished(&wanted, namespace);
    queries.truncate(left - logs);
    reading.lists(&queries, &mut builder).await;
    reading.logs(&wanted.logs, logs, &mut builder).await;
    let snapshot = with_logs_at_hand(reading, builder).await;
    let snapshot = further::behind(reading, snapshot, namespace, &queries).await;
    let left = left - logs - queries.len();
    let (snapshot, left) = contacts(reading, snapshot, namespace, left).await;
    let (snapshot, left) = further::maker(reading, snapshot, left).await;
    let snapshot = further::written(reading, snapshot, namespace, left).await;
    if !queries.iter().any(|query| query.kind == Kind::Node) {
        return snapshot;
    }
    let wanted = wishes(&snapshot);
    if wanted.has(Wish::Components) {
        components(reading, snapshot).await
    } else {
        snapshot
    }
}

fn wished(wanted: &Wishes, namespace: &str) -> Vec<ListQuery> {
    let mut queries = Vec::new();
    if wanted.has(Wish::Leases) {
        queries.push(ListQuery::one(
            Kind::Lease,
            SYSTEM,
            "kube-controller-manager",
        ));
    }
    if wanted.has(Wish::Quotas) {
        queries.push(ListQuery::in_namespace(Kind::ResourceQuota, namespace));
    }
    if wanted.has(Wish::Webhooks) {
        queries.push(ListQuery::all(Kind::ValidatingWebhookConfiguration));
        queries.push(ListQuery::all(Kind::MutatingWebhookConfiguration));
    }
    if wanted.has(Wish::Nodes) {
        queries.push(ListQuery::all(Kind::Node));
    }
    if wanted.has(Wish::Claims) {
        queries.push(ListQuery::in_namespace(
            Kind::PersistentVolumeClaim,
            namespace,
        ));
        queries.push(ListQuery::all(Kind::StorageClass));
    }
    // One node of the Pods that are not ready: a trouble shared by all shows there too.
    if let Some(node) = wanted
        .node_names
        .first()
        .filter(|_| !wanted.has(Wish::Nodes))
    {
        queries.push(ListQuery::one(Kind::Node, "", node));
    }
    if wanted.has(Wish::Services) && !namespace.is_empty() {
        queries.push(ListQuery::in_namespace(Kind::Service, namespace));
        queries.push(ListQuery::in_namespace(Kind::EndpointSlice, namespace));
    }
    queries
}

/// Pods wait for a taint that a component of the cluster should remove: reads the components. This
/// is the one case in which the budget of a workload is exceeded, because the cause is elsewhere.
async fn components(reading: &Reading<'_>, snapshot: Snapshot) -> Snapshot {
    let mut builder = SnapshotBuilder::reopen(snapshot);
    let mut queries: Vec<ListQuery> = [
        Kind::Pod,
        Kind::Deployment,
        Kind::DaemonSet,
        Kind::ReplicaSet,
        Kind::Event,
    ]
    .into_iter()
    .map(|kind| ListQuery::in_namespace(kind, SYSTEM))
    .collect();
    queries.push(ListQuery::one(Kind::Service, "default", "kubernetes"));
    reading.lists(&queries, &mut builder).await;
    let snapshot = reading.freeze(builder);
    let wanted = wishes(&snapshot);
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading
        .logs(
            &wanted.logs,
            reading.limits.logs.min(WORKLOAD_REQUESTS),
            &mut builder,
        )
        .await;
    reading.freeze(builder)
}

/// One object that is no workload: itself, the Pods and Events around it.
pub(super) async fn object(
    reading: &Reading<'_>,
    kind: Kind,
    namespace: &str,
    name: &str,
) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    let kind = served(reading, kind, &mut builder).await;
    let mut queries = vec![ListQuery::one(kind, namespace, name)];
    // What is in a Namespace stands around it; around others that are in none are only their Events.
    let place = if kind == Kind::Namespace {
        name
    } else {
        namespace
    };
    let near = around(kind).iter();
    let near = near.filter(|kind| !place.is_empty() || !kind.info().namespaced);
    queries.extend(near.map(|kind| ListQuery::in_namespace(*kind, place)));
    if place.is_empty() && kind != Kind::Node {
        let mut events = ListQuery::all(Kind::Event);
        events.field_selector = Some(format!("involvedObject.name={name}"));
        queries.push(events);
    }
    if kind == Kind::Node {
        let mut pods = ListQuery::all(Kind::Pod);
        pods.field_selector = Some(format!("spec.nodeName={name}"));
        queries.push(pods);
        let mut events = ListQuery::all(Kind::Event);
        events.field_selector = Some("involvedObject.kind=Node".to_owned());
        queries.push(events);
    }
    reading.lists(&queries, &mut builder).await;
    let snapshot = reading.freeze(builder);
    let snapshot = further::beyond(reading, snapshot, kind, namespace).await;
    follow(reading, snapshot, namespace, queries.len()).await
}

/// A custom kind in the version that the server has.
async fn served(reading: &Reading<'_>, kind: Kind, builder: &mut SnapshotBuilder) -> Kind {
    if !matches!(kind, Kind::Custom(_)) {
        return kind;
    }
    let known = reading.custom_kinds(usize::MAX, builder).await;
    let served = known.into_iter().find(|known| *known == kind);
    served.unwrap_or(kind)
}

/// Every kind with one paged list, then the logs of suspicious containers.
pub(super) async fn whole(reading: &Reading<'_>, namespace: Option<&String>) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    let queries: Vec<ListQuery> = WHOLE
        .iter()
        .map(|kind| in_scope(*kind, namespace))
        .collect();
    let (first, rest) = queries.split_at(PROBES);
    reading.lists(first, &mut builder).await;
    let snapshot = reading.freeze(builder);
    if is_silent(&snapshot) {
        return snapshot;
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists(rest, &mut builder).await;
    let served = reading.custom_kinds(MAX_CUSTOM_KINDS, &mut builder).await;
    let customs = served.iter().map(|kind| in_scope(*kind, namespace));
    let customs: Vec<ListQuery> = customs.collect();
    reading.lists(&customs, &mut builder).await;
    let written = written(reading, namespace);
    reading.lists_if_covered(&written, &mut builder).await;
    let snapshot = reading.freeze(builder);
    let snapshot = further::doubtful(reading, snapshot, &served).await;
    let wanted = wishes(&snapshot);
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading
        .logs(&wanted.logs, reading.limits.logs, &mut builder)
        .await;
    with_logs_at_hand(reading, builder).await
}

/// Metadata of what Pods are configured with: when it was written, and which releases Helm made. Of
/// Secrets only those of Helm are asked for, unless somebody wants all or they cost nothing.
fn written(reading: &Reading<'_>, namespace: Option<&String>) -> [ListQuery; 2] {
    let mut secrets = in_scope(Kind::Secret, namespace);
    if !reading.limits.all_secrets && !reading.reader.holds(Kind::Secret) {
        secrets = secrets.labelled(RELEASES.to_owned());
    }
    [in_scope(Kind::ConfigMap, namespace), secrets]
}

/// Everything, and what new Pods name.
pub(super) async fn for_plans(reading: &Reading<'_>) -> Snapshot {
    let snapshot = whole(reading, None).await;
    if is_silent(&snapshot) {
        return snapshot;
    }
    let named = [
        Kind::PriorityClass,
        Kind::RuntimeClass,
        Kind::ServiceAccount,
    ];
    let queries: Vec<ListQuery> = named.into_iter().map(ListQuery::all).collect();
    let mut builder = SnapshotBuilder::reopen(snapshot);
    reading.lists(&queries, &mut builder).await;
    reading.freeze(builder)
}

fn in_scope(kind: Kind, namespace: Option<&String>) -> ListQuery {
    match namespace {
        Some(namespace) => ListQuery::in_namespace(kind, namespace),
        None => ListQuery::all(kind),
    }
}

/// True when the server has answered nothing at all: asking for twenty more kinds would only keep a
/// person waiting.
fn is_silent(snapshot: &Snapshot) -> bool {
    let entries = snapshot.ledger.entries();
    entries
        .iter()
        .all(|entry| matches!(entry.outcome, ReadOutcome::TimedOut { .. }))
}

/// Logs that a recording holds of these Pods: somebody found them worth keeping, and reading them
/// costs nothing.
async fn with_logs_at_hand(reading: &Reading<'_>, builder: SnapshotBuilder) -> Snapshot {
    let snapshot = reading.freeze(builder);
    let keys: Vec<LogKey> = reading
        .reader
        .logs_at_hand()
        .into_iter()
        .filter(|key| !snapshot.logs.iter().any(|log| log.key == *key))
        .filter(|key| {
            snapshot
                .pods
                .iter()
                .any(|pod| pod.meta.name == *key.pod && pod.meta.namespace == *key.namespace)
        })
        .collect();
    if keys.is_empty() || reading.limits.logs == 0 {
        return snapshot;
    }
    let mut builder = SnapshotBuilder::reopen(snapshot);
    let mut longer = *reading;
    longer.limits.tail_lines = longer.limits.tail_lines.max(LINES_AT_HAND);
    longer.logs(&keys, LOGS_AT_HAND, &mut builder).await;
    reading.freeze(builder)
}
