#![doc = include_str!("prestop_hook_failing.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The hook that runs before a container stops fails.
#[derive(Debug)]
pub(crate) struct PreStopHookFailing;

static META: Meta = Meta {
    id: CheckId::new("container/prestop-hook-failing"),
    kind: FindingKind::Container(ContainerFinding::PreStopHookFailing),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Run the command of the hook by hand in a container of the same image; it must end within the grace period.",
    ],
    casebook: include_str!("prestop_hook_failing.md"),
};

impl Check for PreStopHookFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["FailedPreStopHook"]) {
            let container = event.container().unwrap_or_default();
            let deletion = pod
                .meta
                .deletion
                .map(|at| cite::status(&cite::pod(pod), "metadata.deletionTimestamp", at));
            let subject = Subject::of(cite::pod(pod))
                .container(container)
                .since(event.first_seen);
            report.found(subject, cite::event(event), deletion);
        }
    }
}
