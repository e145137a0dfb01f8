#![doc = include_str!("app_error_logged.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind, Severity};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::logs::{self, LogClass},
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
        for pod in view
            .snapshot
            .pods
            .iter()
            .filter(|pod| !view.is_old_version(pod))
        {
            for status in &pod.status.container_statuses {
                // A container that ended has its own finding.
                let is_ended = view.ends.iter().any(|end| {
                    end.suspect.pod.meta.uid == pod.meta.uid && end.container == *status.name
                });
                let logged = logs::reason_in_logs(view, pod, &status.name).filter(|hit| {
                    matches!(hit.class, LogClass::Dependency | LogClass::Certificate)
                });
                let Some(hit) = logged.filter(|_| !is_ended) else {
                    continue;
                };
                let object = cite::pod(pod);
                let fact = cite::log(&object, hit.log, hit.line);
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
