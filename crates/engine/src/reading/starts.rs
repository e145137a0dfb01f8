//! Containers that cannot be configured, created or started.

use dogwatch_model::{
    Evidence,
    snapshot::{ContainerStatus, Event},
};
use jiff::Timestamp;

use super::{Pattern, has_any};
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

static KEY_MISSING: Pattern =
    Pattern::new(r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) (?P<object>\S+)");
static OBJECT_MISSING: Pattern =
    Pattern::new(r#"(?i)(?P<kind>configmap|secret)s? "(?P<name>[^"]+)" not found"#);
/// `exec: "x": why` of runc, quoted once more by some runtimes; `exec /x: why` of the kernel;
/// "`x`" of crun.
static EXEC: Pattern = Pattern::new(
    r#"(?i)(exec: \\?"(?P<runc>[^"\\]*)\\?": |exec (?P<kernel>/\S+): |executable file `(?P<lookup>[^`]+)` |exec container process `(?P<crun>[^`]+)`: |exec user process caused:? "?)(?P<why>.*)"#,
);
static NO_FILE: Pattern =
    Pattern::new(r"(?i)(executable file )?not found in \$PATH|no such file or directory");
static FORBIDDEN: Pattern = Pattern::new(r"(?i)permission denied|is a directory");

/// Sorts the words of a failed start into a class, with the name that matters. `None` for every
/// other reason: an application may write the same words, but it was started.
pub(crate) fn classify(reason: &str, message: &str) -> Option<(StartClass, String)> {
    let bare = |class| Some((class, String::new()));
    match reason {
        "CreateContainerConfigError" => Some(classify_config(message)),
        "PostStartHookError" => bare(StartClass::PostStartHook),
        "PreStartHookError" | "PreCreateHookError" => {
            Some((StartClass::RunError, reason.to_owned()))
        }
        "CreateContainerError" | "RunContainerError" | "StartError" | "ContainerCannotRun" => {
            if let Some(found) = classify_exec(message) {
                return Some(found);
            }
            if is_oci(message) {
                return bare(StartClass::OciError);
            }
            match reason {
                "CreateContainerError" => bare(StartClass::CreateError),
                _ => Some((StartClass::RunError, reason.to_owned())),
            }
        }
        _ => None,
    }
}

fn is_oci(message: &str) -> bool {
    has_any(
        message,
        &[
            "oci runtime create failed",
            "oci runtime error",
            "runtime create failed",
            "runc create failed",
            "crun: ",
            "unable to start container process",
        ],
    )
}

fn classify_config(message: &str) -> (StartClass, String) {
    if let Some(found) = KEY_MISSING.get().captures(message) {
        let object = found["object"]
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        return (
            StartClass::ConfigKeyMissing,
            format!("key {} in {} {object}", &found["key"], &found["kind"]),
        );
    }
    if let Some(found) = OBJECT_MISSING.get().captures(message) {
        let class = if found["kind"].eq_ignore_ascii_case("secret") {
            StartClass::SecretMissing
        } else {
            StartClass::ConfigMapMissing
        };
        return (class, found["name"].to_owned());
    }
    if has_any(
        message,
        &[
            "runasnonroot",
            "image has non-numeric user",
            "breaks non-root policy",
        ],
    ) {
        return (StartClass::RunAsNonRoot, String::new());
    }
    if has_any(message, &["subpath"]) {
        return (StartClass::SubPath, String::new());
    }
    (StartClass::OtherConfig, String::new())
}

/// Failures of exec itself, in the words of runc, crun and the kernel.
fn classify_exec(message: &str) -> Option<(StartClass, String)> {
    if message.contains("no command specified") || message.contains("No command specified") {
        return Some((
            StartClass::CommandNotFound,
            "no command specified".to_owned(),
        ));
    }
    let found = EXEC.get().captures(message)?;
    let command = ["runc", "kernel", "lookup", "crun"]
        .iter()
        .find_map(|group| found.name(group))
        .map_or("", |command| command.as_str())
        .to_owned();
    let why = &found["why"];
    if FORBIDDEN.is_match(why) {
        return Some((StartClass::PermissionDenied, command));
    }
    if has_any(why, &["exec format error"]) {
        return Some((StartClass::ExecFormat, command));
    }
    if NO_FILE.is_match(why) {
        return Some((StartClass::CommandNotFound, command));
    }
    None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reason: &str, message: &str, class: StartClass, detail: &str) {
        assert_eq!(
            classify(reason, message),
            Some((class, detail.to_owned())),
            "{message}"
        );
    }

    #[test]
    fn start_errors_by_class() {
        let config = "CreateContainerConfigError";
        check(
            config,
            "couldn't find key url in Secret shop/db",
            StartClass::ConfigKeyMissing,
            "key url in Secret db",
        );
        check(
            config,
            "secret \"db\" not found",
            StartClass::SecretMissing,
            "db",
        );
        check(
            config,
            "configmap \"app\" not found",
            StartClass::ConfigMapMissing,
            "app",
        );
        check(
            config,
            "container has runAsNonRoot and image will run as root (pod: x)",
            StartClass::RunAsNonRoot,
            "",
        );
        check(
            "RunContainerError",
            "failed to create containerd task: OCI runtime create failed: exec: \"appx\": \
             executable file not found in $PATH: unknown",
            StartClass::CommandNotFound,
            "appx",
        );
        check(
            "StartError",
            "exec: \"/run.sh\": stat /run.sh: no such file or directory: unknown",
            StartClass::CommandNotFound,
            "/run.sh",
        );
        check(
            "RunContainerError",
            "context deadline exceeded",
            StartClass::RunError,
            "RunContainerError",
        );
    }

    #[test]
    fn failures_of_exec_in_the_words_of_each_runtime() {
        let start = "StartError";
        check(
            start,
            "OCI runtime create failed: exec: \"/run.sh\": permission denied",
            StartClass::PermissionDenied,
            "/run.sh",
        );
        check(
            "CreateContainerError",
            r#"container create failed: time="2026-01-01T00:00:00Z" level=error msg="runc create failed: unable to start container process: exec: \"appx\": executable file not found in $PATH""#,
            StartClass::CommandNotFound,
            "appx",
        );
        check(
            "CreateContainerError",
            "container create failed: executable file `appx` not found in $PATH: No such file or \
             directory",
            StartClass::CommandNotFound,
            "appx",
        );
        check(
            start,
            "exec /app: exec format error",
            StartClass::ExecFormat,
            "/app",
        );
        check(
            "CreateContainerError",
            "failed to generate container \"c\" spec: no command specified",
            StartClass::CommandNotFound,
            "no command specified",
        );
        check(
            "RunContainerError",
            "runc create failed: unable to start container process: error mounting \"/a\" to \
             rootfs at \"/b\": not a directory: unknown",
            StartClass::OciError,
            "",
        );
        check(
            "CreateContainerError",
            "failed to reserve container name \"c\": name \"c\" is reserved for \"d\"",
            StartClass::CreateError,
            "",
        );
    }

    #[test]
    fn words_of_the_application_are_no_failed_start() {
        let words = "exec: \"helper\": executable file not found in $PATH";
        assert_eq!(classify("Error", words), None);
        assert_eq!(classify("CrashLoopBackOff", words), None);
    }
}
