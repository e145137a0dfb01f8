#![doc = include_str!("thread_pid_limit.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The program cannot start another thread or process.
#[derive(Debug)]
pub(crate) struct ThreadLimit;

static META: Meta = Meta {
    id: CheckId::new("container/thread-pid-limit"),
    kind: FindingKind::Container(ContainerFinding::ThreadLimit),
    needs: sources::PODS_AND_LOGS,
    advice: &["Look at podPidsLimit of the kubelet and at how many threads the program starts."],
    casebook: include_str!("thread_pid_limit.md"),
};

impl Check for ThreadLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::Threads, report);
    }
}
