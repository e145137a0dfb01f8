//! Containers that cannot be configured, created or started.

mod words;

use dogwatch_model::{
    Evidence,
    snapshot::{ContainerStatus, Event},
};
use jiff::Timestamp;

pub(crate) use words::classify;

use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View, not_before},
};

/// Why a container does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartClass {
    ConfigKeyMissing,
    ConfigMapMissing,
    SecretMissing,
    RunAsNonRoot,
    SubPath,
    OtherConfig,
    CreateError,
    CommandNotFound,
    PermissionDenied,
    ExecFormat,
    PostStartHook,
    OciError,
    RunError,
}

/// One container that does not start.
#[derive(Debug)]
pub(crate) struct StartTrouble<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) container: String,
    pub(crate) class: StartClass,
    pub(crate) detail: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<StartTrouble<'a>> {
    let mut troubles = Vec::new();
    let staying = view
        .suspects
        .iter()
        .filter(|known| !known.pod.meta.is_terminating());
    for suspect in staying {
        let statuses = suspect.pod.container_statuses();
        troubles.extend(statuses.filter_map(|status| read_container(view, suspect, status)));
    }
    troubles
}

fn read_container<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<StartTrouble<'a>> {
    if status.state.running.is_some() {
        return None;
    }
    let waiting = status.state.waiting.as_deref();
    // Who waits for something else, for example an image, has its last end behind it.
    let end = status
        .last_end()
        .filter(|_| matches!(status.waiting_reason(), None | Some("CrashLoopBackOff")));
    let hook = hook_event(view, suspect, status);
    let (reason, class, detail) = waiting
        .and_then(|now| with_reason(&now.reason, &now.message))
        .or_else(|| end.and_then(|end| with_reason(&end.reason, &end.message)))
        .or_else(|| hook.map(|_| ("", StartClass::PostStartHook, String::new())))?;
    let mut evidence = state_evidence(suspect, status);
    if class == StartClass::CommandNotFound {
        evidence.extend(command_evidence(suspect, status));
    }
    if class == StartClass::PostStartHook {
        evidence.extend(hook.map(cite::event));
    }
    let same = view.pod_events(suspect.pod).filter(|event| {
        event.reason == "Failed"
            && event.container().is_none_or(|name| name == &*status.name)
            && with_reason(reason, &event.message).is_some_and(|(_, known, _)| known == class)
            && event.message != "Error: ImagePullBackOff"
    });
    evidence.extend(same.last().map(cite::event));
    let ended = status.last_end().and_then(|end| end.finished_at);
    Some(StartTrouble {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class,
        detail,
        since: ended.or(suspect.pod.begun()),
        evidence,
    })
}

fn with_reason<'t>(reason: &'t str, message: &str) -> Option<(&'t str, StartClass, String)> {
    classify(reason, message).map(|(class, detail)| (reason, class, detail))
}

fn state_evidence(suspect: &Suspect<'_>, status: &ContainerStatus) -> Vec<Evidence> {
    let object = &suspect.object;
    let mut facts = Vec::new();
    if let Some(waiting) = &status.state.waiting {
        let field = format!("{}.state.waiting", status.name);
        let value = format!("{}: {}", waiting.reason, waiting.message);
        facts.push(cite::status(object, &field, value.trim_end_matches(": ")));
    }
    if let Some(end) = status.last_end() {
        let field = if status.state.terminated.is_some() {
            "state.terminated"
        } else {
            "lastState.terminated"
        };
        facts.push(cite::terminated(object, &status.name, field, end));
    }
    facts
}

/// What the Pod wants to run; nothing when the image decides.
fn command_evidence(suspect: &Suspect<'_>, status: &ContainerStatus) -> Option<Evidence> {
    let container = suspect.pod.spec.container(&status.name)?;
    let (field, words) = if container.command.is_empty() {
        ("args", &container.args)
    } else {
        ("command", &container.command)
    };
    let field = format!("{}.{field}", status.name);
    (!words.is_empty()).then(|| cite::spec(&suspect.object, &field, words.joined(" ")))
}

/// While the container waits for its next start, only the Event tells of the failed hook.
fn hook_event<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<&'a Event> {
    let is_waiting = matches!(
        status.waiting_reason(),
        None | Some("CrashLoopBackOff" | "PostStartHookError")
    );
    // A program that ended by itself takes its hook along: only a killed one ended for the hook.
    let end = status.last_end().filter(|end| {
        is_waiting && matches!(end.exit_code, 0 | 137 | 143) && end.reason != "OOMKilled"
    })?;
    view.pod_events(suspect.pod)
        .filter(|event| event.reason == "FailedPostStartHook")
        .filter(|event| event.container().is_none_or(|name| name == &*status.name))
        .filter(|event| not_before(event.last_seen, end.started_at))
        .last()
}

/// Reports every start trouble of one class.
pub(crate) fn report(view: &View<'_>, class: StartClass, report: &mut Report<'_>) {
    for trouble in view.starts.iter().filter(|trouble| trouble.class == class) {
        let subject = Subject::of(trouble.suspect.object.clone())
            .container(&trouble.container)
            .detail(trouble.detail.clone())
            .since(trouble.since);
        report.found_all(subject, trouble.evidence.iter().cloned());
    }
}
