#![doc = include_str!("podnodeselector_conflict.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The node selector of the Pod conflicts with that of its Namespace.
#[derive(Debug)]
pub(crate) struct PodNodeSelectorConflict;

static META: Meta = Meta {
    id: CheckId::new("admission/podnodeselector-conflict"),
    kind: FindingKind::Admission(AdmissionFinding::PodNodeSelectorConflict),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Bring nodeSelector in line with the annotation of the Namespace."],
    casebook: include_str!("podnodeselector_conflict.md"),
};

impl Check for PodNodeSelectorConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::NodeSelectorConflict, report);
    }
}
