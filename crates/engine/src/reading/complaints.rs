//! Running containers that complain in their log about something they need.

use core::ptr;

use dogwatch_model::{Evidence, Severity, snapshot::Pod};

use super::logs::{self, LogClass};
use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// One complaint of one running container.
#[derive(Debug)]
pub(crate) struct Complaint<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) container: &'a str,
    pub(crate) class: LogClass,
    pub(crate) line: Evidence,
}

/// Containers that ended have findings of their own; old versions are no evidence about the new one.
pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Complaint<'a>> {
    let mut complaints = Vec::new();
    for log in view.snapshot.logs.iter().filter(|log| !log.key.previous) {
        let pod = view.snapshot.pod_named(&log.key.namespace, &log.key.pod);
        let Some(pod) = pod.filter(|pod| is_alive(view, pod)) else {
            continue;
        };
        let mut of_log = pod.container_statuses().filter(|status| {
            let is_meant = log.key.container == *status.name || log.key.container == UNTOLD;
            is_meant && status.state.running.is_some() && !has_ended(view, pod, &status.name)
        });
        let Some(status) = of_log.next() else {
            continue;
        };
        if let Some(hit) = logs::complaint(log) {
            complaints.push(Complaint {
                pod,
                container: &status.name,
                class: hit.class,
                line: cite::log(&cite::pod(pod), log, hit.line),
            });
        }
    }
    complaints
}

/// Stands for the container where a recording does not tell whose log it is.
const UNTOLD: &str = "_container";

fn is_alive(view: &View<'_>, pod: &Pod) -> bool {
    !view.is_old_version(pod) && !pod.meta.is_terminating() && !pod.is_finished()
}

fn has_ended(view: &View<'_>, pod: &Pod, container: &str) -> bool {
    let mut ends = view.ends.iter();
    ends.any(|end| ptr::eq(end.suspect.pod, pod) && end.container == container)
}

/// Reports every complaint of the wanted classes. While the Pod is Ready it is only worth knowing.
pub(crate) fn report(view: &View<'_>, wanted: impl Fn(LogClass) -> bool, report: &mut Report<'_>) {
    for complaint in view.complaints.iter().filter(|known| wanted(known.class)) {
        let severity = if complaint.pod.is_ready() {
            Severity::Info
        } else {
            Severity::Warning
        };
        let detail: String = complaint.line.value.chars().take(200).collect();
        let subject = Subject::of(cite::pod(complaint.pod))
            .container(complaint.container)
            .detail(detail)
            .severity(severity);
        report.found(subject, complaint.line.clone(), None);
    }
}
