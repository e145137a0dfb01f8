#![doc = include_str!("apiserver_not_ready.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{components, control_plane},
    view::View,
};

/// An instance of the API server runs and says that it is not ready.
#[derive(Debug)]
pub(crate) struct ApiServerNotReady;

static META: Meta = Meta {
    id: CheckId::new("controlplane/apiserver-not-ready"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::ApiServerNotReady),
    needs: sources::PODS,
    advice: &["Ask the instance for /readyz?verbose: the failing check names what it waits for."],
    casebook: include_str!("apiserver_not_ready.md"),
};

impl Check for ApiServerNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for pod in control_plane::pods(view, "kube-apiserver") {
            let is_meant = pod.is_running()
                && components::is_down(view, pod)
                && control_plane::is_on_ready_node(view, pod);
            let since = components::unready_since(pod);
            let is_long = since.is_some_and(|at| view.now().duration_since(at) > PATIENCE);
            if !is_meant || !is_long {
                continue;
            }
            let events = view
                .pod_events(pod)
                .filter(|event| event.reason == "Unhealthy");
            let probe = events.last().map(cite::event);
            let subject = Subject::of(cite::pod(pod)).since(since);
            report.found(subject, components::state(pod), probe);
        }
    }
}

/// An instance that starts needs a minute to read what it serves.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
