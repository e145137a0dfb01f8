#![doc = include_str!("env_shadowing.md")]

use dogwatch_model::{CheckId, ConfigFinding, Evidence, FindingKind, wire::Text};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{ends, logs::LogClass},
    view::{Suspect, View},
};

/// A variable of the environment does not hold what was meant.
#[derive(Debug)]
pub(crate) struct EnvShadowing;

static META: Meta = Meta {
    id: CheckId::new("config/env-shadowing"),
    kind: FindingKind::Config(ConfigFinding::EnvShadowing),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Keep one definition of the name: the last one wins. For variables that Kubernetes makes for Services, set enableServiceLinks to false or rename the Service.",
    ],
    casebook: include_str!("env_shadowing.md"),
};

impl Check for EnvShadowing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::ServiceLink, report);
        for suspect in view.suspects.iter().filter(|known| is_failing(known)) {
            let containers = suspect.pod.spec.containers.iter();
            for container in containers.chain(&suspect.pod.spec.init_containers) {
                let Some(first) = container.env.shadowed.first() else {
                    continue;
                };
                let field = format!("{}.env", container.name);
                let names = container.env.shadowed.iter().take(MAX_NAMES);
                let fact = |name: &Text| {
                    let words = format!("{name} is defined more than once, with different values");
                    cite::spec(&suspect.object, &field, words)
                };
                let state = failing_container(suspect, &container.name);
                let Some(state) = state else { continue };
                let subject = Subject::of(suspect.object.clone())
                    .container(&container.name)
                    .detail(first.to_string());
                report.found_all(subject, names.map(fact).chain([state]));
            }
        }
    }
}

/// Names quoted per container.
const MAX_NAMES: usize = 5;

fn is_failing(suspect: &Suspect<'_>) -> bool {
    !suspect.pod.meta.is_terminating() && !suspect.pod.is_finished()
}

/// The state of the container, when it waits for a restart or ended with an error.
fn failing_container(suspect: &Suspect<'_>, name: &str) -> Option<Evidence> {
    let mut statuses = suspect.pod.container_statuses();
    let status = statuses.find(|status| status.name == *name)?;
    let end = status.last_end().filter(|end| end.exit_code != 0);
    let is_well = status.ready && status.state.running.is_some();
    let field = "lastState.terminated";
    end.filter(|_| !is_well)
        .map(|end| cite::terminated(&suspect.object, &status.name, field, end))
}
