//! Containers that ended and should not have, by cause.

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{ContainerStatus, Event, Pod, Terminated},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    logs::{self, LogClass, LogHit},
    starts,
};
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Why a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndClass {
    OomKilled,
    NodeOom,
    /// The kubelet killed it for a failed liveness or startup probe: reported by the probe checks.
    ProbeKill,
    GraceExpired,
    /// The container never started: reported by the start checks.
    NeverStarted,
    /// The node was lost: reported by the Pod checks.
    NodeLost,
    CompletesUnderAlways,
    Log(LogClass),
    /// SIGKILL without a proven sender.
    KilledUnexplained,
    ErrorExit,
}

/// One container that ended.
#[derive(Debug)]
pub(crate) struct End<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) container: String,
    pub(crate) class: EndClass,
    pub(crate) is_init: bool,
    /// Waits for the next restart.
    pub(crate) is_looping: bool,
    pub(crate) restarts: i64,
    pub(crate) since: Option<Timestamp>,
    /// The line of the log that decided, redacted when cited.
    pub(crate) line: String,
    pub(crate) evidence: Vec<Evidence>,
    /// The log of this container was not read.
    pub(crate) has_log: bool,
}

/// An end longer ago than this is history for a container that runs.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// Events and container times come from different clocks and from timers.
const NEAR: SignedDuration = SignedDuration::from_secs(60);

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<End<'a>> {
    let mut ends = Vec::new();
    for suspect in &view.suspects {
        if suspect.pod.meta.is_terminating() {
            continue;
        }
        for status in suspect.pod.container_statuses() {
            ends.extend(read_container(view, suspect, status));
        }
    }
    ends
}

fn read_container<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &'a ContainerStatus,
) -> Option<End<'a>> {
    let pod = suspect.pod;
    let is_init = pod.is_init_container(&status.name);
    let is_looping = status.waiting_reason() == Some("CrashLoopBackOff");
    let end = status.last_end();
    if !is_looping && !is_fault(view, pod, status, end) {
        return None;
    }
    let killing = killing_event(view, pod, status, end);
    let hit = logs::reason_in_logs(view, pod, &status.name);
    let class = classify(view, pod, end, killing, hit);
    let field = if status.state.terminated.is_some() {
        "state.terminated"
    } else {
        "lastState.terminated"
    };
    let object = &suspect.object;
    let mut evidence: Vec<Evidence> = end
        .map(|end| cite::terminated(object, &status.name, field, end))
        .into_iter()
        .collect();
    if let EndClass::Log(_) = class {
        evidence.extend(hit.map(|hit| cite::log(object, hit.log, hit.line)));
    }
    evidence.extend(killing.map(cite::event));
    evidence.extend(limit_evidence(class, suspect, status));
    evidence.extend(loop_evidence(view, suspect, status, is_looping));
    if !matches!(class, EndClass::Log(_)) {
        evidence.extend(hit.map(|hit| cite::log(object, hit.log, hit.line)));
    }
    Some(End {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class,
        is_init,
        is_looping,
        restarts: status.restart_count,
        since: end.and_then(|end| end.finished_at).or(pod.begun()),
        line: hit.map(|hit| hit.line.to_owned()).unwrap_or_default(),
        evidence,
        has_log: view
            .snapshot
            .logs_of(&pod.meta.namespace, &pod.meta.name, &status.name)
            .next()
            .is_some(),
    })
}

/// True when the end of a container is a fault and still matters.
fn is_fault(
    view: &View<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    end: Option<&Terminated>,
) -> bool {
    let Some(end) = end else { return false };
    if status.state.terminated.is_some() {
        let plain_init = pod
            .spec
            .init_containers
            .iter()
            .any(|known| known.name == status.name && !known.is_sidecar());
        let may_end = plain_init || pod.spec.restart_policy != "Always";
        return end.exit_code != 0 || !may_end;
    }
    // Waiting for something else than a restart, for example its image: the end is history.
    if status.state.waiting.is_some() {
        return status
            .waiting_reason()
            .is_some_and(|reason| reason == "Error");
    }
    let is_recent = end
        .finished_at
        .is_some_and(|at| view.now().duration_since(at) <= RECENT);
    is_recent && status.restart_count > 0 && (end.exit_code != 0 || !status.ready)
}

/// The newest `Killing` Event that fits this end.
fn killing_event<'a>(
    view: &View<'a>,
    pod: &'a Pod,
    status: &ContainerStatus,
    end: Option<&Terminated>,
) -> Option<&'a Event> {
    let finished = end?.finished_at;
    view.pod_events(pod)
        .filter(|event| event.reason == "Killing")
        .filter(|event| {
            event.container().is_none_or(|name| name == &*status.name)
                && (event.container().is_some() || event.message.contains(&*status.name))
        })
        .filter(|event| fits(event, finished, pod.spec.grace_seconds()))
        .last()
}

/// A `Killing` Event belongs to an end when the end comes within the grace period after it. A
/// repeated Event covers everything between its first and last time.
fn fits(event: &Event, finished: Option<Timestamp>, grace_seconds: i64) -> bool {
    let (Some(finished), Some(last)) = (finished, event.last_seen) else {
        return true;
    };
    let grace = SignedDuration::from_secs(grace_seconds) + NEAR;
    let first = event.first_seen.unwrap_or(last);
    let after_first = finished.duration_since(first) >= -NEAR;
    after_first && finished.duration_since(last) <= grace
}

fn classify(
    view: &View<'_>,
    pod: &Pod,
    end: Option<&Terminated>,
    killing: Option<&Event>,
    hit: Option<LogHit<'_>>,
) -> EndClass {
    let log_class = hit.map(|hit| hit.class);
    let Some(end) = end else {
        return log_class.map_or(EndClass::ErrorExit, EndClass::Log);
    };
    if end.reason == "OOMKilled" {
        return EndClass::OomKilled;
    }
    if end.reason == "ContainerStatusUnknown" {
        return EndClass::NodeLost;
    }
    if starts::classify(&end.reason, &end.message).is_some() {
        return EndClass::NeverStarted;
    }
    let is_killed = matches!(end.exit_code, 137 | 143) || matches!(end.signal, 9 | 15);
    if let Some(killing) = killing {
        if killing.message.contains("liveness probe") || killing.message.contains("startup probe") {
            return EndClass::ProbeKill;
        }
        if is_killed {
            return EndClass::GraceExpired;
        }
    }
    if is_killed && node_ran_out_of_memory(view, pod, end) {
        return EndClass::NodeOom;
    }
    if let Some(class) = log_class.filter(|class| *class != LogClass::Error) {
        return EndClass::Log(class);
    }
    match end.exit_code {
        0 => EndClass::CompletesUnderAlways,
        137 => EndClass::KilledUnexplained,
        126 => EndClass::Log(LogClass::PermissionDenied),
        127 => EndClass::Log(LogClass::CommandNotFound),
        132 | 134..=136 | 139 => EndClass::Log(LogClass::Panic),
        _ => EndClass::ErrorExit,
    }
}

/// A `SystemOOM` Event of the node near the end. Node Events of the kubelet carry the node's name as
/// UID or none.
fn node_ran_out_of_memory(view: &View<'_>, pod: &Pod, end: &Terminated) -> bool {
    let near = |event: &&Event| match (event.last_seen, end.finished_at) {
        (Some(seen), Some(finished)) => seen.duration_since(finished).abs() <= NEAR,
        _ => false,
    };
    view.snapshot
        .events
        .iter()
        .filter(|event| event.involved.kind == Kind::Node.name() && event.involved.name == pod.node)
        .filter(|event| matches!(&*event.reason, "SystemOOM" | "OOMKilling"))
        .any(|event| near(&event))
}

/// For an OOM kill: the limit that was reached.
fn limit_evidence(
    class: EndClass,
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
) -> Option<Evidence> {
    if class != EndClass::OomKilled {
        return None;
    }
    let limit = suspect
        .pod
        .spec
        .container(&status.name)?
        .resources
        .limits
        .get("memory")?;
    let field = format!("{}.resources.limits.memory", status.name);
    Some(cite::spec(&suspect.object, &field, limit))
}

/// That it repeats: restart count, and the kubelet's back-off.
fn loop_evidence(
    view: &View<'_>,
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
    is_looping: bool,
) -> Vec<Evidence> {
    let mut facts = Vec::new();
    if let Some(waiting) = status.state.waiting.as_deref().filter(|_| is_looping) {
        let field = format!("{}.state.waiting", status.name);
        let value = format!("{}: {}", waiting.reason, waiting.message);
        facts.push(cite::status(
            &suspect.object,
            &field,
            value.trim_end_matches(": "),
        ));
    }
    if status.restart_count > 0 {
        let field = format!("{}.restartCount", status.name);
        facts.push(cite::status(&suspect.object, &field, status.restart_count));
    }
    let back_off = view.pod_events(suspect.pod).filter(|event| {
        event.reason == "BackOff"
            && event.message.contains("restarting failed container")
            && event.container().is_none_or(|name| name == &*status.name)
    });
    facts.extend(back_off.last().map(cite::event));
    facts
}

/// Reports every end of one class.
pub(crate) fn report(view: &View<'_>, wanted: EndClass, report: &mut Report<'_>) {
    for end in view.ends.iter().filter(|end| end.class == wanted) {
        report.found_all(subject(end), end.evidence.iter().cloned());
    }
    // A bare exit code tells nothing about the application: its log would.
    let needs_log = matches!(wanted, EndClass::Log(_) | EndClass::ErrorExit);
    let mute = |end: &&End<'_>| end.class == EndClass::ErrorExit && !end.has_log;
    for end in view.ends.iter().filter(mute).filter(|_| needs_log) {
        report.undecided(end.suspect.object.clone(), Source::Logs);
    }
}

/// What a finding about an end is about.
pub(crate) fn subject(end: &End<'_>) -> Subject {
    let detail = if end.line.is_empty() || !matches!(end.class, EndClass::Log(_)) {
        String::new()
    } else {
        dogwatch_model::redaction::redact(end.line.trim())
            .chars()
            .take(200)
            .collect()
    };
    Subject::of(end.suspect.object.clone())
        .container(&end.container)
        .detail(detail)
        .since(end.since)
}
