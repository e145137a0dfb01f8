#![doc = include_str!("pod_gc_orphan.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// The Pod was removed because its node is gone.
#[derive(Debug)]
pub(crate) struct GarbageCollected;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-gc-orphan"),
    kind: FindingKind::Pod(PodFinding::GarbageCollected),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Nothing for the Pod; look at why the node went."],
    casebook: include_str!("pod_gc_orphan.md"),
};

impl Check for GarbageCollected {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_disrupted(view, report, "DeletionByPodGC", &[]);
    }
}
