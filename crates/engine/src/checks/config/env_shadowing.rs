#![doc = include_str!("env_shadowing.md")]

use dogwatch_model::{
    CheckId, ConfigFinding, Evidence, FindingKind, Severity,
    snapshot::{Container, Pod},
    wire::Text,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{ends, logs::LogClass},
    view::View,
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
        let has_any = |pod: &&Pod| containers(pod).any(|one| !one.env.shadowed.is_empty());
        let alive = view.snapshot.pods.iter().filter(has_any);
        for pod in alive.filter(|pod| is_alive(view, pod)) {
            for container in containers(pod) {
                let Some(first) = container.env.shadowed.first() else {
                    continue;
                };
                let object = cite::pod(pod);
                let field = format!("{}.env", container.name);
                let names = container.env.shadowed.iter().take(MAX_NAMES);
                let fact = |name: &Text| {
                    let words = format!("{name} is defined more than once, with different values");
                    cite::spec(&object, &field, words)
                };
                let failure = failure(pod, &container.name);
                let severity = if failure.is_some() {
                    Severity::Warning
                } else {
                    Severity::Info
                };
                let subject = Subject::of(object.clone())
                    .container(&container.name)
                    .detail(first.to_string())
                    .severity(severity);
                report.found_all(subject, names.map(fact).chain(failure));
            }
        }
    }
}

/// Names quoted per container.
const MAX_NAMES: usize = 5;

fn containers(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.spec.containers.iter().chain(&pod.spec.init_containers)
}

fn is_alive(view: &View<'_>, pod: &Pod) -> bool {
    !pod.meta.is_terminating() && !pod.is_finished() && !view.is_old_version(pod)
}

/// How the container ended, when the program itself gave up: one that was killed, or that never
/// started, did not end for a setting.
fn failure(pod: &Pod, name: &str) -> Option<Evidence> {
    let mut statuses = pod.container_statuses();
    let status = statuses.find(|status| status.name == *name)?;
    let end = status
        .last_end()
        .filter(|end| matches!(end.exit_code, 1..=125))?;
    let is_well = status.ready && status.state.running.is_some();
    let fact = cite::terminated(&cite::pod(pod), &status.name, "lastState.terminated", end);
    (!is_well).then_some(fact)
}
