#![doc = include_str!("init_container_hang.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
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
        for suspect in &view.suspects {
            for status in &suspect.pod.status.init_container_statuses {
                let Some(running) = &status.state.running else {
                    continue;
                };
                let container = suspect.pod.spec.container(&status.name);
                let is_sidecar = container.is_some_and(|known| known.is_sidecar());
                let is_long = running
                    .started_at
                    .is_some_and(|at| view.now().duration_since(at) > PATIENCE);
                if is_sidecar || !is_long {
                    continue;
                }
                let subject = Subject::of(suspect.object.clone())
                    .container(&status.name)
                    .since(running.started_at);
                let field = format!("{}.state.running.startedAt", status.name);
                let since = running
                    .started_at
                    .map(|at| at.to_string())
                    .unwrap_or_default();
                let command = container.map(|known| {
                    let words: Vec<&str> = known
                        .command
                        .iter()
                        .chain(&known.args)
                        .map(|word| &**word)
                        .collect();
                    cite::spec(
                        &suspect.object,
                        &format!("{}.command", status.name),
                        words.join(" "),
                    )
                });
                report.found(
                    subject,
                    cite::status(&suspect.object, &field, since),
                    command,
                );
            }
        }
    }
}

/// Longer than a reasonable preparation.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
