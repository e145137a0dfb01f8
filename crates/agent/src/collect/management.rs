//! Two clusters, one snapshot: a workload cluster as a whole, and what its management cluster says of
//! it.
//!
//! Of the management cluster only objects of Cluster API and its Helm add-on provider are read, with
//! their Events. No workload cluster is asked for these kinds, so that evidence cannot cross over
//! between objects of the same name in both.

use dogwatch_model::{
    CustomKind, Kind, Ledger, LedgerEntry, ReadOutcome, Snapshot, Source, Uid,
    ports::{ClusterReader, ListQuery},
    snapshot::SnapshotBuilder,
};
use jiff::Timestamp;

use super::{Limits, Progress, clocks, read::Reading};

/// Groups that belong to a management cluster.
const GROUPS: &[&str] = &[
    "cluster.x-k8s.io",
    "controlplane.cluster.x-k8s.io",
    "addons.cluster.x-k8s.io",
];

/// Kinds of these groups that some check reads.
const KINDS: &[CustomKind] = &[
    CustomKind::CLUSTER,
    CustomKind::MACHINE,
    CustomKind::MACHINE_SET,
    CustomKind::MACHINE_DEPLOYMENT,
    CustomKind::MACHINE_HEALTH_CHECK,
    CustomKind::KUBEADM_CONTROL_PLANE,
    CustomKind::HELM_CHART_PROXY,
    CustomKind::HELM_RELEASE_PROXY,
];

/// The label that ties objects to their Cluster.
const CLUSTER_LABEL: &str = "cluster.x-k8s.io/cluster-name";

/// A Cluster of Cluster API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterName {
    /// Namespace in the management cluster.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// What is known before anything is listed.
pub struct Access<'a> {
    /// The management cluster.
    pub management: &'a dyn ClusterReader,
    /// The workload cluster; `None` when it could not be reached, and why stands in `entries`.
    pub workload: Option<&'a dyn ClusterReader>,
    /// Reads that were made to get there: the Secret with the kubeconfig.
    pub entries: Vec<LedgerEntry>,
}

/// What two clusters told.
#[derive(Debug)]
pub struct Collected {
    /// Both in one.
    pub snapshot: Snapshot,
    /// The reads of the management cluster.
    pub management: Ledger,
    /// The reads of the workload cluster.
    pub workload: Ledger,
}

/// Reads both clusters into one snapshot. The clock is that of the workload cluster: where the one of
/// the management cluster differs, what was read there is moved to it.
pub async fn collect_cluster(
    access: &Access<'_>,
    cluster: &ClusterName,
    limits: &Limits,
    progress: &dyn Progress,
    fallback_now: Timestamp,
) -> Collected {
    let until = tokio::time::Instant::now() + limits.deadline;
    let reading = |reader| Reading {
        reader,
        limits: *limits,
        progress,
        until,
        fallback_now,
    };
    let mut builder = SnapshotBuilder::default();
    let mut workload = Ledger::default();
    if let Some(reader) = access.workload {
        let mut seen = super::plan::whole(&reading(reader), None).await;
        workload = seen.ledger.clone();
        super::add_at_hand(reader, &mut seen);
        without_management(&mut seen);
        builder = SnapshotBuilder::reopen(seen);
    }
    for entry in &access.entries {
        builder.record(entry.clone());
    }
    let mut told = SnapshotBuilder::default();
    about(&reading(access.management), cluster, &mut told).await;
    let told = told.finish(Timestamp::UNIX_EPOCH, None);
    let management = told.ledger.clone();
    let ahead = access
        .workload
        .and_then(|workload| clocks::apart(access.management, workload));
    builder.absorb(clocks::moved(told, ahead));
    let clock = access.workload.unwrap_or(access.management).facts();
    let mut snapshot = builder.finish(clock.now.unwrap_or(fallback_now), clock.version);
    snapshot.management_ahead = ahead;
    keep_charts_of(&mut snapshot, cluster);
    super::drop_old_events(limits, &mut snapshot);
    Collected {
        snapshot,
        management,
        workload,
    }
}

/// Drops the HelmChartProxies that have nothing to do with this Cluster: what they say is about
/// others.
fn keep_charts_of(snapshot: &mut Snapshot, cluster: &ClusterName) {
    let owners: Vec<Uid> = snapshot
        .customs
        .iter()
        .filter(|object| object.kind == Kind::Custom(CustomKind::HELM_RELEASE_PROXY))
        .filter_map(|object| object.meta.controller().map(|owner| owner.uid.clone()))
        .collect();
    snapshot.customs.retain(|object| {
        let selects = || {
            let mut matching = object.fields_under("status.matchingClusters");
            matching.any(|(_, name)| name == cluster.name)
        };
        object.kind != Kind::Custom(CustomKind::HELM_CHART_PROXY)
            || owners.contains(&object.meta.uid)
            || selects()
    });
}

/// A cluster that manages itself, or others, is no witness about the one that is asked for: drops what
/// it tells of objects of Cluster API, and what its audit log tells of them.
pub fn without_management(snapshot: &mut Snapshot) {
    snapshot
        .customs
        .retain(|object| !is_of_management(object.kind.info().group));
    snapshot
        .audit
        .retain(|record| !is_of_management(&record.group));
}

/// True for the API groups of which only a management cluster is heard.
pub fn is_of_management(group: &str) -> bool {
    GROUPS.contains(&group)
}

/// Everything the management cluster says of one Cluster.
async fn about(reading: &Reading<'_>, cluster: &ClusterName, builder: &mut SnapshotBuilder) {
    let known = reading.custom_kinds(usize::MAX, builder).await;
    let mut queries = Vec::new();
    for wanted in KINDS.iter().map(|kind| Kind::Custom(*kind)) {
        let Some(kind) = known.iter().copied().find(|kind| *kind == wanted) else {
            let outcome = ReadOutcome::Skipped {
                why: dogwatch_model::SkipReason::NotInstalled,
            };
            builder.record(LedgerEntry {
                source: Source::Objects(wanted),
                namespace: None,
                selected: true,
                outcome,
            });
            continue;
        };
        queries.push(query(kind, cluster));
    }
    queries.push(ListQuery::in_namespace(Kind::Event, &cluster.namespace));
    reading.lists(&queries, builder).await;
}

fn query(kind: Kind, cluster: &ClusterName) -> ListQuery {
    if kind == Kind::Custom(CustomKind::CLUSTER) {
        return ListQuery::one(kind, &cluster.namespace, &cluster.name);
    }
    let all = ListQuery::in_namespace(kind, &cluster.namespace);
    // A HelmChartProxy serves many clusters and is labelled with none.
    if kind == Kind::Custom(CustomKind::HELM_CHART_PROXY) {
        return all;
    }
    all.labelled(format!("{CLUSTER_LABEL}={}", cluster.name))
}
