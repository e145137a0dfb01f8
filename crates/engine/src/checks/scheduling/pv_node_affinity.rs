#![doc = include_str!("pv_node_affinity.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The volume can be used on other nodes only.
#[derive(Debug)]
pub(crate) struct PvNodeAffinity;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pv-node-affinity"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvNodeAffinity),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at the node affinity of the PersistentVolume: the node it names may be gone or full.",
    ],
    casebook: include_str!("pv_node_affinity.md"),
};

impl Check for PvNodeAffinity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvNodeAffinity, report);
    }
}
