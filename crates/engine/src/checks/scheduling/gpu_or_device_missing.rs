#![doc = include_str!("gpu_or_device_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, SchedulingFinding, Source, snapshot::Node};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node advertises the device that the Pod asks for.
#[derive(Debug)]
pub(crate) struct DeviceMissing;

static META: Meta = Meta {
    id: CheckId::new("scheduling/gpu-or-device-missing"),
    kind: FindingKind::Scheduling(SchedulingFinding::DeviceMissing),
    needs: sources::PODS_AND_NODES,
    advice: &[
        "Look at the device plugin on the nodes that should have the device, or add such nodes.",
    ],
    casebook: include_str!("gpu_or_device_missing.md"),
};

impl Check for DeviceMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let nodes = Source::Objects(Kind::Node);
        for (unplaced, reason) in placement::with(view, Predicate::InsufficientExtendedResource) {
            if !view.snapshot.ledger.is_complete(nodes) {
                report.undecided(unplaced.suspect.object.clone(), nodes);
                continue;
            }
            let has = |node: &Node| {
                node.status
                    .allocatable
                    .get(&reason.name)
                    .is_some_and(|amount| amount.milli() > 0)
            };
            if view.snapshot.nodes.iter().any(has) {
                continue;
            }
            let count = view.snapshot.nodes.len();
            let none = cite::status(
                &unplaced.suspect.object,
                "nodes",
                format!("none of {count} nodes advertises {}", reason.name),
            );
            let subject = placement::subject(unplaced, reason);
            report.found_all(subject, unplaced.evidence.iter().cloned().chain([none]));
        }
        placement::undecided(view, report);
    }
}
