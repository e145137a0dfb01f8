//! What the last lines of a log say about why a container ended.

use dogwatch_model::snapshot::{LogExcerpt, Pod};

use super::Pattern;
use crate::view::View;

/// What kind of failure a log line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LogClass {
    HeapExhausted,
    ExecFormat,
    CommandNotFound,
    PortInUse,
    Certificate,
    Arguments,
    Configuration,
    Dependency,
    PermissionDenied,
    ResourceExhausted,
    Panic,
    Error,
}

/// A line that says why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogHit<'a> {
    pub(crate) class: LogClass,
    pub(crate) log: &'a LogExcerpt,
    pub(crate) line: &'a str,
}

/// In the order in which a line is tried: the first that matches names its class.
static PATTERNS: [(LogClass, Pattern); 12] = [
    (
        LogClass::HeapExhausted,
        Pattern::new(
            r"java\.lang\.OutOfMemoryError|JavaScript heap out of memory|FATAL ERROR: .*heap|^MemoryError|OutOfMemoryException",
        ),
    ),
    (LogClass::ExecFormat, Pattern::new(r"exec format error")),
    (
        LogClass::CommandNotFound,
        Pattern::new(
            r"(?i)(executable file not found|: (command )?not found$|exec: .*: not found|no such file or directory: .*bin/|can't open file .*No such file)",
        ),
    ),
    (
        LogClass::PortInUse,
        Pattern::new(
            r"(?i)(address already in use|EADDRINUSE|port \d+ is already (in use|allocated))",
        ),
    ),
    (
        LogClass::Certificate,
        Pattern::new(
            r"(?i)(x509:|certificate (has |is )?(expired|not yet valid|signed by unknown|verify failed|required|revoked)|CERTIFICATE_VERIFY_FAILED|SSL certificate|certificate.*(expired|invalid)|expired.*certificate|tls: (bad|failed|unknown))",
        ),
    ),
    (
        LogClass::Arguments,
        Pattern::new(
            r#"(?i)(unknown (command|flag|shorthand flag|option|argument)|unrecognized (arguments?|option|flag)|invalid (option|flag|argument)|flag provided but not defined|^usage: |unexpected argument|no such (option|subcommand)|error: .*required arguments? )"#,
        ),
    ),
    (
        LogClass::Configuration,
        Pattern::new(
            r"(?i)((missing|required|undefined|unset|invalid|unknown|no) .{0,60}?\b(env|environment|variable|config|configuration|setting|property|credential)|\b(env|environment|variable|config|configuration|setting|property)\b.{0,80}?(missing|required|undefined|not set|is unset|not defined|not found|invalid|must be set|is empty)|KeyError|cannot parse|could not parse|failed to parse|parse error|yaml: |toml: |unmarshal|failed to load config|No such file or directory.*\.(ya?ml|json|conf|toml|ini|properties))",
        ),
    ),
    (
        LogClass::Dependency,
        Pattern::new(
            r"(?i)(connection refused|ECONNREFUSED|no such host|i/o timeout|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|could not connect|can't connect|cannot connect|unable to connect|failed to connect|connection (timed out|reset|closed)|connect timeout|Name or service not known|could not resolve host|failed to resolve|NameResolutionError|Temporary failure in name resolution|getaddrinfo|no route to host|network is unreachable|authentication failed|Access denied for user|password authentication|SASL|(database|broker|server|service) (is |was )?(unavailable|unreachable|not (available|reachable))|communications link failure|max retries exceeded|upstream (connect|request) )",
        ),
    ),
    (
        LogClass::PermissionDenied,
        Pattern::new(r"(?i)(permission denied|EACCES|EPERM|operation not permitted)"),
    ),
    (
        LogClass::ResourceExhausted,
        Pattern::new(
            r"(?i)(too many open files|EMFILE|no space left on device|ENOSPC|read-only file system|EROFS|resource temporarily unavailable|pthread_create failed|cannot assign requested address|EADDRNOTAVAIL|could not resize shared memory)",
        ),
    ),
    (
        LogClass::Panic,
        Pattern::new(
            r"(^panic: |\bSIGSEGV\b|Segmentation fault|core dumped|thread '.*' panicked|fatal error: |Unhandled exception|Traceback \(most recent call last\)|Exception in thread)",
        ),
    ),
    (
        LogClass::Error,
        Pattern::new(
            r"(?i)(\b(fatal|error|exception|critical|panic|failed|failure)\b|[a-z]+(Error|Exception)\b)",
        ),
    ),
];

static API_ADDRESS: Pattern = Pattern::new(
    r"dial tcp (?P<address>(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\]):\d+): (i/o timeout|connect: (connection refused|no route to host|operation not permitted))",
);

/// Lines looked at, from the end: what kills a process stands there.
const MAX_LINES: usize = 200;

/// The class of one line.
pub(crate) fn classify(line: &str) -> Option<LogClass> {
    PATTERNS
        .iter()
        .find(|(_, pattern)| pattern.is_match(line))
        .map(|(class, _)| *class)
}

/// The address of the API server's Service that a line fails to reach, if it speaks of one.
pub(crate) fn failed_address(line: &str) -> Option<&str> {
    API_ADDRESS.capture(line, "address")
}

/// The line that best says why a container of a Pod ended: a specific class wins over a general
/// one, and the later line over the earlier. The previous log is asked first.
pub(crate) fn reason_in_logs<'a>(
    view: &View<'a>,
    pod: &'a Pod,
    container: &'a str,
) -> Option<LogHit<'a>> {
    let mut logs: Vec<&LogExcerpt> = view
        .snapshot
        .logs_of(&pod.meta.namespace, &pod.meta.name, container)
        .collect();
    logs.sort_by_key(|log| !log.key.previous);
    logs.into_iter().find_map(best_line)
}

fn best_line(log: &LogExcerpt) -> Option<LogHit<'_>> {
    let mut best: Option<LogHit<'_>> = None;
    for line in log.lines.iter().rev().take(MAX_LINES) {
        let Some(class) = classify(line) else {
            continue;
        };
        let rank = |class: LogClass| matches!(class, LogClass::Panic | LogClass::Error);
        let is_better = best.is_none_or(|known| rank(known.class) && !rank(class));
        if is_better {
            best = Some(LogHit { class, log, line });
        }
    }
    best
}

/// Compiles every pattern; called by a test, so that none can be broken unseen.
#[cfg(test)]
fn compile_all() -> usize {
    PATTERNS
        .iter()
        .map(|(_, pattern)| pattern.get().captures_len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(compile_all() > 0);
    }

    #[test]
    fn lines_by_class() {
        for (line, class) in [
            (
                "Exception in thread main java.lang.OutOfMemoryError: Java heap space",
                LogClass::HeapExhausted,
            ),
            (
                "standard_init_linux.go: exec /app: exec format error",
                LogClass::ExecFormat,
            ),
            (
                "listen tcp :8080: bind: address already in use",
                LogClass::PortInUse,
            ),
            (
                "x509: certificate has expired or is not yet valid",
                LogClass::Certificate,
            ),
            (
                "An error occurred: unknown command \"start-junk\" for \"tool\"",
                LogClass::Arguments,
            ),
            (
                "Environment variable REGION is undefined",
                LogClass::Configuration,
            ),
            (
                "required environment variable DB_URL missing",
                LogClass::Configuration,
            ),
            (
                "dial tcp 10.0.0.7:5432: connect: connection refused",
                LogClass::Dependency,
            ),
            (
                "curl: (6) Could not resolve host: nowhere.example",
                LogClass::Dependency,
            ),
            (
                "open /data/x: permission denied",
                LogClass::PermissionDenied,
            ),
            ("accept: too many open files", LogClass::ResourceExhausted),
            ("panic: runtime error: index out of range", LogClass::Panic),
            ("ERROR something broke", LogClass::Error),
        ] {
            assert_eq!(classify(line), Some(class), "{line}");
        }
        assert_eq!(classify("server started, listening on :8080"), None);
    }

    #[test]
    fn api_server_addresses() {
        let line = "Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: i/o timeout";
        assert_eq!(failed_address(line), Some("10.96.0.1:443"));
        assert_eq!(failed_address("dial tcp: lookup x: no such host"), None);
    }
}
