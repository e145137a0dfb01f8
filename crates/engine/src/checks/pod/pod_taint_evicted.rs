#![doc = include_str!("pod_taint_evicted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// A NoExecute taint drove the Pod away.
#[derive(Debug)]
pub(crate) struct TaintEvicted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-taint-evicted"),
    kind: FindingKind::Pod(PodFinding::TaintEvicted),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the node: the taint is not-ready or unreachable in most cases."],
    casebook: include_str!("pod_taint_evicted.md"),
};

impl Check for TaintEvicted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_disrupted(
            view,
            report,
            "DeletionByTaintManager",
            &["TaintManagerEviction"],
        );
    }
}
