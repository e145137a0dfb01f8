#![doc = include_str!("hostname_subdomain_invalid.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The host name or subdomain of the Pod is no valid DNS label.
#[derive(Debug)]
pub(crate) struct HostnameInvalid;

static META: Meta = Meta {
    id: CheckId::new("pod/hostname-subdomain-invalid"),
    kind: FindingKind::Pod(PodFinding::HostnameInvalid),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Correct spec.hostname or spec.subdomain."],
    casebook: include_str!("hostname_subdomain_invalid.md"),
};

impl Check for HostnameInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["FailedValidation"]) {
            if pod.meta.is_terminating() || !(names_host(&event.message)) {
                continue;
            }
            let subject = Subject::of(cite::pod(pod)).since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}

fn names_host(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    lower.contains("hostname") || lower.contains("subdomain")
}
