#![doc = include_str!("container_permission_denied.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        ends::{self, EndClass},
        logs::LogClass,
        starts::{self, StartClass},
    },
    view::View,
};

/// The command of the container may not be executed.
#[derive(Debug)]
pub(crate) struct PermissionDenied;

static META: Meta = Meta {
    id: CheckId::new("container/container-permission-denied"),
    kind: FindingKind::Container(ContainerFinding::PermissionDenied),
    needs: sources::PODS_AND_LOGS,
    advice: &["Make the file executable in the image, or correct runAsUser."],
    casebook: include_str!("container_permission_denied.md"),
};

impl Check for PermissionDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::PermissionDenied), report);
        starts::report(view, StartClass::PermissionDenied, report);
    }
}
