#![doc = include_str!("container_command_not_found.md")]

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

/// The command of the container is not in the image.
#[derive(Debug)]
pub(crate) struct CommandNotFound;

static META: Meta = Meta {
    id: CheckId::new("container/container-command-not-found"),
    kind: FindingKind::Container(ContainerFinding::CommandNotFound),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Correct `command` or `args`, or the image that should hold the program.",
        "When the old version still serves, roll back.",
    ],
    casebook: include_str!("container_command_not_found.md"),
};

impl Check for CommandNotFound {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::CommandNotFound), report);
        starts::report(view, StartClass::CommandNotFound, report);
    }
}
