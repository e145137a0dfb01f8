//! Containers that ended and should not have, by cause.

mod facts;
pub(crate) mod stops;

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{
        Condition, Container, ContainerStatus, Event, Job, Pod, Terminated, find_condition,
    },
};
use jiff::{SignedDuration, Timestamp};

use super::{
    complaints,
    logs::{self, LogClass, LogHit},
    starts,
};
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View, is_within},
};

/// Why a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndClass {
    OomKilled,
    NodeOom,
    /// The kubelet killed it for a failed liveness or startup probe: reported by the probe checks.
    ProbeKill,
    /// The kubelet killed it for a failed postStart hook: reported by the start checks.
    HookKill,
    GraceExpired,
    /// The kubelet asked it to stop and it did: no fault of its own.
    Stopped,
    /// The container never started: reported by the start checks.
    NeverStarted,
    /// The node was lost: reported by the Pod checks.
    NodeLost,
    CompletesUnderAlways,
    Log(LogClass),
    /// SIGKILL without a proven sender.
    KilledUnexplained,
    ErrorExit,
    /// Who stopped it stands in Events, and they were not read.
    Unknown,
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
    pub(crate) exit_code: Option<i64>,
    pub(crate) since: Option<Timestamp>,
    /// The line of the log that decided; empty when another fact did.
    pub(crate) line: String,
    /// The `Killing` Event that belongs to this end.
    pub(crate) killing: Option<&'a Event>,
    pub(crate) evidence: Vec<Evidence>,
    /// What this container wrote is known.
    pub(crate) has_log: bool,
}

/// An end longer ago than this is history for a container that runs.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// The kubelet resets its back-off for a container that ran this long: it counts as recovered,
/// unless it ended [`MANY_RESTARTS`] times.
const RECOVERED: SignedDuration = SignedDuration::from_mins(10);

/// A container that restarted this often is looked at although it runs and is ready.
const MANY_RESTARTS: i64 = 3;

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<End<'a>> {
    let mut ends = Vec::new();
    for suspect in view
        .suspects
        .iter()
        .filter(|known| is_open(view, known.pod))
    {
        for status in suspect.pod.container_statuses() {
            ends.extend(read_container(view, suspect, status));
        }
    }
    ends
}

/// False for a Pod whose containers end because the Pod does: deleted, evicted or shut down as a
/// whole, or an attempt of a Job that went well later.
fn is_open(view: &View<'_>, pod: &Pod) -> bool {
    let ended_as_a_whole = pod.is_finished() && !pod.status.reason.is_empty();
    let is_history = pod.is_finished() && job_of(view, pod).is_some_and(is_complete);
    !pod.meta.is_terminating() && !ended_as_a_whole && !is_history
}

fn job_of<'a>(view: &View<'a>, pod: &Pod) -> Option<&'a Job> {
    let owner = pod
        .meta
        .controller()
        .filter(|owner| owner.kind == Kind::Job.name())?;
    let mut jobs = view.snapshot.jobs.iter();
    jobs.find(|job| job.meta.uid == owner.uid && !owner.uid.is_empty())
}

fn is_complete(job: &Job) -> bool {
    find_condition(&job.status.conditions, "Complete").is_some_and(Condition::is_true)
}

fn read_container<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &'a ContainerStatus,
) -> Option<End<'a>> {
    let pod = suspect.pod;
    let is_looping = status.waiting_reason() == Some("CrashLoopBackOff");
    let end = status.last_end();
    if !is_looping && !end.is_some_and(|end| is_fault(view, pod, status, end)) {
        return None;
    }
    let killing = end.and_then(|end| stops::killing_event(view, pod, status, end));
    let hit = logs::reason_of_end(view, pod, status);
    let class = classify(view, suspect.pod, end, killing, hit);
    let decisive = hit.filter(|hit| class == EndClass::Log(hit.class));
    let object = &suspect.object;
    let line = hit.and_then(|hit| Some(cite::log(object, hit.log?, hit.line)));
    let mut evidence: Vec<Evidence> = end
        .map(|end| facts::end(suspect, status, end))
        .into_iter()
        .collect();
    evidence.extend(line.clone().filter(|_| decisive.is_some()));
    evidence.extend(killing.map(cite::event));
    let node = end.and_then(|end| stops::node_out_of_memory(view, pod, end));
    evidence.extend(node.filter(|_| class == EndClass::NodeOom).map(cite::event));
    evidence.extend(facts::limit(class, suspect, status));
    evidence.extend(facts::repeats(view, suspect, status, is_looping));
    evidence.extend(line.filter(|_| decisive.is_none()));
    let logs = &mut view
        .snapshot
        .logs_of(&pod.meta.namespace, &pod.meta.name, &status.name);
    Some(End {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class,
        is_init: pod.is_init_container(&status.name),
        is_looping,
        restarts: status.restart_count,
        exit_code: end.map(|end| end.exit_code),
        since: end.and_then(|end| end.finished_at).or(pod.begun()),
        line: decisive.map(|hit| hit.line.to_owned()).unwrap_or_default(),
        killing,
        evidence,
        has_log: hit.is_some() || logs.next().is_some(),
    })
}

/// True when the end of a container is a fault and still matters.
fn is_fault(view: &View<'_>, pod: &Pod, status: &ContainerStatus, end: &Terminated) -> bool {
    if status.state.terminated.is_some() {
        let own = pod.spec.container(&status.name);
        // Sidecars are stopped after the others have ended.
        let is_sidecar = own.is_some_and(Container::is_sidecar);
        let is_stopped = is_sidecar && pod.is_init_container(&status.name) && pod.is_finished();
        return !is_stopped && (end.exit_code != 0 || must_run(pod, status));
    }
    // Waiting for something else than a restart, for example its image: the end is history.
    let Some(running) = &status.state.running else {
        return false;
    };
    let age = |at: Option<Timestamp>| at.map(|at| view.now().duration_since(at));
    let is_recent = end
        .finished_at
        .is_some_and(|at| is_within(view.now(), at, RECENT));
    let is_young = age(running.started_at).is_none_or(|age| age < RECOVERED);
    is_recent && (status.restart_count >= MANY_RESTARTS || !status.ready && is_young)
}

/// True when a container is restarted even after a normal end.
fn must_run(pod: &Pod, status: &ContainerStatus) -> bool {
    let own = pod.spec.container(&status.name);
    let own = own.map_or("", |own| &*own.restart_policy);
    if pod.is_init_container(&status.name) {
        return own == "Always";
    }
    let policy = if own.is_empty() {
        &*pod.spec.restart_policy
    } else {
        own
    };
    !matches!(policy, "OnFailure" | "Never")
}

fn classify(
    view: &View<'_>,
    pod: &Pod,
    end: Option<&Terminated>,
    killing: Option<&Event>,
    hit: Option<LogHit<'_>>,
) -> EndClass {
    let log = hit
        .map(|hit| hit.class)
        .filter(|class| *class != LogClass::Error);
    let Some(end) = end else {
        return log.map_or(EndClass::ErrorExit, EndClass::Log);
    };
    match &*end.reason {
        "OOMKilled" => return EndClass::OomKilled,
        // "Unknown" is containerd's word for a container that it lost, for example over a reboot.
        "ContainerStatusUnknown" | "Unknown" => return EndClass::NodeLost,
        _ => {}
    }
    if starts::classify(&end.reason, &end.message).is_some() {
        return EndClass::NeverStarted;
    }
    if let Some(killing) = killing {
        return stops::classify(pod, end, killing);
    }
    let is_killed = stops::is_killed(end);
    if !view.has_events() && (is_killed || end.exit_code == 0) {
        return EndClass::Unknown;
    }
    if is_killed && stops::node_out_of_memory(view, pod, end).is_some() {
        return EndClass::NodeOom;
    }
    by_exit_code(end.exit_code, log)
}

/// Complaints after which a program may give up and still exit with 0: it says itself what it lacks.
const GIVES_UP: &[LogClass] = &[LogClass::Configuration, LogClass::Arguments];

/// The exit code says what a log line may explain: a program that was killed did not end for what it
/// logged.
fn by_exit_code(code: i64, log: Option<LogClass>) -> EndClass {
    let only = |known: &[LogClass]| log.filter(|class| known.contains(class));
    match code {
        0 => only(GIVES_UP).map_or(EndClass::CompletesUnderAlways, EndClass::Log),
        137 => only(&[LogClass::HeapExhausted]).map_or(EndClass::KilledUnexplained, EndClass::Log),
        126 => EndClass::Log(
            only(&[LogClass::ExecFormat, LogClass::CommandNotFound])
                .unwrap_or(LogClass::PermissionDenied),
        ),
        127 => EndClass::Log(
            only(&[LogClass::ExecFormat, LogClass::PermissionDenied])
                .unwrap_or(LogClass::CommandNotFound),
        ),
        132..=136 | 139 | 159 => EndClass::Log(
            only(&[
                LogClass::HeapExhausted,
                LogClass::ExecFormat,
                LogClass::ResourceExhausted,
                LogClass::Threads,
                LogClass::SharedMemory,
                LogClass::DiskFull,
            ])
            .unwrap_or(LogClass::Panic),
        ),
        _ => log.map_or(EndClass::ErrorExit, EndClass::Log),
    }
}

/// Reports every end of one class.
pub(crate) fn report(view: &View<'_>, wanted: EndClass, report: &mut Report<'_>) {
    for end in &view.ends {
        if end.class == wanted {
            report.found_all(subject(end), end.evidence.iter().cloned());
        } else if let Some(needs) = open_question(end, wanted) {
            report.undecided(end.suspect.object.clone(), needs);
        }
    }
}

/// Reports every end of one class of log lines, and running containers that complain of the same.
pub(crate) fn report_logged(view: &View<'_>, class: LogClass, found: &mut Report<'_>) {
    report(view, EndClass::Log(class), found);
    complaints::report(view, |known| known == class, found);
}

/// What would have to be read to tell whether an end is of the wanted class.
fn open_question(end: &End<'_>, wanted: EndClass) -> Option<Source> {
    let is_log = matches!(wanted, EndClass::Log(_));
    // A bare exit code tells nothing about the application: its log would.
    if end.class == EndClass::ErrorExit && !end.has_log {
        return is_log.then_some(Source::Logs);
    }
    let fits = match wanted {
        EndClass::CompletesUnderAlways => end.exit_code == Some(0),
        EndClass::KilledUnexplained | EndClass::GraceExpired => end.exit_code == Some(137),
        EndClass::NodeOom => end.exit_code != Some(0),
        _ => false,
    };
    (end.class == EndClass::Unknown && fits).then_some(Source::Objects(Kind::Event))
}

/// What a finding about an end is about.
pub(crate) fn subject(end: &End<'_>) -> Subject {
    let code = || end.exit_code.map(|code| format!("exit code {code}"));
    let detail = match end.class {
        EndClass::Log(_) if !end.line.is_empty() => {
            dogwatch_model::redaction::redact(end.line.trim())
                .chars()
                .take(200)
                .collect()
        }
        EndClass::Log(_) | EndClass::ErrorExit => code().unwrap_or_default(),
        _ => String::new(),
    };
    Subject::of(end.suspect.object.clone())
        .container(&end.container)
        .detail(detail)
        .since(end.since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_bound_what_a_log_line_may_explain() {
        let refused = Some(LogClass::Dependency);
        for (code, log, class) in [
            (1, refused, EndClass::Log(LogClass::Dependency)),
            (1, None, EndClass::ErrorExit),
            (0, refused, EndClass::CompletesUnderAlways),
            (
                0,
                Some(LogClass::Configuration),
                EndClass::Log(LogClass::Configuration),
            ),
            (137, refused, EndClass::KilledUnexplained),
            (139, refused, EndClass::Log(LogClass::Panic)),
            (127, refused, EndClass::Log(LogClass::CommandNotFound)),
            (126, None, EndClass::Log(LogClass::PermissionDenied)),
        ] {
            assert_eq!(by_exit_code(code, log), class, "{code} {log:?}");
        }
    }
}
