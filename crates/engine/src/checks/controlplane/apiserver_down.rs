#![doc = include_str!("apiserver_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind, Severity};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{components, control_plane},
    view::View,
};

/// An instance of the API server does not run.
#[derive(Debug)]
pub(crate) struct ApiServerDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/apiserver-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::ApiServerDown),
    needs: sources::PODS,
    advice: &[
        "Look at the log of the instance on its node, and at etcd and the certificates that it needs.",
    ],
    casebook: include_str!("apiserver_down.md"),
};

impl Check for ApiServerDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let pods = control_plane::pods(view, "kube-apiserver");
        let others = pods.iter().filter(|pod| pod.is_ready()).count();
        for pod in &pods {
            let runs = pod.is_running();
            if runs
                || !components::is_down(view, pod)
                || !control_plane::is_on_ready_node(view, pod)
            {
                continue;
            }
            let mut subject = Subject::of(cite::pod(pod))
                .detail(format!("{others} of {} instances ready", pods.len()))
                .since(components::unready_since(pod));
            if others > 0 {
                subject = subject.severity(Severity::Warning);
            }
            report.found(subject, components::state(pod), None);
        }
    }
}
