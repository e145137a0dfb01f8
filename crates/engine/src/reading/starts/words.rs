//! The words of the kubelet and the runtimes about a start that failed.

use super::{
    super::{Pattern, has_any},
    StartClass,
};

static KEY_MISSING: Pattern =
    Pattern::new(r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) (?P<object>\S+)");
static OBJECT_MISSING: Pattern =
    Pattern::new(r#"(?i)(?P<kind>configmap|secret)s? "(?P<name>[^"]+)" not found"#);
static VOLUME_MOUNT: Pattern = Pattern::new(r#"volumeMount "(?P<mount>[^"]+)""#);
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
        let mount = VOLUME_MOUNT.capture(message, "mount").unwrap_or_default();
        return (StartClass::SubPath, mount.to_owned());
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
