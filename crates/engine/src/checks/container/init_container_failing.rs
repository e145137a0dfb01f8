#![doc = include_str!("init_container_failing.md")]

use dogwatch_model::{
    CheckId, ContainerFinding, FindingKind,
    snapshot::{Condition, Container},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::ends::End,
    view::View,
};

/// An init container fails, so the application never starts.
#[derive(Debug)]
pub(crate) struct InitContainerFailing;

static META: Meta = Meta {
    id: CheckId::new("container/init-container-failing"),
    kind: FindingKind::Container(ContainerFinding::InitContainerFailing),
    needs: sources::PODS,
    advice: &["Repair the init container: its own finding says why it ended."],
    casebook: include_str!("init_container_failing.md"),
};

impl Check for InitContainerFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for end in view
            .ends
            .iter()
            .filter(|end| end.is_init && holds_back(end))
        {
            let subject = Subject::of(end.suspect.object.clone())
                .container(&end.container)
                .since(end.since);
            let initialized = end
                .suspect
                .pod
                .condition("Initialized")
                .filter(|known| !known.is_true());
            let facts = initialized.map(|known| cite::condition(&end.suspect.object, known));
            report.found_all(
                subject,
                facts
                    .into_iter()
                    .chain(end.evidence.iter().take(2).cloned()),
            );
        }
    }
}

/// A sidecar that fails after the application was started holds nothing back.
fn holds_back(end: &End<'_>) -> bool {
    let pod = end.suspect.pod;
    let container = pod.spec.container(&end.container);
    let is_sidecar = container.is_some_and(Container::is_sidecar);
    let is_done = pod.condition("Initialized").is_some_and(Condition::is_true);
    !(is_sidecar && is_done)
}
