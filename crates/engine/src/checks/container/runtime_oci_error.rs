#![doc = include_str!("runtime_oci_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The OCI runtime refuses to start the container.
#[derive(Debug)]
pub(crate) struct RuntimeOciError;

static META: Meta = Meta {
    id: CheckId::new("container/runtime-oci-error"),
    kind: FindingKind::Container(ContainerFinding::RuntimeOciError),
    needs: sources::PODS,
    advice: &[
        "Read the message in the evidence: mounts of a file over a directory, seccomp, cgroups and devices are the usual causes.",
    ],
    casebook: include_str!("runtime_oci_error.md"),
};

impl Check for RuntimeOciError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::OciError, report);
    }
}
