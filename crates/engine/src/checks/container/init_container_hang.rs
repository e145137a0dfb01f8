#![doc = include_str!("init_container_hang.md")]

use dogwatch_model::{CheckId, ContainerFinding, Evidence, FindingKind, snapshot::Container};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{Suspect, View},
};

/// An init container has been running for long.
#[derive(Debug)]
pub(crate) struct InitContainerHang;

static META: Meta = Meta {
    id: CheckId::new("container/init-container-hang"),
    kind: FindingKind::Container(ContainerFinding::InitContainerHang),
    needs: sources::PODS,
    advice: &["Read its log: it usually waits for a Service, a name or a lock."],
    casebook: include_str!("init_container_hang.md"),
};

impl Check for InitContainerHang {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let staying = view
            .suspects
            .iter()
            .filter(|known| !known.pod.meta.is_terminating());
        for suspect in staying {
            for status in &suspect.pod.status.init_container_statuses {
                let container = suspect.pod.spec.container(&status.name);
                let is_sidecar = container.is_some_and(Container::is_sidecar);
                let running = status.state.running.as_ref();
                let begun = running.and_then(|running| running.started_at);
                let Some(begun) = begun.filter(|_| !is_sidecar) else {
                    continue;
                };
                if view.now().duration_since(begun) <= PATIENCE {
                    continue;
                }
                let subject = Subject::of(suspect.object.clone())
                    .container(&status.name)
                    .since(Some(begun));
                let field = format!("{}.state.running.startedAt", status.name);
                let mut complaints = view.complaints.iter();
                let complaint = complaints.find(|known| {
                    core::ptr::eq(known.pod, suspect.pod) && known.container == &*status.name
                });
                report.found(
                    subject,
                    cite::status(&suspect.object, &field, begun),
                    command(suspect, container)
                        .into_iter()
                        .chain(complaint.map(|known| known.line.clone())),
                );
            }
        }
    }
}

/// What the container runs: often the name of what it waits for.
fn command(suspect: &Suspect<'_>, container: Option<&Container>) -> Option<Evidence> {
    let container = container?;
    let words: Vec<&str> = container
        .command
        .iter()
        .chain(&container.args)
        .map(|word| &**word)
        .collect();
    let field = format!("{}.command", container.name);
    (!words.is_empty()).then(|| cite::spec(&suspect.object, &field, words.join(" ")))
}

/// Longer than a reasonable preparation.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
