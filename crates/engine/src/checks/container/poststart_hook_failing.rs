#![doc = include_str!("poststart_hook_failing.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The postStart hook fails and the container is killed.
#[derive(Debug)]
pub(crate) struct PostStartHookFailing;

static META: Meta = Meta {
    id: CheckId::new("container/poststart-hook-failing"),
    kind: FindingKind::Container(ContainerFinding::PostStartHookFailing),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Run the hook by hand in a copy of the container; correct it in the template."],
    casebook: include_str!("poststart_hook_failing.md"),
};

impl Check for PostStartHookFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::PostStartHook, report);
    }
}
