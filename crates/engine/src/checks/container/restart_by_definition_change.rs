#![doc = include_str!("restart_by_definition_change.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The container was restarted because its definition was changed in place.
#[derive(Debug)]
pub(crate) struct DefinitionChanged;

static META: Meta = Meta {
    id: CheckId::new("container/restart-by-definition-change"),
    kind: FindingKind::Container(ContainerFinding::DefinitionChanged),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Nothing; who changed the Pod knows why."],
    casebook: include_str!("restart_by_definition_change.md"),
};

impl Check for DefinitionChanged {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["Killing"]) {
            if pod.meta.is_terminating() || !(event.message.contains("definition changed")) {
                continue;
            }
            let subject = Subject::of(cite::pod(pod))
                .since(event.first_seen)
                .container(event.container().unwrap_or_default());
            report.found(subject, cite::event(event), None);
        }
    }
}
