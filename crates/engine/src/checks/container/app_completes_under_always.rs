#![doc = include_str!("app_completes_under_always.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// The program ends normally and is restarted for ever.
#[derive(Debug)]
pub(crate) struct CompletesUnderAlways;

static META: Meta = Meta {
    id: CheckId::new("container/app-completes-under-always"),
    kind: FindingKind::Container(ContainerFinding::CompletesUnderAlways),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Run it as a Job, or correct the command so that it keeps running."],
    casebook: include_str!("app_completes_under_always.md"),
};

impl Check for CompletesUnderAlways {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::CompletesUnderAlways, report);
    }
}
