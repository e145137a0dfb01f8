#![doc = include_str!("pod_deadline_exceeded.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Pod ran longer than its deadline.
#[derive(Debug)]
pub(crate) struct DeadlineExceeded;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-deadline-exceeded"),
    kind: FindingKind::Pod(PodFinding::DeadlineExceeded),
    needs: sources::PODS,
    advice: &["Raise activeDeadlineSeconds or make the work shorter."],
    casebook: include_str!("pod_deadline_exceeded.md"),
};

impl Check for DeadlineExceeded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let status = &suspect.pod.status;
            if !(status.phase == "Failed" && status.reason == "DeadlineExceeded") {
                continue;
            }
            let subject = Subject::of(suspect.object.clone())
                .detail(String::new())
                .since(suspect.pod.begun());
            let state = format!("{}/{}: {}", status.phase, status.reason, status.message);
            let disruption = suspect
                .pod
                .condition("DisruptionTarget")
                .filter(|known| known.is_true());
            let facts = disruption.map(|known| cite::condition(&suspect.object, known));
            report.found(
                subject,
                cite::status(&suspect.object, "status.phase", state),
                facts,
            );
        }
    }
}
