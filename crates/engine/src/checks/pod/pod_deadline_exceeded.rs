#![doc = include_str!("pod_deadline_exceeded.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
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
        super::report_failed(view, report, |status| {
            (status.reason == "DeadlineExceeded").then(String::new)
        });
    }
}
