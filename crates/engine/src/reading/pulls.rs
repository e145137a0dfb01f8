//! Image pulls that fail, by sub-cause.

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{ContainerStatus, Event},
};
use jiff::{SignedDuration, Timestamp};

use super::{Pattern, has_any};
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
    for suspect in &view.suspects {
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
    let is_pull = is_pull_reason(&waiting.reason);
    if !is_pull && !matches!(&*waiting.reason, "ContainerCreating" | "PodInitializing") {
        return None;
    }
    let events: Vec<&Event> = view
        .pod_events(suspect.pod)
        .filter(|event| is_about(event, status, image))
        .collect();
    let failures: Vec<&Event> = events
        .iter()
        .copied()
        .filter(|event| is_failure(event))
        .collect();
    if !is_pull {
        return read_slow(view, suspect, status, &events);
    }
    // The waiting message of newer kubelets holds the error; older ones leave it to the Events.
    let told = failures
        .iter()
        .rev()
        .map(|event| &*event.message)
        .find(|text| has_words(text));
    let text = if has_words(&waiting.message) {
        &*waiting.message
    } else {
        told.unwrap_or("")
    };
    let class = classify(&waiting.reason, text, view.has_events());
    let field = format!("{}.state.waiting", status.name);
    let state = format!("{}: {}", waiting.reason, waiting.message);
    let mut evidence = vec![cite::status(
        &suspect.object,
        &field,
        state.trim_end_matches(": "),
    )];
    evidence.push(cite::spec(
        &suspect.object,
        &format!("{}.image", status.name),
        image,
    ));
    let newest_with_words = failures
        .iter()
        .rev()
        .filter(|event| has_words(&event.message));
    evidence.extend(newest_with_words.take(2).map(|event| cite::event(event)));
    Some(Pull {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        image: image.to_string(),
        class,
        since: failures
            .first()
            .and_then(|event| event.first_seen)
            .or(suspect.pod.begun()),
        evidence,
    })
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
        evidence: vec![
            cite::event(last),
            cite::status(
                &suspect.object,
                &format!("{}.state.waiting", status.name),
                "ContainerCreating",
            ),
        ],
    })
}

/// True when an Event speaks of this container, or of its image where it names no container.
fn is_about(event: &Event, status: &ContainerStatus, image: &str) -> bool {
    match event.container() {
        Some(container) => container == &*status.name,
        None => image.is_empty() || event.message.contains(image) || !event.message.contains('"'),
    }
}

fn is_failure(event: &Event) -> bool {
    let speaks_of_image = has_any(&event.message, &["image", "pull"]);
    matches!(
        &*event.reason,
        "Failed" | "BackOff" | "InspectFailed" | "ErrImageNeverPull"
    ) && speaks_of_image
}

/// True when the text says more than "it failed and will be tried again".
fn has_words(text: &str) -> bool {
    let bare = text.trim();
    !bare.is_empty()
        && !(bare.starts_with("Back-off pulling image") && !bare.contains("Err"))
        && !matches!(bare, "Error: ErrImagePull" | "Error: ImagePullBackOff")
}

static DNS: Pattern = Pattern::new(
    r"(?i)(no such host|server misbehaving|name or service not known|temporary failure in name resolution|lookup \S+( on \S+)?: )",
);
static NETWORK: Pattern = Pattern::new(
    r"(?i)(i/o timeout|connection refused|TLS handshake timeout|no route to host|context deadline exceeded|network is unreachable|connection reset|dial tcp|Client\.Timeout)",
);
static RATE: Pattern =
    Pattern::new(r"(?i)(toomanyrequests|too many requests|\b429\b|rate limit|pull QPS exceeded)");
static TLS: Pattern =
    Pattern::new(r"(?i)(x509:|server gave HTTP response to HTTPS client|tls: |certificate)");
static AUTH: Pattern = Pattern::new(
    r"(?i)(\b401\b|\b403\b|unauthorized|pull access denied|insufficient_scope|authorization failed|no basic auth credentials|authentication required|\bdenied\b|forbidden)",
);
static MISSING: Pattern = Pattern::new(
    r"(?i)(not found|manifest unknown|name unknown|repository \S+ (does )?not exist|\b404\b)",
);
static PLATFORM: Pattern = Pattern::new(r"(?i)no (match for platform|matching manifest)");
static CORRUPT: Pattern = Pattern::new(
    r"(?i)(failed to extract layer|failed to unpack|unexpected EOF|invalid tar header|failed commit on ref|unexpected commit digest)",
);
static POLICY: Pattern = Pattern::new(r"(?i)(signature|policy|not signed|untrusted|attestation)");

/// The class of a pull error. The more specific wording wins over the more general.
fn classify(reason: &str, text: &str, has_events: bool) -> PullClass {
    match reason {
        "InvalidImageName" => return PullClass::InvalidName,
        "ErrImageNeverPull" => return PullClass::NeverPull,
        "ImageInspectError" => return PullClass::InspectError,
        "SignatureValidationFailed" => return PullClass::Signature,
        _ => {}
    }
    if text.is_empty() {
        return if has_events {
            PullClass::Other
        } else {
            PullClass::Unknown
        };
    }
    let table: &[(&Pattern, PullClass)] = &[
        (&RATE, PullClass::RateLimited),
        (&DNS, PullClass::RegistryDns),
        (&PLATFORM, PullClass::Platform),
        (&CORRUPT, PullClass::CorruptLayer),
    ];
    if text.contains("no space left on device") {
        return PullClass::DiskFull;
    }
    if let Some((_, class)) = table.iter().find(|(pattern, _)| pattern.is_match(text)) {
        return *class;
    }
    if POLICY.is_match(text) && !MISSING.is_match(text) && text.contains("valid") {
        return PullClass::Signature;
    }
    // A registry that answers over the network was reached: TLS and network come before its answer.
    let later: &[(&Pattern, PullClass)] = &[
        (&TLS, PullClass::Tls),
        (&NETWORK, PullClass::RegistryUnreachable),
        (&AUTH, PullClass::Unauthorized),
        (&MISSING, PullClass::NotFound),
    ];
    if has_any(text, &["never", "is not present with pull policy"])
        && text.contains("pull policy of Never")
    {
        return PullClass::NeverPull;
    }
    if has_any(
        text,
        &["couldn't parse image", "failed to apply default image tag"],
    ) {
        return PullClass::InvalidName;
    }
    // Docker Hub answers "denied" also for repositories that do not exist: "does not exist or may
    // require" leaves both open, and the credentials are what a person can check.
    later
        .iter()
        .find(|(pattern, _)| pattern.is_match(text))
        .map_or(PullClass::Other, |(_, class)| *class)
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
    for pull in undecided(view) {
        report.undecided(pull.suspect.object.clone(), Source::Objects(Kind::Event));
    }
}

/// Pulls whose reason stands in Events that were not read.
fn undecided<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v Pull<'a>> {
    view.pulls
        .iter()
        .filter(|pull| pull.class == PullClass::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, class: PullClass) {
        assert_eq!(classify("ErrImagePull", text, true), class, "{text}");
    }

    #[test]
    fn pull_errors_by_sub_cause() {
        check(
            "manifest for x:1 not found: manifest unknown",
            PullClass::NotFound,
        );
        check("reg.io/a/b:1: not found", PullClass::NotFound);
        check(
            "pull access denied, repository does not exist or may require authorization: server \
             message: insufficient_scope: authorization failed",
            PullClass::Unauthorized,
        );
        check(
            "unexpected status: 401 Unauthorized",
            PullClass::Unauthorized,
        );
        check(
            "dial tcp: lookup reg.example on 10.0.0.2:53: no such host",
            PullClass::RegistryDns,
        );
        check(
            "dial tcp 10.1.1.1:443: i/o timeout",
            PullClass::RegistryUnreachable,
        );
        check(
            "x509: certificate signed by unknown authority",
            PullClass::Tls,
        );
        check(
            "http: server gave HTTP response to HTTPS client",
            PullClass::Tls,
        );
        check(
            "toomanyrequests: You have reached your pull rate limit",
            PullClass::RateLimited,
        );
        check(
            "no match for platform in manifest: not found",
            PullClass::Platform,
        );
        check(
            "write /var/lib: no space left on device",
            PullClass::DiskFull,
        );
        check("something else", PullClass::Other);
    }

    #[test]
    fn bare_backoff_says_nothing() {
        assert!(!has_words("Back-off pulling image \"x\""));
        assert!(has_words(
            "Back-off pulling image \"x\": ErrImagePull: not found"
        ));
    }
}
