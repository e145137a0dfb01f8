#![doc = include_str!("duplicate_static_pod.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// Two files of a node define the same static Pod.
#[derive(Debug)]
pub(crate) struct DuplicateStaticPod;

static META: Meta = Meta {
    id: CheckId::new("pod/duplicate-static-pod"),
    kind: FindingKind::Pod(PodFinding::DuplicateStaticPod),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Remove the second file from the directory of static Pods."],
    casebook: include_str!("duplicate_static_pod.md"),
};

impl Check for DuplicateStaticPod {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["FailedValidation"]) {
            if pod.meta.is_terminating() || !(event.message.contains("duplicate pod name")) {
                continue;
            }
            let subject = Subject::of(cite::pod(pod)).since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}
