#![doc = include_str!("namespace_terminating.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The Namespace is being deleted.
#[derive(Debug)]
pub(crate) struct NamespaceTerminating;

static META: Meta = Meta {
    id: CheckId::new("admission/namespace-terminating"),
    kind: FindingKind::Admission(AdmissionFinding::NamespaceTerminating),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Nothing new can be created there; deploy elsewhere, or find out who deleted it."],
    casebook: include_str!("namespace_terminating.md"),
};

impl Check for NamespaceTerminating {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::NamespaceTerminating, report);
    }
}
