#![doc = include_str!("graceful_stop_timeout.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// The container was asked to stop.
#[derive(Debug)]
pub(crate) struct GracefulStopTimeout;

static META: Meta = Meta {
    id: CheckId::new("container/graceful-stop-timeout"),
    kind: FindingKind::Container(ContainerFinding::GracefulStopTimeout),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "When it ends with 137, handle SIGTERM in the program or lengthen terminationGracePeriodSeconds.",
    ],
    casebook: include_str!("graceful_stop_timeout.md"),
};

impl Check for GracefulStopTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::GraceExpired, report);
    }
}
