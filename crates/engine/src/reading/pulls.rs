//! Image pulls that fail, by sub-cause.

mod words;

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{ContainerStatus, Event},
};
use jiff::{SignedDuration, Timestamp};

use super::has_any;
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Why an image is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PullClass {
    NotFound,
    Unauthorized,
    RegistryDns,
    RegistryUnreachable,
    RegistryWrongHost,
    RateLimited,
    Tls,
    InvalidName,
    NeverPull,
    InspectError,
    Signature,
    CorruptLayer,
    DiskFull,
    Platform,
    /// The kubelet's words fit no class.
    Other,
    /// Still pulling after a long time, no error.
    Slow,
    /// No words at all: the Events would tell.
    Unknown,
}

/// One container whose image does not arrive.
#[derive(Debug)]
pub(crate) struct Pull<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) container: String,
    pub(crate) image: String,
    pub(crate) class: PullClass,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

/// A pull that takes longer than this without an answer is slow.
const SLOW: SignedDuration = SignedDuration::from_mins(5);

/// Waiting reasons that speak of an image.
pub(crate) fn is_pull_reason(reason: &str) -> bool {
    matches!(
        reason,
        "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "ImageInspectError"
            | "RegistryUnavailable"
            | "SignatureValidationFailed"
    )
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Pull<'a>> {
    let mut pulls = Vec::new();
    let staying = view
        .suspects
        .iter()
        .filter(|known| !known.pod.meta.is_terminating());
    for suspect in staying {
        let statuses = suspect.pod.container_statuses();
        pulls.extend(statuses.filter_map(|status| read_container(view, suspect, status)));
    }
    pulls
}

fn read_container<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
) -> Option<Pull<'a>> {
    let waiting = status.state.waiting.as_deref()?;
    let image = suspect
        .pod
        .spec
        .container(&status.name)
        .map_or(&status.image, |known| &known.image);
    let events: Vec<&Event> = view
        .pod_events(suspect.pod)
        .filter(|event| is_about(event, status, image))
        .collect();
    if matches!(&*waiting.reason, "ContainerCreating" | "PodInitializing") {
        return read_slow(view, suspect, status, &events);
    }
    if !is_pull_reason(&waiting.reason) {
        return None;
    }
    let failures: Vec<&Event> = events
        .iter()
        .copied()
        .filter(|event| is_failure(event))
        .collect();
    // The waiting message of newer kubelets holds the error; older ones leave it to the Events.
    let newest = failures
        .iter()
        .rev()
        .map(|event| &*event.message)
        .find(|text| words::says_why(text));
    let text = if words::says_why(&waiting.message) {
        &*waiting.message
    } else {
        newest.unwrap_or("")
    };
    let class = words::classify(
        &waiting.reason,
        &words::without_names(text, image),
        view.has_events(),
    );
    Some(Pull {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        image: image.to_string(),
        class,
        since: failures
            .first()
            .and_then(|event| event.first_seen)
            .or(suspect.pod.begun()),
        evidence: evidence(view, suspect, status, (image, class), &failures),
    })
}

fn evidence(
    view: &View<'_>,
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
    (image, class): (&str, PullClass),
    failures: &[&Event],
) -> Vec<Evidence> {
    let object = &suspect.object;
    let mut facts = vec![
        waiting_evidence(suspect, status),
        cite::spec(object, &format!("{}.image", status.name), image),
    ];
    let telling = failures
        .iter()
        .rev()
        .filter(|event| words::says_why(&event.message));
    facts.extend(telling.take(2).map(|event| cite::event(event)));
    if class == PullClass::Unauthorized {
        let secrets = view
            .pod_events(suspect.pod)
            .filter(|event| event.reason == "FailedToRetrieveImagePullSecret");
        facts.extend(secrets.last().map(cite::event));
        let names: Vec<&str> = suspect
            .pod
            .spec
            .image_pull_secrets
            .iter()
            .map(|known| &*known.name)
            .collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        facts.push(cite::spec(object, "spec.imagePullSecrets", names));
    }
    facts
}

fn waiting_evidence(suspect: &Suspect<'_>, status: &ContainerStatus) -> Evidence {
    let field = format!("{}.state.waiting", status.name);
    let waiting = status.state.waiting.as_deref();
    let value = waiting.map_or_else(String::new, |waiting| {
        format!("{}: {}", waiting.reason, waiting.message)
    });
    cite::status(&suspect.object, &field, value.trim_end_matches(": "))
}

/// A pull that has been running for long without an answer.
fn read_slow<'a>(
    view: &View<'a>,
    suspect: &Suspect<'a>,
    status: &ContainerStatus,
    events: &[&Event],
) -> Option<Pull<'a>> {
    let last = events
        .iter()
        .rfind(|event| matches!(&*event.reason, "Pulling" | "Pulled" | "Failed" | "BackOff"))?;
    let begun = last.last_seen?;
    if last.reason != "Pulling" || view.now().duration_since(begun) < SLOW {
        return None;
    }
    Some(Pull {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        image: status.image.to_string(),
        class: PullClass::Slow,
        since: Some(begun),
        evidence: vec![cite::event(last), waiting_evidence(suspect, status)],
    })
}

/// True when an Event speaks of this container and, where it names an image, of its present one.
fn is_about(event: &Event, status: &ContainerStatus, image: &str) -> bool {
    let is_container = event
        .container()
        .is_none_or(|container| container == &*status.name);
    is_container
        && (image.is_empty() || event.message.contains(image) || !event.message.contains('"'))
}

fn is_failure(event: &Event) -> bool {
    let speaks_of_image = has_any(&event.message, &["image", "pull"]);
    matches!(
        &*event.reason,
        "Failed" | "BackOff" | "InspectFailed" | "ErrImageNeverPull"
    ) && speaks_of_image
}

/// Reports every pull of one class.
pub(crate) fn report(view: &View<'_>, class: PullClass, report: &mut Report<'_>) {
    for pull in view.pulls.iter().filter(|pull| pull.class == class) {
        let subject = Subject::of(pull.suspect.object.clone())
            .container(&pull.container)
            .detail(pull.image.clone())
            .since(pull.since);
        report.found_all(subject, pull.evidence.iter().cloned());
    }
    // Where the reason alone decides, words that were not read leave nothing open.
    let is_plain = matches!(
        class,
        PullClass::InvalidName | PullClass::NeverPull | PullClass::InspectError | PullClass::Slow
    );
    let unknown = view
        .pulls
        .iter()
        .filter(|pull| pull.class == PullClass::Unknown && !is_plain);
    for pull in unknown {
        report.undecided(pull.suspect.object.clone(), Source::Objects(Kind::Event));
    }
}
