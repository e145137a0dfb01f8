#![doc = include_str!("job_indexes.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// An index of the Job failed for good.
#[derive(Debug)]
pub(crate) struct FailedIndexes;

static META: Meta = Meta {
    id: CheckId::new("job/job-indexes"),
    kind: FindingKind::Job(JobFinding::FailedIndexes),
    needs: sources::JOBS,
    advice: &["Look at how the Pods of the failed indexes ended; status.failedIndexes names them."],
    casebook: include_str!("job_indexes.md"),
};

impl Check for FailedIndexes {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for reason in ["FailedIndexes", "MaxFailedIndexesExceeded"] {
            super::report_failed(view, reason, report);
        }
    }
}
