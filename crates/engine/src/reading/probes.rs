//! Probes that fail, by kind and by what the probe saw.

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{Container, ContainerStatus, Event, Probe},
    wire::IntOrString,
};
use jiff::{SignedDuration, Timestamp};

use super::Pattern;
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

static FAILED: Pattern = Pattern::new(
    r"^(?P<kind>Readiness|Liveness|Startup) probe (failed|errored)[^:]*: ?(?P<outcome>(?s).*)",
);
static STATUS_CODE: Pattern = Pattern::new(r"statuscode: (?P<code>\d+)");

/// What a probe saw, in a few words.
pub(crate) fn outcome(words: &str) -> String {
    let table: &[(&str, &str)] = &[
        ("connection refused", "connection refused"),
        ("no route to host", "no route to host"),
        (
            "server gave HTTP response to HTTPS client",
            "HTTP answer to an HTTPS probe",
        ),
        (
            "does not implement the grpc health protocol",
            "no gRPC health service",
        ),
        ("NOT_SERVING", "gRPC NOT_SERVING"),
        ("executable file not found", "probe command not found"),
        ("no such file or directory", "probe command not found"),
        ("context deadline exceeded", "timeout"),
        ("Client.Timeout", "timeout"),
        ("i/o timeout", "timeout"),
        ("timed out", "timeout"),
        ("timeout:", "timeout"),
        ("connection reset", "connection reset"),
        ("EOF", "connection closed"),
    ];
    if let Some(code) = STATUS_CODE.capture(words, "code") {
        return format!("HTTP {code}");
    }
    table
        .iter()
        .find(|(phrase, _)| words.contains(phrase))
        .map_or_else(|| "failed".to_owned(), |(_, outcome)| (*outcome).to_owned())
}

fn parse(message: &str) -> Option<(ProbeClass, String)> {
    let found = FAILED.get().captures(message)?;
    let class = match &found["kind"] {
        "Readiness" => ProbeClass::Readiness,
        "Liveness" => ProbeClass::Liveness,
        _ => ProbeClass::Startup,
    };
    Some((class, outcome(&found["outcome"])))
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<ProbeTrouble<'a>> {
    let mut troubles = Vec::new();
    for suspect in view
        .suspects
        .iter()
        .filter(|suspect| !suspect.pod.meta.is_terminating())
    {
        for status in suspect.pod.container_statuses() {
            troubles.extend(read_container(view, suspect, status));
        }
    }
    troubles
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
    let about = |event: &&Event| event.container().is_none_or(|name| name == &*status.name);
    let unhealthy: Vec<(&Event, ProbeClass, String)> = view
        .pod_events(pod)
        .filter(about)
        .filter(|event| event.reason == "Unhealthy")
        .filter_map(|event| parse(&event.message).map(|(class, words)| (event, class, words)))
        .collect();
    let killed = view
        .pod_events(pod)
        .filter(about)
        .rfind_kill(&status.name, view.now());
    let class = current_class(status, killed, &unhealthy)?;
    let of_class: Vec<&(&Event, ProbeClass, String)> = unhealthy
        .iter()
        .filter(|(event, known, _)| *known == class && is_current(event, status, class))
        .collect();
    if of_class.is_empty() && killed.is_none() {
        return None;
    }
    let newest = of_class.last();
    let outcome = newest
        .map(|(_, _, words)| words.clone())
        .unwrap_or_default();
    let probe = container.and_then(|container| probe_of(container, class));
    let mut evidence: Vec<Evidence> = newest
        .map(|(event, _, _)| cite::event(event))
        .into_iter()
        .collect();
    evidence.extend(
        killed
            .filter(|_| class != ProbeClass::Readiness)
            .map(cite::event),
    );
    evidence.extend(state_evidence(suspect, status, class));
    evidence.extend(probe.map(|probe| describe(suspect, status, class, probe)));
    let is_mismatch = outcome == "connection refused"
        && container.is_some_and(|container| probe.is_some_and(|probe| misses(container, probe)));
    if is_mismatch {
        evidence.extend(container.map(|container| ports(suspect, container)));
    }
    Some(ProbeTrouble {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class: if is_mismatch {
            ProbeClass::PortMismatch
        } else {
            class
        },
        outcome,
        since: of_class
            .first()
            .and_then(|(event, _, _)| event.first_seen)
            .or(pod.begun()),
        evidence,
    })
}

/// Finds the newest `Killing` Event that names a probe.
trait RfindKill<'a> {
    fn rfind_kill(self, container: &str, now: Timestamp) -> Option<&'a Event>;
}

impl<'a, I: Iterator<Item = &'a Event>> RfindKill<'a> for I {
    fn rfind_kill(self, container: &str, now: Timestamp) -> Option<&'a Event> {
        const RECENT: SignedDuration = SignedDuration::from_hours(1);
        self.filter(|event| {
            event.reason == "Killing"
                && (event.message.contains("failed liveness probe")
                    || event.message.contains("failed startup probe"))
                && (event.container().is_some() || event.message.contains(container))
                && event
                    .last_seen
                    .is_none_or(|seen| now.duration_since(seen) <= RECENT)
        })
        .last()
    }
}

/// Which probe is the trouble now.
fn current_class(
    status: &ContainerStatus,
    killed: Option<&Event>,
    unhealthy: &[(&Event, ProbeClass, String)],
) -> Option<ProbeClass> {
    // An OOM kill or another end of its own explains the restart better than a probe.
    let ended_by_itself = status
        .last_end()
        .is_some_and(|end| end.reason == "OOMKilled" || !matches!(end.exit_code, 137 | 143 | 0));
    if let Some(killed) = killed.filter(|_| status.restart_count > 0 || !status.ready)
        && !ended_by_itself
    {
        let is_startup = killed.message.contains("startup probe");
        return Some(if is_startup {
            ProbeClass::Startup
        } else {
            ProbeClass::Liveness
        });
    }
    let has = |class| unhealthy.iter().any(|(_, known, _)| *known == class);
    if status.ready {
        return None;
    }
    if status.state.running.is_some() {
        if status.started == Some(false) && has(ProbeClass::Startup) {
            return Some(ProbeClass::Startup);
        }
        return [
            ProbeClass::Readiness,
            ProbeClass::Startup,
            ProbeClass::Liveness,
        ]
        .into_iter()
        .find(|class| has(*class));
    }
    // Between restarts: the probe of the last incarnation, reported as a symptom of its end.
    let is_looping =
        status.waiting_reason() == Some("CrashLoopBackOff") || status.state.terminated.is_some();
    [
        ProbeClass::Readiness,
        ProbeClass::Liveness,
        ProbeClass::Startup,
    ]
    .into_iter()
    .find(|class| is_looping && has(*class))
}

/// An `Unhealthy` Event is current when the incarnation it speaks of is still the one that fails.
fn is_current(event: &Event, status: &ContainerStatus, class: ProbeClass) -> bool {
    let Some(running) = status.state.running.as_ref() else {
        return true;
    };
    if class == ProbeClass::Liveness {
        return true;
    }
    crate::view::not_before(event.last_seen, running.started_at)
}

fn probe_of(container: &Container, class: ProbeClass) -> Option<&Probe> {
    match class {
        ProbeClass::Readiness | ProbeClass::PortMismatch => container.readiness_probe.as_ref(),
        ProbeClass::Liveness => container.liveness_probe.as_ref(),
        ProbeClass::Startup => container.startup_probe.as_ref(),
    }
}

/// True when the probe asks a port that no container port declares.
fn misses(container: &Container, probe: &Probe) -> bool {
    if container.ports.is_empty() {
        return false;
    }
    match probe.port() {
        Some(IntOrString::Int(number)) => container
            .ports
            .iter()
            .all(|port| port.container_port != *number),
        Some(IntOrString::Text(name)) => match name.parse::<i64>() {
            Ok(number) => container
                .ports
                .iter()
                .all(|port| port.container_port != number),
            Err(_) => container.ports.iter().all(|port| port.name != *name),
        },
        None => false,
    }
}

fn ports(suspect: &Suspect<'_>, container: &Container) -> Evidence {
    let ports: Vec<String> = container
        .ports
        .iter()
        .map(|port| port.container_port.to_string())
        .collect();
    let field = format!("{}.ports", container.name);
    cite::spec(
        &suspect.object,
        &field,
        format!("containerPorts {}", ports.join(", ")),
    )
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
    let or = |value: i64, default: i64| if value > 0 { value } else { default };
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
    for suspect in view
        .suspects
        .iter()
        .filter(|suspect| waits_for_probe(suspect))
    {
        report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
    }
}

/// Running, not ready, and a probe could be why: only Events tell.
fn waits_for_probe(suspect: &Suspect<'_>) -> bool {
    let pod = suspect.pod;
    pod.is_running()
        && !pod.is_ready()
        && pod.spec.containers.iter().any(|container| {
            container.readiness_probe.is_some()
                || container.startup_probe.is_some()
                || container.liveness_probe.is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_in_a_few_words() {
        for (message, class, words) in [
            (
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
                ProbeClass::Readiness,
                "HTTP 503",
            ),
            (
                "Liveness probe failed: Get \"http://10.0.0.1:80/\": dial tcp 10.0.0.1:80: connect: \
              connection refused",
                ProbeClass::Liveness,
                "connection refused",
            ),
            (
                "Startup probe failed: Get \"http://x/\": context deadline exceeded (Client.Timeout \
              exceeded while awaiting headers)",
                ProbeClass::Startup,
                "timeout",
            ),
            (
                "Readiness probe errored and resulted in unknown state: rpc error",
                ProbeClass::Readiness,
                "failed",
            ),
            (
                "Readiness probe failed: cat: /tmp/ready: No such file",
                ProbeClass::Readiness,
                "failed",
            ),
        ] {
            assert_eq!(parse(message), Some((class, words.to_owned())), "{message}");
        }
        assert_eq!(parse("Container x failed liveness probe"), None);
    }
}
