//! Which further reads would decide: the collector asks after its first round.

use std::collections::BTreeSet;

use dogwatch_model::{
    Kind, Snapshot, Source,
    snapshot::{LogKey, Meta},
};

use crate::{
    changes::{Maker, maker_of},
    reading::{
        configs, contacts, ends::EndClass, placement, placement::Predicate, rejections::RejectClass,
    },
    rollout::{Rollout, Workload},
    view::View,
};

/// Taints that only a controller of the cluster removes: who waits for them waits for it.
const CONTROLLER_TAINTS: &[&str] = &[
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.cluster.x-k8s.io/uninitialized",
];

/// A read that would decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// Some Pod has no node: all nodes decide.
    Nodes,
    /// Some unplaced Pod mounts claims.
    Claims,
    /// Pods are missing: quotas decide.
    Quotas,
    /// A controller lags: its Lease decides.
    Leases,
    /// Nothing is wrong with the Pods: Services and their endpoints come next.
    Services,
    /// Pods wait for a taint that a component of the cluster should remove.
    Components,
    /// A log names somebody that is not reached: Services and policies decide.
    Contacts,
    /// A log names a Service, or the DNS server, that is not reached: the Pods behind it decide, too.
    Callees,
    /// A log says that the DNS server does not answer.
    Resolver,
    /// A webhook refused: its configuration decides.
    Webhooks,
    /// Containers that end use ConfigMaps: when those were written may decide.
    Configs,
}

/// Reads that a diagnosis still wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Logs, the most telling first; one container per workload and container name.
    pub logs: Vec<LogKey>,
    /// The nodes of Pods that are placed and not ready.
    pub node_names: Vec<String>,
    /// Namespace and name of the Helm release of a workload that is in trouble: its revisions tell what
    /// came before.
    pub release: Option<(String, String)>,
    /// The object of Argo CD or Flux that made a workload that is in trouble: the revision that it
    /// applied may be what came before.
    pub maker: Option<Maker>,
    /// Kinds of objects.
    pub reads: BTreeSet<Wish>,
}

impl Wishes {
    /// True when this read is wanted.
    pub fn has(&self, wish: Wish) -> bool {
        self.reads.contains(&wish)
    }
}

/// What to read next, given what was read so far.
pub fn wishes(snapshot: &Snapshot) -> Wishes {
    let view = View::new(snapshot);
    let waits_for_node = |suspect: &&crate::view::Suspect<'_>| placement::is_waiting(suspect);
    let unplaced: Vec<_> = view.suspects.iter().filter(waits_for_node).collect();
    let placed = view.suspects.iter().filter(|suspect| {
        !suspect.pod.node.is_empty() && !suspect.pod.is_ready() && !suspect.pod.is_finished()
    });
    let names: BTreeSet<String> = placed.map(|suspect| suspect.pod.node.to_string()).collect();
    let has_claims = unplaced
        .iter()
        .any(|suspect| suspect.pod.spec.claims().next().is_some());
    let has_lag = view.rollouts.iter().any(|rollout| !rollout.is_observed());
    let reads = [
        (Wish::Nodes, !unplaced.is_empty()),
        (Wish::Claims, has_claims),
        (Wish::Quotas, !view.rejections.is_empty()),
        (Wish::Leases, has_lag),
        (Wish::Services, view.suspects.is_empty()),
        (Wish::Components, waits_for_component(&view)),
        (Wish::Contacts, misses_somebody(&view)),
        (Wish::Callees, misses_service(&view)),
        (Wish::Resolver, misses_resolver(&view)),
        (Wish::Webhooks, is_refused_by_webhook(&view)),
        (Wish::Configs, uses_config(&view)),
    ];
    Wishes {
        logs: logs(&view),
        node_names: names.into_iter().collect(),
        release: release(&view),
        maker: maker(&view),
        reads: reads
            .into_iter()
            .filter(|(_, wanted)| *wanted)
            .map(|(wish, _)| wish)
            .collect(),
    }
}

/// Logs of containers that ended for a reason that their status does not tell, then of containers
/// that run and are not ready, then one of a healthy Pod.
fn logs(view: &View<'_>) -> Vec<LogKey> {
    let mut seen = BTreeSet::new();
    let mut wanted = Vec::new();
    let mut add = |owner: String, key: LogKey| {
        if seen.insert((owner, key.container.clone())) {
            wanted.push(key);
        }
    };
    for end in &view.ends {
        let is_told = matches!(
            end.class,
            EndClass::OomKilled | EndClass::NeverStarted | EndClass::NodeLost
        );
        if is_told {
            continue;
        }
        let pod = end.suspect.pod;
        let status = pod
            .container_statuses()
            .find(|status| *status.name == *end.container);
        let is_over = status.is_some_and(|status| status.state.terminated.is_some());
        add(
            owner(view, pod),
            key(pod, &end.container, !is_over && end.restarts > 0),
        );
    }
    let running = view.suspects.iter().flat_map(|suspect| {
        let statuses = suspect.pod.container_statuses();
        statuses.map(move |status| (suspect.pod, status))
    });
    for (pod, status) in running {
        if status.state.running.is_some() && !status.ready {
            add(owner(view, pod), key(pod, &status.name, false));
        }
    }
    if wanted.is_empty() && view.rollouts.len() == 1 {
        let pod = view.rollouts[0].active_new_pods().next();
        let status = pod.and_then(|pod| Some((pod, pod.status.container_statuses.first()?)));
        wanted.extend(status.map(|(pod, status)| key(pod, &status.name, false)));
    }
    wanted
}

fn key(pod: &dogwatch_model::snapshot::Pod, container: &str, previous: bool) -> LogKey {
    LogKey {
        namespace: pod.meta.namespace.clone(),
        pod: pod.meta.name.clone(),
        container: container.into(),
        previous,
    }
}

fn owner(view: &View<'_>, pod: &dogwatch_model::snapshot::Pod) -> String {
    match view.rollout_of(pod) {
        Some(rollout) => rollout.object.to_string(),
        None => pod
            .meta
            .controller()
            .map_or_else(|| pod.meta.name.to_string(), |owner| owner.name.to_string()),
    }
}

/// Workloads whose Pods are not well.
fn troubled<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Meta> {
    let workloads = view.suspects.iter().filter_map(|suspect| suspect.rollout);
    workloads.filter_map(|at| Some(view.rollouts.get(at)?.meta()))
}

/// Who made the first workload that is not well. Where no Pod could be made it is the one workload
/// that was asked for.
fn maker(view: &View<'_>) -> Option<Maker> {
    let stuck = view.rollouts.iter().filter(|rollout| {
        let is_alone = view.rollouts.len() == 1;
        is_alone && (!view.rejections.is_empty() || !rollout.is_observed())
    });
    let mut metas = troubled(view).chain(stuck.map(Rollout::meta));
    metas.find_map(|meta| maker_of(view.snapshot, meta))
}

/// The release of the first workload whose Pods are not well.
fn release(view: &View<'_>) -> Option<(String, String)> {
    troubled(view).find_map(|meta| {
        let name = meta.annotations.get("meta.helm.sh/release-name")?;
        let place = meta.annotations.get("meta.helm.sh/release-namespace");
        let place = place.unwrap_or(&meta.namespace);
        // An annotation may hold anything, and this becomes part of a selector.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        name.bytes()
            .all(fits)
            .then(|| (place.to_owned(), name.to_owned()))
    })
}

/// True when a container that ends, or fails its probe, uses a ConfigMap.
fn uses_config(view: &View<'_>) -> bool {
    let ends = view.ends.iter().map(|end| end.suspect.pod);
    let probes = view.probes.iter().map(|trouble| trouble.suspect.pod);
    ends.chain(probes).any(|pod| {
        let containers = pod.spec.containers.iter();
        containers
            .flat_map(|container| configs::of_container(pod, container))
            .any(|used| used.key.0 == Kind::ConfigMap)
    })
}

fn misses_somebody(view: &View<'_>) -> bool {
    let were_read = view.snapshot.ledger.has(Source::Objects(Kind::Service));
    !view.contacts.is_empty() || !were_read && contacts::may_name_services(view)
}

fn misses_service(view: &View<'_>) -> bool {
    let mut contacts = view.contacts.iter();
    contacts.any(|contact| contact.service.is_some()) || misses_resolver(view)
}

fn misses_resolver(view: &View<'_>) -> bool {
    let mut contacts = view.contacts.iter();
    contacts.any(|contact| contact.trouble == contacts::Trouble::NoDns)
}

fn is_refused_by_webhook(view: &View<'_>) -> bool {
    let mut classes = view.rejections.iter().map(|known| known.class);
    classes.any(|class| {
        matches!(
            class,
            RejectClass::WebhookDenied
                | RejectClass::WebhookUnreachable
                | RejectClass::WebhookCert
                | RejectClass::WebhookOrphan
        )
    })
}

fn waits_for_component(view: &View<'_>) -> bool {
    let tainted = placement::with(view, Predicate::UntoleratedTaint)
        .next()
        .is_some();
    tainted
        && view.snapshot.nodes.iter().any(|node| {
            node.spec
                .taints
                .iter()
                .any(|taint| CONTROLLER_TAINTS.contains(&&*taint.key))
        })
}

/// The label selector of a workload in the API server's syntax, and the kind that carries its
/// versions. `None` when the workload is not in the snapshot.
pub fn versions_of(snapshot: &Snapshot) -> Option<(String, Kind)> {
    let view_of = |rollout: &Rollout<'_>| {
        let kind = match rollout.workload {
            Workload::Deployment(_) => Kind::ReplicaSet,
            Workload::StatefulSet(_) | Workload::DaemonSet(_) => Kind::ControllerRevision,
        };
        (rollout.workload.selector().query(), kind)
    };
    crate::rollout::rollouts(snapshot).first().map(view_of)
}
