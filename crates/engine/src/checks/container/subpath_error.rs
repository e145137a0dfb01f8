#![doc = include_str!("subpath_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The subPath of a volume mount cannot be prepared.
#[derive(Debug)]
pub(crate) struct SubPathError;

static META: Meta = Meta {
    id: CheckId::new("container/subpath-error"),
    kind: FindingKind::Container(ContainerFinding::SubPathError),
    needs: sources::PODS,
    advice: &[
        "Check that the path exists in the volume and is of the expected kind (file or directory).",
    ],
    casebook: include_str!("subpath_error.md"),
};

impl Check for SubPathError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::SubPath, report);
    }
}
