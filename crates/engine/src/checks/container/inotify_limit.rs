#![doc = include_str!("inotify_limit.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The node has no watch on files left for the program.
#[derive(Debug)]
pub(crate) struct InotifyLimit;

static META: Meta = Meta {
    id: CheckId::new("container/inotify-limit"),
    kind: FindingKind::Container(ContainerFinding::InotifyLimit),
    needs: sources::PODS_AND_LOGS,
    advice: &["Raise fs.inotify.max_user_instances and max_user_watches on the node."],
    casebook: include_str!("inotify_limit.md"),
};

impl Check for InotifyLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::Inotify, report);
    }
}
