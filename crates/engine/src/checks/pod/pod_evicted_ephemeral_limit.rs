#![doc = include_str!("pod_evicted_ephemeral_limit.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::Pattern,
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
        super::report_failed(view, report, |status| {
            let is_limit = status.reason == "Evicted" && LIMIT.is_match(&status.message);
            is_limit.then(|| status.message.trim().trim_end_matches('.').to_owned())
        });
    }
}

/// A container, the sum of all, or an emptyDir.
static LIMIT: Pattern = Pattern::new(
    "exceeded its local ephemeral storage limit|storage usage exceeds the total limit of containers|Usage of EmptyDir volume",
);
