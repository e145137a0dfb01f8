#![doc = include_str!("kube_scheduler_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind, snapshot::Pod};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        control_plane::{self, Signs},
        placement,
    },
    view::View,
};

/// The kube-scheduler does not work.
#[derive(Debug)]
pub(crate) struct SchedulerDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/kube-scheduler-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::SchedulerDown),
    needs: sources::LEASES,
    advice: &["Look at the kube-scheduler: its Pod, its log and its certificates."],
    casebook: include_str!("kube_scheduler_down.md"),
};

impl Check for SchedulerDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let placed = view
            .snapshot
            .pods
            .iter()
            .filter_map(|pod| pod.condition("PodScheduled"));
        let waiting = view
            .suspects
            .iter()
            .filter(|suspect| placement::is_waiting(suspect));
        let signs = Signs {
            // A Pod that is turned down was looked at too.
            worked: placed.map(|known| known.since).max().flatten(),
            is_awaited: waiting
                .filter(|suspect| suspect.pod.condition("PodScheduled").is_none())
                .any(|suspect| is_overdue(view, suspect.pod)),
        };
        control_plane::report_silent(view, "kube-scheduler", signs, report);
    }
}

/// A scheduler that is alive looks at a Pod within seconds.
fn is_overdue(view: &View<'_>, pod: &Pod) -> bool {
    const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
    let created = pod.meta.created;
    created.is_some_and(|at| view.now().duration_since(at) > PATIENCE)
}
