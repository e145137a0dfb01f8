#![doc = include_str!("oom_killed_container.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// The kernel killed the container for want of memory.
#[derive(Debug)]
pub(crate) struct OomKilled;

static META: Meta = Meta {
    id: CheckId::new("container/oom-killed-container"),
    kind: FindingKind::Container(ContainerFinding::OomKilled),
    needs: sources::PODS,
    advice: &[
        "Compare the working set with the memory limit over time: a steady rise is a leak, a step is load or a new version.",
        "Raise the limit within what nodes and quota allow, or roll back when the trouble began with a new version.",
    ],
    casebook: include_str!("oom_killed_container.md"),
};

impl Check for OomKilled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::OomKilled, report);
    }
}
