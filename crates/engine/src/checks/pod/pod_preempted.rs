#![doc = include_str!("pod_preempted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// A Pod of higher priority took its place.
#[derive(Debug)]
pub(crate) struct Preempted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-preempted"),
    kind: FindingKind::Pod(PodFinding::Preempted),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Compare priorities; add capacity, or give this Pod the priority it deserves."],
    casebook: include_str!("pod_preempted.md"),
};

impl Check for Preempted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_disrupted(view, report, "PreemptionByScheduler", &["Preempted"]);
        // The kubelet makes room for critical Pods by itself.
        super::report_failed(view, report, |status| {
            (status.reason == "Preempting").then(|| "by the kubelet".to_owned())
        });
    }
}
