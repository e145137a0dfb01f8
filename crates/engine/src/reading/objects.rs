//! Every object of which metadata is known.

use std::collections::BTreeSet;

use dogwatch_model::{Kind, ObjectRef, snapshot::Meta};

use crate::{cite, view::View};

/// Objects that can be held by a finalizer without a good reason that their own state shows: a
/// claim that a Pod uses, a volume that a claim uses and a Pod that still runs have one. Namespaces
/// and definitions are judged by their conditions.
pub(crate) fn all<'a>(view: &View<'a>) -> Vec<(ObjectRef, &'a Meta)> {
    let snapshot = view.snapshot;
    let mut all: Vec<(Kind, &'a Meta)> = Vec::new();
    macro_rules! add {
        ($($list:ident $kind:ident),* $(,)?) => {
            $(all.extend(snapshot.$list.iter().map(|known| (Kind::$kind, &known.meta)));)*
        };
    }
    add!(
        services Service,
        config_maps ConfigMap,
        secrets Secret,
        service_accounts ServiceAccount,
        deployments Deployment,
        replica_sets ReplicaSet,
        stateful_sets StatefulSet,
        daemon_sets DaemonSet,
        jobs Job,
        cron_jobs CronJob,
        ingresses Ingress,
        network_policies NetworkPolicy,
        storage_classes StorageClass,
        attachments VolumeAttachment,
        api_services APIService,
        nodes Node,
    );
    all.extend(
        snapshot
            .customs
            .iter()
            .map(|known| (known.kind, &known.meta)),
    );
    let volumes = snapshot.volumes.iter();
    let unbound = volumes.filter(|volume| volume.status.phase != "Bound");
    all.extend(unbound.map(|volume| (Kind::PersistentVolume, &volume.meta)));
    let pods = snapshot.pods.iter().filter(|pod| {
        let mut statuses = pod.container_statuses();
        pod.is_finished() || statuses.all(|status| status.state.running.is_none())
    });
    all.extend(pods.map(|pod| (Kind::Pod, &pod.meta)));
    let unused = unused_claims(view);
    all.extend(
        unused
            .into_iter()
            .map(|meta| (Kind::PersistentVolumeClaim, meta)),
    );
    all.retain(|(_, meta)| meta.is_terminating());
    all.into_iter()
        .map(|(kind, meta)| (cite::object(kind, meta), meta))
        .collect()
}

/// Claims on their way out that no unfinished Pod mounts.
fn unused_claims<'a>(view: &View<'a>) -> Vec<&'a Meta> {
    let claims = view.snapshot.claims.iter().map(|claim| &claim.meta);
    let mut leaving: Vec<&'a Meta> = claims.filter(|meta| meta.is_terminating()).collect();
    if leaving.is_empty() {
        return leaving;
    }
    let pods = view.snapshot.pods.iter().filter(|pod| !pod.is_finished());
    let used: BTreeSet<(&str, &str)> = pods
        .flat_map(|pod| pod.spec.claims().map(|name| (&*pod.meta.namespace, name)))
        .collect();
    leaving.retain(|meta| !used.contains(&(&*meta.namespace, &*meta.name)));
    leaving
}
