//! Containers that cannot be configured, created or started.

use dogwatch_model::{Evidence, snapshot::ContainerStatus};
use jiff::Timestamp;

use super::{Pattern, has_any};
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
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
static COMMAND: Pattern = Pattern::new(
    r#"(?i)exec: "(?P<command>[^"]+)": (executable file not found in \$PATH|stat [^:]*: no such file or directory)"#,
);
static NO_FILE: Pattern = Pattern::new(
    r"(?i)(executable file not found in \$PATH|exec[^:]*: [^:]*: no such file or directory|exec \S+: no such file or directory)",
);

/// Sorts the words of a failed start into a class, with the name that matters.
pub(crate) fn classify(reason: &str, message: &str) -> Option<(StartClass, String)> {
    if let Some(found) = classify_exec(message)
        && reason != "CreateContainerConfigError"
    {
        return Some(found);
    }
    match reason {
        "CreateContainerConfigError" => Some(classify_config(message)),
        "PostStartHookError" => Some((StartClass::PostStartHook, String::new())),
        "CreateContainerError" if is_oci(message) => Some((StartClass::OciError, String::new())),
        "CreateContainerError" => Some((StartClass::CreateError, String::new())),
        "RunContainerError" | "StartError" | "ContainerCannotRun" if is_oci(message) => {
            Some((StartClass::OciError, String::new()))
        }
        "RunContainerError" | "StartError" | "ContainerCannotRun" | "PreStartHookError"
        | "PreCreateHookError" => Some((StartClass::RunError, reason.to_owned())),
        _ => None,
    }
}

fn is_oci(message: &str) -> bool {
    has_any(
        message,
        &[
            "oci runtime create failed",
            "runc create failed",
            "runtime create failed",
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
        &["runasnonroot", "image has non-numeric user", "run as root"],
    ) {
        return (StartClass::RunAsNonRoot, String::new());
    }
    if has_any(message, &["subpath"]) {
        return (StartClass::SubPath, String::new());
    }
    (StartClass::OtherConfig, String::new())
}

/// Failures of exec itself, wherever the runtime reports them.
pub(crate) fn classify_exec(message: &str) -> Option<(StartClass, String)> {
    if let Some(command) = COMMAND.capture(message, "command") {
        return Some((StartClass::CommandNotFound, command.to_owned()));
    }
    if NO_FILE.is_match(message) {
        return Some((StartClass::CommandNotFound, String::new()));
    }
    let is_exec = has_any(message, &["exec:", "exec ", "starting container process"]);
    if is_exec && message.contains("permission denied") {
        return Some((StartClass::PermissionDenied, String::new()));
    }
    if message.contains("exec format error") {
        return Some((StartClass::ExecFormat, String::new()));
    }
    None
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<StartTrouble<'a>> {
    let mut troubles = Vec::new();
    for suspect in &view.suspects {
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
    if status.ready && status.state.running.is_some() {
        return None;
    }
    let object = &suspect.object;
    let waiting = status.state.waiting.as_deref();
    let from_waiting = waiting.and_then(|waiting| classify(&waiting.reason, &waiting.message));
    let end = status.last_end();
    let from_end = end.and_then(|end| classify(&end.reason, &end.message));
    let is_running = status.state.running.is_some();
    let (class, detail) = from_waiting.or_else(|| from_end.filter(|_| !is_running))?;
    let mut evidence = Vec::new();
    if let Some(waiting) = waiting {
        let field = format!("{}.state.waiting", status.name);
        let value = format!("{}: {}", waiting.reason, waiting.message);
        evidence.push(cite::status(object, &field, value.trim_end_matches(": ")));
    }
    if let Some(end) = end {
        let now = status.state.terminated.is_some();
        let field = if now {
            "state.terminated"
        } else {
            "lastState.terminated"
        };
        evidence.push(cite::terminated(object, &status.name, field, end));
    }
    if class == StartClass::CommandNotFound
        && let Some(container) = suspect.pod.spec.container(&status.name)
        && !container.command.is_empty()
    {
        let command = container.command.joined(" ");
        evidence.push(cite::spec(
            object,
            &format!("{}.command", status.name),
            command,
        ));
    }
    let events = view.pod_events(suspect.pod).filter(|event| {
        event.reason == "Failed"
            && event.container().is_none_or(|name| name == &*status.name)
            && has_any(&event.message, &["error", "fail", "not found"])
            && !event.message.contains("pull")
    });
    evidence.extend(events.last().map(cite::event));
    Some(StartTrouble {
        suspect: suspect.clone(),
        container: status.name.to_string(),
        class,
        detail,
        since: end.and_then(|end| end.finished_at).or(suspect.pod.begun()),
        evidence,
    })
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
            "StartError",
            "OCI runtime create failed: exec: \"/run.sh\": permission denied",
            StartClass::PermissionDenied,
            "",
        );
        check(
            "RunContainerError",
            "context deadline exceeded",
            StartClass::RunError,
            "RunContainerError",
        );
    }
}
