#![doc = include_str!("run_container_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The runtime cannot start the container.
#[derive(Debug)]
pub(crate) struct RunError;

static META: Meta = Meta {
    id: CheckId::new("container/run-container-error"),
    kind: FindingKind::Container(ContainerFinding::RunError),
    needs: sources::PODS,
    advice: &["Read the message in the evidence; look at the runtime of the node."],
    casebook: include_str!("run_container_error.md"),
};

impl Check for RunError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::RunError, report);
    }
}
