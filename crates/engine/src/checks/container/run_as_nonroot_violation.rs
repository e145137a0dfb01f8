#![doc = include_str!("run_as_nonroot_violation.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The image runs as root and the Pod forbids it.
#[derive(Debug)]
pub(crate) struct RunAsNonRootViolation;

static META: Meta = Meta {
    id: CheckId::new("container/run-as-nonroot-violation"),
    kind: FindingKind::Container(ContainerFinding::RunAsNonRootViolation),
    needs: sources::PODS,
    advice: &["Set a numeric runAsUser, or build the image with a numeric USER."],
    casebook: include_str!("run_as_nonroot_violation.md"),
};

impl Check for RunAsNonRootViolation {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::RunAsNonRoot, report);
    }
}
