#![doc = include_str!("pod_evicted_ephemeral_limit.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Pod used more ephemeral storage than its limit.
#[derive(Debug)]
pub(crate) struct EvictedEphemeralLimit;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-evicted-ephemeral-limit"),
    kind: FindingKind::Pod(PodFinding::EvictedEphemeralLimit),
    needs: sources::PODS,
    advice: &["Rotate logs or raise the limit."],
    casebook: include_str!("pod_evicted_ephemeral_limit.md"),
};

impl Check for EvictedEphemeralLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let status = &suspect.pod.status;
            if !(status.phase == "Failed"
                && status.reason == "Evicted"
                && (status.message.contains("ephemeral") && status.message.contains("limit")
                    || status.message.contains("EmptyDir volume")))
            {
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
