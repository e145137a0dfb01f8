#![doc = include_str!("container_create_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The runtime cannot create the container.
#[derive(Debug)]
pub(crate) struct CreateError;

static META: Meta = Meta {
    id: CheckId::new("container/container-create-error"),
    kind: FindingKind::Container(ContainerFinding::CreateError),
    needs: sources::PODS,
    advice: &[
        "Look at the container runtime of the node: a hung create keeps the container name reserved.",
    ],
    casebook: include_str!("container_create_error.md"),
};

impl Check for CreateError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::CreateError, report);
    }
}
