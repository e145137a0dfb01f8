#![doc = include_str!("ca_node_not_registered.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, placement, scaleups},
    view::View,
};

/// The cluster autoscaler had a machine made, and no node joined.
#[derive(Debug)]
pub(crate) struct CaNodeNotRegistered;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/ca-node-not-registered"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CaNodeNotRegistered),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at the machine at the provider: its boot log, the network to the API server, and the token with which it joins.",
    ],
    casebook: include_str!("ca_node_not_registered.md"),
};

impl Check for CaNodeNotRegistered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in view
            .suspects
            .iter()
            .filter(|known| placement::is_waiting(known))
        {
            let said = scaleups::newest(view, suspect.pod);
            let said = said.filter(|event| event.reason == scaleups::TRIGGERED);
            let Some((event, asked)) = said.and_then(|event| Some((event, event.last_seen?)))
            else {
                continue;
            };
            if view.now().duration_since(asked) < PATIENCE {
                continue;
            }
            let mut nodes = view.snapshot.nodes.iter();
            if nodes.any(|node| node.meta.created.is_some_and(|made| made >= asked)) {
                continue;
            }
            if !absence::is_proven(&view.snapshot.ledger, Kind::Node, "") {
                report.undecided(suspect.object.clone(), Source::Objects(Kind::Node));
                continue;
            }
            let subject = Subject::of(suspect.object.clone()).since(Some(asked));
            let none = cite::status(&suspect.object, "nodes made since", 0);
            report.found(subject, cite::event(event), [none]);
        }
        for event in scaleups::newest_per_object(view, REASONS, DONE) {
            let fact = cite::event(event);
            let subject = Subject::of(fact.object.clone())
                .detail(&*event.reason)
                .since(event.first_seen);
            report.found(subject, fact, None);
        }
    }
}

/// As long as the autoscaler waits for a machine to join.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

const REASONS: &[&str] = &[
    "ScaleUpTimedOut",
    "DeleteUnregistered",
    "DeleteUnregisteredFailed",
];

/// A success of the same producer.
const DONE: &[&str] = &["ScaledUpGroup"];
