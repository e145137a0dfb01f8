#![doc = include_str!("descheduler_evict.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, DisruptionFinding, FindingKind, Kind, ObjectRef, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// The descheduler evicts Pods of one workload again and again.
#[derive(Debug)]
pub(crate) struct DeschedulerEvict;

static META: Meta = Meta {
    id: CheckId::new("disruption/descheduler-evict"),
    kind: FindingKind::Disruption(DisruptionFinding::DeschedulerEvict),
    needs: sources::EVENTS,
    advice: &[
        "Compare the policy of the descheduler with what the scheduler does: they should not fight.",
    ],
    casebook: include_str!("descheduler_evict.md"),
};

impl Check for DeschedulerEvict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut evicted: BTreeMap<(&str, &str), Vec<&Event>> = BTreeMap::new();
        for event in view.snapshot.events.iter().filter(|event| is_meant(event)) {
            if event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, WINDOW))
            {
                // The Pod is gone: its name begins with that of its owner.
                let name = &*event.involved.name;
                let owner = name.rsplit_once('-').map_or(name, |(owner, _)| owner);
                let place = (&*event.involved.namespace, owner);
                evicted.entry(place).or_default().push(event);
            }
        }
        for ((namespace, owner), mut events) in evicted {
            if events.len() < MANY {
                continue;
            }
            events.sort_by_key(|event| event.last_seen);
            let set = view
                .snapshot
                .replica_sets
                .iter()
                .find(|set| set.meta.name == *owner && set.meta.namespace == *namespace);
            let object = match set {
                Some(set) => cite::object(Kind::ReplicaSet, &set.meta),
                None => ObjectRef::named(Kind::ReplicaSet, namespace, owner),
            };
            let subject = Subject::of(object)
                .detail(format!("{} evictions", events.len()))
                .since(events.first().and_then(|event| event.last_seen));
            report.found_all(
                subject,
                events.iter().rev().take(3).map(|event| cite::event(event)),
            );
        }
    }
}

/// A balanced cluster evicts a Pod of a workload now and then.
const MANY: usize = 3;

/// The evictions must lie within this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);

fn is_meant(event: &Event) -> bool {
    let is_signed = event.component == "sigs.k8s.io/descheduler";
    event.involved.kind == "Pod"
        && (is_signed || event.message.contains("by sigs.k8s.io/descheduler"))
}
