#![doc = include_str!("insufficient_extended_resource.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, SchedulingFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The nodes have the device, and all of it is taken.
#[derive(Debug)]
pub(crate) struct InsufficientExtendedResource;

static META: Meta = Meta {
    id: CheckId::new("scheduling/insufficient-extended-resource"),
    kind: FindingKind::Scheduling(SchedulingFinding::InsufficientExtendedResource),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Free devices, or add nodes that have them."],
    casebook: include_str!("insufficient_extended_resource.md"),
};

impl Check for InsufficientExtendedResource {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (unplaced, reason) in placement::with(view, Predicate::InsufficientExtendedResource) {
            let is_advertised = view.snapshot.nodes.iter().any(|node| {
                node.status
                    .allocatable
                    .get(&reason.name)
                    .is_some_and(|amount| amount.milli() > 0)
            });
            let knows_nodes = view
                .snapshot
                .ledger
                .is_complete(Source::Objects(Kind::Node));
            if knows_nodes && !is_advertised {
                continue;
            }
            let subject = placement::subject(unplaced, reason);
            report.found_all(subject, unplaced.evidence.iter().cloned());
        }
        placement::undecided(view, report);
    }
}
