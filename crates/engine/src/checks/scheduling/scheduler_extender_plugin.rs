#![doc = include_str!("scheduler_extender_plugin.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        gangs,
        placement::{self, Predicate},
    },
    view::View,
};

/// A plugin holds the Pod back until its whole group can run.
#[derive(Debug)]
pub(crate) struct ExtenderPlugin;

static META: Meta = Meta {
    id: CheckId::new("scheduling/scheduler-extender-plugin"),
    kind: FindingKind::Scheduling(SchedulingFinding::ExtenderPlugin),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare the least number of members of the group with its Pods and with the room for all of them at once.",
    ],
    casebook: include_str!("scheduler_extender_plugin.md"),
};

impl Check for ExtenderPlugin {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (unplaced, reason) in placement::with(view, Predicate::Gang) {
            let pod = unplaced.suspect.pod;
            let group = gangs::group(pod).map(|group| gangs::state(view, pod, group));
            let facts = unplaced.evidence.iter().cloned().chain(group.flatten());
            report.found_all(placement::subject(unplaced, reason), facts);
        }
        placement::undecided(view, report);
    }
}
