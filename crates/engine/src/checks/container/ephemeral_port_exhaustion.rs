#![doc = include_str!("ephemeral_port_exhaustion.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// No local port is left for another connection.
#[derive(Debug)]
pub(crate) struct EphemeralPorts;

static META: Meta = Meta {
    id: CheckId::new("container/ephemeral-port-exhaustion"),
    kind: FindingKind::Container(ContainerFinding::EphemeralPorts),
    needs: sources::PODS_AND_LOGS,
    advice: &["Reuse connections, or widen net.ipv4.ip_local_port_range."],
    casebook: include_str!("ephemeral_port_exhaustion.md"),
};

impl Check for EphemeralPorts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::EphemeralPorts, report);
    }
}
