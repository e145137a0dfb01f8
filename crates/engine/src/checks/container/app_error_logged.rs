#![doc = include_str!("app_error_logged.md")]

use core::ptr;

use dogwatch_model::{CheckId, ContainerFinding, FindingKind, Severity, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::logs,
    view::View,
};

/// The application logs that something it needs does not answer.
#[derive(Debug)]
pub(crate) struct AppErrorLogged;

static META: Meta = Meta {
    id: CheckId::new("container/app-error-logged"),
    kind: FindingKind::Container(ContainerFinding::AppErrorLogged),
    needs: sources::PODS_AND_LOGS,
    advice: &["Follow the host, port or name of the log line."],
    casebook: include_str!("app_error_logged.md"),
};

impl Check for AppErrorLogged {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for pod in view.snapshot.pods.iter().filter(|pod| is_alive(view, pod)) {
            for status in pod.container_statuses() {
                // A container that ended has its own finding.
                let is_ended = view
                    .ends
                    .iter()
                    .any(|end| ptr::eq(end.suspect.pod, pod) && end.container == *status.name);
                if is_ended || status.state.running.is_none() {
                    continue;
                }
                let object = cite::pod(pod);
                let complaint = logs::complaint(view, pod, &status.name)
                    .and_then(|hit| Some(cite::log(&object, hit.log?, hit.line)));
                let Some(fact) = complaint else { continue };
                let severity = if pod.is_ready() {
                    Severity::Info
                } else {
                    Severity::Warning
                };
                let subject = Subject::of(object)
                    .container(&status.name)
                    .detail(fact.value.chars().take(200).collect::<String>())
                    .severity(severity);
                report.found(subject, fact, None);
            }
        }
    }
}

fn is_alive(view: &View<'_>, pod: &Pod) -> bool {
    !view.is_old_version(pod) && !pod.meta.is_terminating() && !pod.is_finished()
}
