#![doc = include_str!("app_port_in_use.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        ends::{self, EndClass},
        logs::LogClass,
    },
    view::View,
};

/// The port that the program wants is taken.
#[derive(Debug)]
pub(crate) struct AppPortInUse;

static META: Meta = Meta {
    id: CheckId::new("container/app-port-in-use"),
    kind: FindingKind::Container(ContainerFinding::AppPortInUse),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look for a second container of the Pod with the same port, or a host network Pod on the node.",
    ],
    casebook: include_str!("app_port_in_use.md"),
};

impl Check for AppPortInUse {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::PortInUse), report);
    }
}
