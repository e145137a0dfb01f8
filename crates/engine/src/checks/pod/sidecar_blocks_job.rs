#![doc = include_str!("sidecar_blocks_job.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, PodFinding,
    snapshot::{ContainerStatus, Terminated},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The work of the Job is done, and another container keeps its Pod alive.
#[derive(Debug)]
pub(crate) struct SidecarBlocksJob;

static META: Meta = Meta {
    id: CheckId::new("pod/sidecar-blocks-job"),
    kind: FindingKind::Pod(PodFinding::SidecarBlocksJob),
    needs: sources::PODS,
    advice: &[
        "Make the companion a native sidecar: an init container with restartPolicy Always ends with the others. Else tell it to stop when the work is done.",
    ],
    casebook: include_str!("sidecar_blocks_job.md"),
};

impl Check for SidecarBlocksJob {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let owner = pod
                .meta
                .controller()
                .filter(|owner| owner.kind == Kind::Job.name());
            let Some(owner) = owner.filter(|_| !pod.meta.is_terminating()) else {
                continue;
            };
            let statuses = &pod.status.container_statuses;
            let done = statuses
                .iter()
                .filter_map(|status| Some((status, succeeded(status)?)));
            let Some((first, end)) = done.max_by_key(|(_, end)| end.finished_at) else {
                continue;
            };
            let others = statuses.iter().filter(|status| succeeded(status).is_none());
            let others: Vec<_> = others.collect();
            let all_run = others.iter().all(|status| status.state.running.is_some());
            let Some(other) = others
                .first()
                .filter(|_| all_run && has_outlived(view, end))
            else {
                continue;
            };
            let running = other
                .state
                .running
                .as_ref()
                .and_then(|running| running.started_at);
            let field = format!("{}.state.running", other.name);
            let state = running.map_or_else(String::new, |at| format!("since {at}"));
            let facts = [
                cite::status(&suspect.object, &field, state),
                cite::spec(
                    &suspect.object,
                    "metadata.ownerReferences",
                    format!("Job/{}", owner.name),
                ),
            ];
            let subject = Subject::of(suspect.object.clone())
                .container(&other.name)
                .since(end.finished_at);
            let field = "state.terminated";
            let end = cite::terminated(&suspect.object, &first.name, field, end);
            report.found(subject, end, facts);
        }
    }
}

/// Some companions end a little later by themselves.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

fn succeeded(status: &ContainerStatus) -> Option<&Terminated> {
    let end = status.state.terminated.as_deref();
    end.filter(|end| end.exit_code == 0)
}

/// True when more time has passed since the end than the container that ended had run for.
fn has_outlived(view: &View<'_>, end: &Terminated) -> bool {
    let Some(finished) = end.finished_at else {
        return false;
    };
    let begun = end.started_at.unwrap_or(finished);
    let since = view.now().duration_since(finished);
    since >= PATIENCE.max(finished.duration_since(begun))
}
