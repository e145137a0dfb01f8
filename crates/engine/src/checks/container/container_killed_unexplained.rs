#![doc = include_str!("container_killed_unexplained.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// Something sent SIGKILL and nothing says who.
#[derive(Debug)]
pub(crate) struct KilledUnexplained;

static META: Meta = Meta {
    id: CheckId::new("container/container-killed-unexplained"),
    kind: FindingKind::Container(ContainerFinding::KilledUnexplained),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Read the kernel log of the node and the memory metrics of the container around the end.",
        "Without them OOM is a guess: the runtime did not report it.",
    ],
    casebook: include_str!("container_killed_unexplained.md"),
};

impl Check for KilledUnexplained {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::KilledUnexplained, report);
    }
}
