#![doc = include_str!("untolerated_taint.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The nodes carry a taint that the Pod does not tolerate.
#[derive(Debug)]
pub(crate) struct UntoleratedTaint;

static META: Meta = Meta {
    id: CheckId::new("scheduling/untolerated-taint"),
    kind: FindingKind::Scheduling(SchedulingFinding::UntoleratedTaint),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Find who set the taint: a condition of the node, a controller that has not finished, or a person.",
        "Do not remove the taints of controllers by hand: repair the controller.",
    ],
    casebook: include_str!("untolerated_taint.md"),
};

impl Check for UntoleratedTaint {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::UntoleratedTaint, report);
    }
}
