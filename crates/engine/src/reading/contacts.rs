//! Whom Pods fail to reach, as their own logs and waiting commands say.

mod words;

use std::collections::BTreeMap;

use dogwatch_model::{
    Evidence, Finding,
    snapshot::{Container, LogExcerpt, Pod},
};
use jiff::SignedDuration;

pub(crate) use words::Trouble;

use super::backends::Backend;
use crate::{cite, view::View};

/// One target that a container does not reach.
#[derive(Debug, Clone)]
pub(crate) struct Contact<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) container: String,
    pub(crate) trouble: Trouble,
    /// The host as it was asked for; empty when the words do not name it.
    pub(crate) host: String,
    /// The port that was asked for.
    pub(crate) port: Option<i64>,
    /// Namespace and name of the Service that the host is.
    pub(crate) service: Option<(String, String)>,
    /// The Pod is not well, or hardly anything stands in the log behind the line: it still lacks it.
    pub(crate) is_present: bool,
    /// The line, or the command that waits.
    pub(crate) fact: Evidence,
}

/// What is not reached, and how.
type Target = (Trouble, String, Option<i64>);

/// Lines looked at, from the end: what lies further back may be over.
const MAX_LINES: usize = 100;

/// A Pod that is Ready is believed to lack something only when it says so twice, and as late as in
/// one of these last lines: what it waited for at its start is history.
const NEAR_END: usize = 30;

/// A program that reached it in the end says something afterwards.
const LAST: usize = 3;

/// Contacts kept of one snapshot.
const MAX_CONTACTS: usize = 2000;

/// An init container that runs for longer waits for something.
pub(crate) const WAITING: SignedDuration = SignedDuration::from_mins(5);

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Contact<'a>> {
    let mut contacts = Vec::new();
    for log in &view.snapshot.logs {
        let Some(pod) = pod_of(view, log).filter(|pod| is_alive(view, pod)) else {
            continue;
        };
        if contacts.len() < MAX_CONTACTS {
            read_log(view, pod, log, &mut contacts);
        }
    }
    for suspect in &view.suspects {
        if is_alive(view, suspect.pod) && contacts.len() < MAX_CONTACTS {
            read_commands(view, suspect.pod, &mut contacts);
        }
    }
    // Stable: within a Pod the order of its logs stays.
    contacts.sort_by(|one, other| place(one).cmp(&place(other)));
    contacts
}

/// True when a Pod that is not well does not reach some host: which one is a Service is not known as
/// long as no Services were read.
pub(crate) fn may_name_services(view: &View<'_>) -> bool {
    view.snapshot.logs.iter().any(|log| {
        let lines = log.lines.iter().rev().take(MAX_LINES);
        let mut hosts = lines.flat_map(|line| words::read(line, |_| true));
        let pod = pod_of(view, log).filter(|pod| is_alive(view, pod) && !pod.is_ready());
        pod.is_some() && hosts.next().is_some()
    })
}

fn place<'c>(contact: &'c Contact<'_>) -> (&'c str, &'c str) {
    let meta = &contact.pod.meta;
    (&meta.namespace, &meta.name)
}

fn pod_of<'a>(view: &View<'a>, log: &LogExcerpt) -> Option<&'a Pod> {
    let pods = &view.snapshot.pods;
    let key = (&*log.key.namespace, &*log.key.pod);
    let place = |pod: &Pod| (&*pod.meta.namespace, &*pod.meta.name) < key;
    let pod = pods.get(pods.partition_point(place))?;
    (&*pod.meta.namespace == key.0 && &*pod.meta.name == key.1).then_some(pod)
}

fn is_alive(view: &View<'_>, pod: &Pod) -> bool {
    let is_over = pod.meta.is_terminating() || pod.status.phase == "Succeeded";
    !is_over && !view.is_old_version(pod)
}

/// One contact per kind of trouble, host and port: the newest line stands for it.
fn read_log<'a>(view: &View<'a>, pod: &'a Pod, log: &LogExcerpt, contacts: &mut Vec<Contact<'a>>) {
    let name = &*log.key.container;
    let status = pod.container_statuses().find(|known| *known.name == *name);
    let is_well = pod.is_ready() && status.is_none_or(|known| known.ready);
    if is_well && log.key.previous {
        return;
    }
    let mut counts: BTreeMap<Target, (usize, usize, &str)> = BTreeMap::new();
    for (at, line) in log.lines.iter().rev().take(MAX_LINES).enumerate() {
        for (trouble, host, port) in words::read(line, |host| names_service(view, pod, host)) {
            let entry = counts.entry((trouble, host, port)).or_insert((0, at, line));
            entry.0 += 1;
        }
    }
    let object = cite::pod(pod);
    for ((trouble, host, port), (count, newest, line)) in counts {
        if is_well && (count < 2 || newest >= NEAR_END) {
            continue;
        }
        contacts.push(Contact {
            pod,
            container: name.to_owned(),
            trouble,
            service: service(view, pod, &host),
            host,
            port,
            is_present: !is_well || newest < LAST,
            fact: cite::log(&object, log, line),
        });
    }
}

fn names_service(view: &View<'_>, pod: &Pod, host: &str) -> bool {
    view.backends.resolve(host, &pod.meta.namespace).is_some()
}

fn service(view: &View<'_>, pod: &Pod, host: &str) -> Option<(String, String)> {
    let found = view.backends.resolve(host, &pod.meta.namespace)?;
    let meta = &found.service.meta;
    Some((meta.namespace.to_string(), meta.name.to_string()))
}

/// Init containers that run for long and name a Service in their command.
fn read_commands<'a>(view: &View<'a>, pod: &'a Pod, contacts: &mut Vec<Contact<'a>>) {
    for status in &pod.status.init_container_statuses {
        let container = pod.spec.container(&status.name);
        let Some(container) = container.filter(|known| !known.is_sidecar()) else {
            continue;
        };
        let begun = status.state.running.as_ref().and_then(|run| run.started_at);
        if begun.is_none_or(|at| view.now().duration_since(at) <= WAITING) {
            continue;
        }
        let text = command(container);
        let field = format!("{}.command", container.name);
        for (host, port) in words::targets(&text, |host| names_service(view, pod, host)) {
            contacts.push(Contact {
                pod,
                container: container.name.to_string(),
                trouble: Trouble::Waits,
                service: service(view, pod, &host),
                host,
                port,
                is_present: true,
                fact: cite::spec(&cite::pod(pod), &field, &text),
            });
        }
    }
}

fn command(container: &Container) -> String {
    let words = container.command.iter().chain(&container.args);
    let words: Vec<&str> = words.map(|word| &**word).collect();
    words.join(" ")
}

/// The Service of a contact.
pub(crate) fn backend<'v, 'a>(
    view: &'v View<'a>,
    contact: &Contact<'a>,
) -> Option<&'v Backend<'a>> {
    let (namespace, name) = contact.service.as_ref()?;
    view.backends.get(namespace, name)
}

/// Contacts of the container that a finding is about.
pub(crate) fn of_finding<'v, 'a>(
    view: &'v View<'a>,
    finding: &'v Finding,
) -> impl Iterator<Item = &'v Contact<'a>> + 'v {
    let object = &finding.object;
    let wanted = (&*object.namespace, &*object.name);
    let start = view
        .contacts
        .partition_point(|contact| place(contact) < wanted);
    let own = view.contacts[start..].iter();
    own.take_while(move |contact| place(contact) == wanted)
        .filter(|contact| finding.container.is_empty() || contact.container == *finding.container)
}

/// Contacts with one Service, which the closure wants.
pub(crate) fn with<'v, 'a>(
    view: &'v View<'a>,
    backend: &'v Backend<'a>,
    wants: impl Fn(&Contact<'a>) -> bool + 'v,
) -> impl Iterator<Item = &'v Contact<'a>> + 'v {
    let meta = &backend.service.meta;
    view.contacts.iter().filter(move |contact| {
        let service = contact.service.as_ref();
        service
            .is_some_and(|(namespace, name)| **namespace == *meta.namespace && **name == *meta.name)
            && wants(contact)
    })
}
