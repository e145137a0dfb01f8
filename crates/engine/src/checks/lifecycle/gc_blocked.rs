#![doc = include_str!("gc_blocked.md")]

use std::collections::BTreeSet;

use dogwatch_model::{
    CheckId, FindingKind, Kind, LifecycleFinding, Source,
    snapshot::{Meta as ObjectMeta, Pod},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Pods outlive the owner that they belonged to: nobody collects garbage.
#[derive(Debug)]
pub(crate) struct GarbageLeft;

static META: Meta = Meta {
    id: CheckId::new("lifecycle/gc-blocked"),
    kind: FindingKind::Lifecycle(LifecycleFinding::GarbageLeft),
    needs: sources::PODS_AND_LEASES,
    advice: &["Bring the controller manager back."],
    casebook: include_str!("gc_blocked.md"),
};

impl Check for GarbageLeft {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let sets = Source::Objects(Kind::ReplicaSet);
        let Some((lease, renewed)) = silent_lease(view) else {
            return;
        };
        let mut orphans = view.snapshot.pods.iter().filter(|pod| {
            let owner = pod.meta.controller();
            owner
                .is_some_and(|owner| owner.kind == Kind::ReplicaSet.name() && !owner.uid.is_empty())
        });
        let known: BTreeSet<_> = view
            .snapshot
            .replica_sets
            .iter()
            .map(|set| &set.meta.uid)
            .collect();
        let is_orphan = |pod: &&Pod| {
            let owner = pod.meta.controller();
            owner.is_some_and(|owner| !known.contains(&owner.uid))
        };
        let Some(pod) = orphans.find(is_orphan) else {
            return;
        };
        let object = cite::object(Kind::Lease, lease);
        if !view.snapshot.ledger.is_complete(sets) {
            report.undecided(object, sets);
            return;
        }
        let owner = pod.meta.controller().map_or("", |owner| &owner.name);
        let words = format!("ReplicaSet/{owner}, and there is no such ReplicaSet");
        let fact = cite::spec(&cite::pod(pod), "metadata.ownerReferences", words);
        let lease = cite::status_at(&object, "spec.renewTime", renewed, Some(renewed));
        report.found(Subject::of(object).since(Some(renewed)), lease, [fact]);
    }
}

/// The Lease is renewed every few seconds.
const SILENCE: SignedDuration = SignedDuration::from_mins(1);

fn silent_lease<'a>(view: &View<'a>) -> Option<(&'a ObjectMeta, Timestamp)> {
    let mut leases = view.snapshot.leases.iter();
    let lease = leases.find(|lease| {
        lease.meta.name == "kube-controller-manager" && lease.meta.namespace == "kube-system"
    })?;
    let renewed = lease.spec.renew_time?;
    let silent = view.now().duration_since(renewed);
    (silent > SILENCE).then_some((&lease.meta, renewed))
}
