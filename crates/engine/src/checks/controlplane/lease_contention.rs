#![doc = include_str!("lease_contention.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind, Kind, ObjectRef, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// Leaders of one Lease replace each other again and again.
#[derive(Debug)]
pub(crate) struct LeaseContention;

static META: Meta = Meta {
    id: CheckId::new("controlplane/lease-contention"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::LeaseContention),
    needs: sources::EVENTS,
    advice: &[
        "Look at why leaders lose the Lease: a slow API server or etcd, throttled CPU, or two installations that share a name.",
    ],
    casebook: include_str!("lease_contention.md"),
};

impl Check for LeaseContention {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut terms: BTreeMap<(&str, &str), Vec<&Event>> = BTreeMap::new();
        for event in view
            .snapshot
            .events
            .iter()
            .filter(|event| is_election(event))
        {
            if event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, WINDOW))
            {
                let place = (&*event.involved.namespace, &*event.involved.name);
                terms.entry(place).or_default().push(event);
            }
        }
        for ((namespace, name), mut events) in terms {
            events.sort_by_key(|event| event.last_seen);
            let count: i64 = events.iter().map(|event| event.count.max(1)).sum();
            if count < MANY {
                continue;
            }
            let subject = Subject::of(ObjectRef::named(Kind::Lease, namespace, name))
                .detail(format!("{count} new leaders"))
                .since(events.first().and_then(|event| event.first_seen));
            report.found_all(
                subject,
                events.iter().rev().take(3).map(|event| cite::event(event)),
            );
        }
    }
}

/// Leaders that last change once per upgrade of each instance.
const MANY: i64 = 5;

/// The changes must lie within this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);

fn is_election(event: &Event) -> bool {
    event.reason == "LeaderElection"
        && event.involved.kind == "Lease"
        && event.message.contains("became leader")
}
