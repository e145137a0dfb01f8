//! Pod sandboxes that cannot be created: the Pod network.

use dogwatch_model::{Evidence, snapshot::Condition};
use jiff::Timestamp;

use super::{
    Pattern,
    mounts::{self, is_waiting_to_start, waiting_evidence},
};
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Why a sandbox is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SandboxClass {
    IpExhausted,
    NetworkNotReady,
    Other,
}

/// One Pod without a sandbox.
#[derive(Debug)]
pub(crate) struct SandboxTrouble<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) class: SandboxClass,
    pub(crate) detail: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

static ADDRESSES: Pattern = Pattern::new(
    r"(?i)(no IP addresses available|no more IPs available|no (more )?(available|free) (ip|eni|address|affine block)|insufficient\S*address|IPAM\S* .*exhaust|range is full|failed to assign an IP address to container)",
);
static PLUGIN: Pattern = Pattern::new(r#"plugin type="(?P<p>[^"]+)""#);

/// The class of an Event about the sandbox, with the CNI plugin that the words name.
pub(crate) fn classify(reason: &str, message: &str) -> Option<(SandboxClass, String)> {
    match reason {
        "NetworkNotReady" => Some((SandboxClass::NetworkNotReady, String::new())),
        "FailedCreatePodSandBox" if ADDRESSES.is_match(message) => {
            Some((SandboxClass::IpExhausted, plugin(message)))
        }
        "FailedCreatePodSandBox" => Some((SandboxClass::Other, plugin(message))),
        _ => None,
    }
}

fn plugin(message: &str) -> String {
    PLUGIN
        .capture(message, "p")
        .map(|name| format!("CNI plugin {name}"))
        .unwrap_or_default()
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<SandboxTrouble<'a>> {
    view.suspects
        .iter()
        .filter_map(|suspect| read_pod(view, suspect))
        .collect()
}

/// Only while no container ever ran: a sandbox that came up later makes the Event stale.
fn read_pod<'a>(view: &View<'a>, suspect: &Suspect<'a>) -> Option<SandboxTrouble<'a>> {
    let pod = suspect.pod;
    let is_over = pod.is_finished() || pod.meta.is_terminating();
    if pod.node.is_empty() || is_over || !is_waiting_to_start(suspect) {
        return None;
    }
    let has_sandbox = pod
        .condition("PodReadyToStartContainers")
        .is_some_and(Condition::is_true);
    if has_sandbox {
        return None;
    }
    let past = mounts::newest(view, pod, mounts::PAST_SANDBOX);
    let events: Vec<_> = view
        .pod_events(pod)
        .filter(|event| !mounts::is_before(event, past))
        .filter(|event| classify(&event.reason, &event.message).is_some())
        .collect();
    let newest = events.last()?;
    let (class, detail) = classify(&newest.reason, &newest.message)?;
    let mut evidence = vec![cite::event(newest)];
    evidence.extend(waiting_evidence(suspect));
    Some(SandboxTrouble {
        suspect: suspect.clone(),
        class,
        detail,
        since: events.first().and_then(|event| event.first_seen),
        evidence,
    })
}

/// Reports every sandbox trouble of one class.
pub(crate) fn report(view: &View<'_>, class: SandboxClass, report: &mut Report<'_>) {
    for trouble in view
        .sandboxes
        .iter()
        .filter(|trouble| trouble.class == class)
    {
        let subject = Subject::of(trouble.suspect.object.clone())
            .detail(trouble.detail.clone())
            .since(trouble.since);
        report.found_all(subject, trouble.evidence.iter().cloned());
    }
    super::mounts::undecided(view, report);
}
