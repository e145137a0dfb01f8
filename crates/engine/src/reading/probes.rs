//! Probes that fail, by kind and by what the probe saw.

mod ports;
mod words;

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{Container, ContainerStatus, Event, Pod, Probe},
};
use jiff::{SignedDuration, Timestamp};

use super::ends::{End, EndClass, stops};
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Which probe fails, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeClass {
    Readiness,
    Liveness,
    Startup,
    /// Refused from the start, and no declared port is the probed one.
    PortMismatch,
}

/// One probe of one container.
#[derive(Debug)]
pub(crate) struct ProbeTrouble<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) container: String,
    pub(crate) class: ProbeClass,
    /// What the probe saw: `HTTP 503`, `connection refused`, `timeout` and so on.
    pub(crate) outcome: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<ProbeTrouble<'a>> {
    let mut troubles = Vec::new();
    let alive = view
        .suspects
        .iter()
        .filter(|known| !known.pod.meta.is_terminating() && !known.pod.is_finished());
    for suspect in alive {
        for status in suspect.pod.container_statuses() {
            troubles.extend(read_container(view, suspect, status));
        }
    }
    troubles
}

/// One `Unhealthy` Event, read.
struct Failure<'a> {
    event: &'a Event,
    class: ProbeClass,
    outcome: String,
}

/// A probe Event counts only while its failure shows: the container is not ready or not started, or
/// it was killed for the probe.
fn read_container<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<ProbeTrouble<'a>> {
    let pod = suspect.pod;
    let container = pod.spec.container(&status.name);
    let ended = probe_kill(view, suspect, status);
    let killed = ended
        .and_then(|end| end.killing)
        .or_else(|| stop_event(view, suspect, status));
    let failures: Vec<Failure<'a>> = view
        .pod_events(pod)
        .filter(|event| event.container().is_none_or(|name| name == &*status.name))
        .filter(|event| event.reason == "Unhealthy" && is_current(event, status, killed))
        .filter_map(|event| {
            let (class, outcome) = words::parse(&event.message)?;
            Some(Failure {
                event,
                class,
                outcome,
            })
        })
        .collect();
    let class = current_class(status, killed, &failures)?;
    let probe = container.and_then(|container| probe_of(container, class));
    let count = failures.iter().filter(|failure| failure.class == class);
    let count = count.map(|failure| failure.event.count).sum();
    if killed.is_none() && is_settling(view, status, probe, count) {
        return None;
    }
    let of_class = || failures.iter().filter(|failure| failure.class == class);
    let newest = of_class().next_back();
    let mut outcome = newest
        .map(|failure| failure.outcome.clone())
        .unwrap_or_default();
    let mut evidence: Vec<Evidence> = newest
        .map(|failure| cite::event(failure.event))
        .into_iter()
        .collect();
    evidence.extend(killed.map(cite::event));
    evidence.extend(ended.and_then(|end| end.evidence.first().cloned()));
    evidence.extend(state_evidence(suspect, status, class));
    evidence.extend(probe.map(|probe| describe(suspect, status, class, probe)));
    let is_up = killed.is_some() || status.state.running.is_some();
    let asked = container.zip(probe).filter(|_| is_up);
    let missed = asked.filter(|(container, probe)| {
        outcome == words::NO_SUCH_PORT
            || outcome == words::REFUSED
                && ports::misses(container, probe)
                && (class == ProbeClass::Liveness || !ports::was_ready(pod))
    });
    if let Some((container, probe)) = missed {
        evidence.push(ports::cite_declared(suspect, container));
        let port = probe.port().map(|port| format!("port {port}: "));
        outcome.insert_str(0, &port.unwrap_or_default());
    }
    let first = of_class().next();
    Some(ProbeTrouble {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class: missed.map_or(class, |_| ProbeClass::PortMismatch),
        outcome,
        since: first
            .and_then(|failure| failure.event.first_seen)
            .or(killed.and_then(|event| event.first_seen))
            .or(pod.begun()),
        evidence,
    })
}

/// The last end of this container, when the kubelet killed it for a probe.
fn probe_kill<'v, 'a>(
    view: &'v View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<&'v End<'a>> {
    view.ends.iter().find(|end| {
        end.class == EndClass::ProbeKill
            && core::ptr::eq(end.suspect.pod, suspect.pod)
            && end.container == *status.name
    })
}

/// The Event by which the kubelet is stopping the incarnation that runs.
fn stop_event<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<&'a Event> {
    let begun = status.state.running.as_ref()?.started_at;
    view.pod_events(suspect.pod)
        .filter(|event| event.reason == "Killing" && stops::names_probe(event))
        .filter(|event| stops::is_about(event, &status.name))
        .filter(|event| event.last_seen.is_some() && event.last_seen >= begun)
        .last()
}

/// Which probe is the trouble now.
fn current_class(
    status: &ContainerStatus,
    killed: Option<&Event>,
    failures: &[Failure<'_>],
) -> Option<ProbeClass> {
    if let Some(killed) = killed {
        let is_startup = killed.message.contains("startup probe");
        return Some(if is_startup {
            ProbeClass::Startup
        } else {
            ProbeClass::Liveness
        });
    }
    let has = |class: &ProbeClass| failures.iter().any(|failure| failure.class == *class);
    if status.ready {
        return None;
    }
    // Between restarts: the probe of the incarnation that ended, a symptom of its end. A liveness
    // probe that killed nobody is none.
    let is_looping =
        status.waiting_reason() == Some("CrashLoopBackOff") || status.state.terminated.is_some();
    let order = if status.started == Some(false) {
        [ProbeClass::Startup, ProbeClass::Readiness]
    } else {
        [ProbeClass::Readiness, ProbeClass::Startup]
    };
    order
        .into_iter()
        .find(|class| (is_looping || status.state.running.is_some()) && has(class))
}

/// An `Unhealthy` Event is current when it speaks of the incarnation that runs, or of the one that
/// ended last where that end is the trouble.
fn is_current(event: &Event, status: &ContainerStatus, killed: Option<&Event>) -> bool {
    let running = status.state.running.as_ref().filter(|_| killed.is_none());
    let begun = match running {
        Some(running) => running.started_at,
        None => status.last_end().and_then(|end| end.started_at),
    };
    begun.is_none() || event.last_seen.is_none() || event.last_seen >= begun
}

/// A probe that fails while a program starts is normal: its first period of patience is not over,
/// and it has not failed as often as the kubelet tolerates.
fn is_settling(
    view: &View<'_>,
    status: &ContainerStatus,
    probe: Option<&Probe>,
    failures: i64,
) -> bool {
    const LONGEST: i64 = 60;
    let (Some(probe), Some(running)) = (probe, &status.state.running) else {
        return false;
    };
    if failures >= or(probe.failure_threshold, 3) {
        return false;
    }
    let patience = or(probe.failure_threshold, 3).saturating_mul(or(probe.period_seconds, 10));
    let wait = SignedDuration::from_secs(patience.min(LONGEST))
        + SignedDuration::from_secs(probe.initial_delay_seconds.clamp(0, 24 * 3600));
    running
        .started_at
        .is_some_and(|at| view.now().duration_since(at) < wait)
}

/// A field of a probe, or the API server's default.
fn or(value: i64, default: i64) -> i64 {
    if value > 0 { value } else { default }
}

fn probe_of(container: &Container, class: ProbeClass) -> Option<&Probe> {
    match class {
        ProbeClass::Readiness | ProbeClass::PortMismatch => container.readiness_probe.as_ref(),
        ProbeClass::Liveness => container.liveness_probe.as_ref(),
        ProbeClass::Startup => container.startup_probe.as_ref(),
    }
}

fn state_evidence(
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
    class: ProbeClass,
) -> Option<Evidence> {
    let object = &suspect.object;
    match (class, status.started) {
        (ProbeClass::Startup, Some(false)) => Some(cite::status(
            object,
            &format!("{}.started", status.name),
            false,
        )),
        (ProbeClass::Liveness, _) if status.restart_count > 0 => {
            let field = format!("{}.restartCount", status.name);
            Some(cite::status(object, &field, status.restart_count))
        }
        _ if !status.ready => Some(cite::status(
            object,
            &format!("{}.ready", status.name),
            false,
        )),
        _ => None,
    }
}

/// The probe as configured, defaults filled in.
fn describe(
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
    class: ProbeClass,
    probe: &Probe,
) -> Evidence {
    let port = probe
        .port()
        .map(|port| format!(" port {port}"))
        .unwrap_or_default();
    let how = match (&probe.http_get, &probe.tcp_socket, &probe.grpc) {
        (Some(get), _, _) => format!("httpGet {}{port}", get.path),
        (None, Some(_), _) => format!("tcpSocket{port}"),
        (None, None, Some(_)) => format!("grpc{port}"),
        (None, None, None) => "exec".to_owned(),
    };
    let value = format!(
        "{how}, initialDelay {}s, period {}s, timeout {}s, failureThreshold {}",
        probe.initial_delay_seconds,
        or(probe.period_seconds, 10),
        or(probe.timeout_seconds, 1),
        or(probe.failure_threshold, 3),
    );
    let name = match class {
        ProbeClass::Readiness | ProbeClass::PortMismatch => "readinessProbe",
        ProbeClass::Liveness => "livenessProbe",
        ProbeClass::Startup => "startupProbe",
    };
    cite::spec(&suspect.object, &format!("{}.{name}", status.name), value)
}

/// Reports every probe trouble of one class.
pub(crate) fn report(view: &View<'_>, class: ProbeClass, report: &mut Report<'_>) {
    for trouble in view.probes.iter().filter(|trouble| trouble.class == class) {
        let subject = Subject::of(trouble.suspect.object.clone())
            .container(&trouble.container)
            .detail(trouble.outcome.clone())
            .since(trouble.since);
        report.found_all(subject, trouble.evidence.iter().cloned());
    }
    if view.has_events() {
        return;
    }
    let open = view
        .suspects
        .iter()
        .filter(|suspect| waits_for_probe(suspect.pod, class));
    for suspect in open {
        report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
    }
}

/// A probe could be why a container is not ready or was killed: only Events tell.
fn waits_for_probe(pod: &Pod, class: ProbeClass) -> bool {
    let is_alive = !pod.is_finished() && !pod.meta.is_terminating();
    is_alive
        && pod.container_statuses().any(|status| {
            let Some(container) = pod.spec.container(&status.name) else {
                return false;
            };
            let is_unready = status.state.running.is_some() && !status.ready;
            let is_killed = status
                .last_end()
                .is_some_and(|end| matches!(end.exit_code, 0 | 137 | 143));
            let is_hit = |known: ProbeClass| match known {
                ProbeClass::Readiness => is_unready,
                ProbeClass::Liveness => is_killed,
                _ => is_unready || is_killed,
            };
            [
                ProbeClass::Readiness,
                ProbeClass::Liveness,
                ProbeClass::Startup,
            ]
            .into_iter()
            .filter(|known| class == *known || class == ProbeClass::PortMismatch)
            .any(|known| is_hit(known) && probe_of(container, known).is_some())
        })
}
