#![doc = include_str!("job_pod_failure_policy.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// A rule of the Job ended it at the first failure of its kind.
#[derive(Debug)]
pub(crate) struct PodFailurePolicy;

static META: Meta = Meta {
    id: CheckId::new("job/job-pod-failure-policy"),
    kind: FindingKind::Job(JobFinding::PodFailurePolicy),
    needs: sources::JOBS,
    advice: &[
        "Look at how the Pod ended that the message names; the rule in spec.podFailurePolicy calls that final.",
    ],
    casebook: include_str!("job_pod_failure_policy.md"),
};

impl Check for PodFailurePolicy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_failed(view, "PodFailurePolicy", report);
    }
}
