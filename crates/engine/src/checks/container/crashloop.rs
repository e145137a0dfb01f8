#![doc = include_str!("crashloop.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The container is restarted again and again.
#[derive(Debug)]
pub(crate) struct CrashLoop;

static META: Meta = Meta {
    id: CheckId::new("container/crashloop"),
    kind: FindingKind::Container(ContainerFinding::CrashLoop),
    needs: sources::PODS,
    advice: &["The back-off is a timer, not a cause: look at how the container ended."],
    casebook: include_str!("crashloop.md"),
};

impl Check for CrashLoop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for end in &view.ends {
            let is_often = end.restarts >= 3;
            if !end.is_looping && !is_often {
                continue;
            }
            let subject = Subject::of(end.suspect.object.clone())
                .container(&end.container)
                .detail(format!("{} restarts", end.restarts))
                .since(end.since);
            let field = format!("{}.restartCount", end.container);
            let count = cite::status(&end.suspect.object, &field, end.restarts);
            let state = end
                .evidence
                .iter()
                .filter(|fact| fact.field.ends_with("state.waiting") || fact.field == "BackOff");
            report.found(subject, count, state.cloned());
        }
    }
}
