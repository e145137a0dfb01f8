//! What the last lines of a log say about why a container ended.

mod table;

use dogwatch_model::snapshot::{ContainerStatus, LogExcerpt, Pod};

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
    /// No more file handles.
    FileHandles,
    /// No local port is left for another connection.
    EphemeralPorts,
    /// No more watches on files.
    Inotify,
    SharedMemory,
    Threads,
    DiskFull,
    ReadOnlyFiles,
    /// Somebody refuses a name or a password.
    Credential,
    /// The API server refuses the token.
    TokenInvalid,
    /// The API server accepts the token and forbids what is asked for.
    RbacDenied,
    /// No token is mounted.
    TokenMissing,
    /// The cloud refuses an identity.
    CloudIdentity,
    /// A key, certificate or password does not have the form it should have.
    SecretCorrupt,
    /// A variable that Kubernetes makes for a Service is taken for a setting.
    ServiceLink,
    Panic,
    Error,
}

/// How much a wording proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Something failed.
    General,
    /// A class, unless a later or sharper line names another one.
    Telling,
    /// Names the reason.
    Decisive,
}

/// A line that says why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogHit<'a> {
    pub(crate) class: LogClass,
    /// The log it stands in; `None` when the kubelet copied it into the status.
    pub(crate) log: Option<&'a LogExcerpt>,
    pub(crate) line: &'a str,
}

static API_ADDRESS: Pattern = Pattern::new(
    r"dial tcp (?P<address>(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\]):\d+): (i/o timeout|connect: (connection refused|no route to host|operation not permitted))",
);

/// Lines looked at, from the end: what kills a process stands there.
const MAX_LINES: usize = 200;

/// Of these, the lines in which a class is believed; frames of a stack trace do not count.
const NEAR_END: usize = 50;

/// A reason is logged at most so many lines before the panic it leads to.
const NEAR_PANIC: usize = 3;

/// The first line of a trace of Python, which says nothing else.
const TRACE_HEADER: &str = "(most recent call last)";

/// Characters in which the level of a line stands.
const HEAD: usize = 100;

/// The class of one line, and how sure it is.
fn classify(line: &str) -> Option<(LogClass, Weight)> {
    if is_quiet(line) || table::OTHERS.is_match(line) {
        return None;
    }
    let found = table::RULES
        .iter()
        .find(|rule| rule.pattern.is_match(line))?;
    if found.weight == Weight::General && table::BENIGN.is_match(line) {
        let rest = table::BENIGN.get().replace_all(line, " ");
        let still = table::RULES
            .iter()
            .any(|rule| rule.weight == Weight::General && rule.pattern.is_match(&rest));
        return still.then_some((found.class, found.weight));
    }
    Some((found.class, found.weight))
}

/// True for lines of level info and below.
fn is_quiet(line: &str) -> bool {
    let end = line
        .char_indices()
        .nth(HEAD)
        .map_or(line.len(), |(at, _)| at);
    let head = &line[..end];
    table::QUIET.is_match(head) && !table::LOUD.is_match(head)
}

/// The address of the API server's Service that a line fails to reach, if it speaks of one.
pub(crate) fn failed_address(line: &str) -> Option<&str> {
    API_ADDRESS.capture(line, "address")
}

/// The line that best says why a container ended. The log of the incarnation that ended is asked
/// first: the present one of a container that stays ended, else the previous one.
pub(crate) fn reason_of_end<'a>(
    view: &View<'a>,
    pod: &'a Pod,
    status: &'a ContainerStatus,
) -> Option<LogHit<'a>> {
    let is_over = status.state.terminated.is_some();
    let is_well = status.state.running.is_some() && status.ready;
    let mut logs: Vec<&LogExcerpt> = view
        .snapshot
        .logs_of(&pod.meta.namespace, &pod.meta.name, &status.name)
        .filter(|log| log.key.previous || !is_well)
        .collect();
    logs.sort_by_key(|log| log.key.previous == is_over);
    let in_status = || {
        let end = status.last_end()?;
        let (class, line) = best_line(end.message.lines(), |_| true)?;
        let log = None;
        Some(LogHit { class, log, line })
    };
    logs.into_iter()
        .find_map(|log| in_log(log, |_| true))
        .or_else(in_status)
}

/// The line in which a running container complains about something it needs: lately, or again and
/// again in between other lines.
pub(crate) fn complaint(log: &LogExcerpt) -> Option<LogHit<'_>> {
    in_log(log, is_complaint).or_else(|| repeated(log))
}

/// The last of several complaints of one class, however many healthy lines follow: what was logged
/// once was survived.
fn repeated(log: &LogExcerpt) -> Option<LogHit<'_>> {
    let mut seen: Vec<LogClass> = Vec::new();
    let mut last: Option<LogHit<'_>> = None;
    for line in log.lines.iter().rev().take(MAX_LINES) {
        let found = classify(line)
            .filter(|(class, weight)| *weight == Weight::Decisive && is_complaint(*class));
        let Some((class, _)) = found else { continue };
        if seen.contains(&class) {
            return last.filter(|hit| hit.class == class).or(Some(LogHit {
                class,
                log: Some(log),
                line,
            }));
        }
        seen.push(class);
        last = last.or(Some(LogHit {
            class,
            log: Some(log),
            line,
        }));
    }
    None
}

/// What a program goes on without, and says so.
fn is_complaint(class: LogClass) -> bool {
    match class {
        LogClass::Dependency
        | LogClass::Certificate
        | LogClass::FileHandles
        | LogClass::EphemeralPorts
        | LogClass::Inotify
        | LogClass::SharedMemory
        | LogClass::Threads
        | LogClass::DiskFull
        | LogClass::ReadOnlyFiles
        | LogClass::Credential
        | LogClass::TokenInvalid
        | LogClass::RbacDenied
        | LogClass::TokenMissing
        | LogClass::CloudIdentity
        | LogClass::SecretCorrupt => true,
        LogClass::HeapExhausted
        | LogClass::ExecFormat
        | LogClass::CommandNotFound
        | LogClass::PortInUse
        | LogClass::Arguments
        | LogClass::Configuration
        | LogClass::PermissionDenied
        | LogClass::ResourceExhausted
        | LogClass::ServiceLink
        | LogClass::Panic
        | LogClass::Error => false,
    }
}

fn in_log(log: &LogExcerpt, wanted: impl Fn(LogClass) -> bool) -> Option<LogHit<'_>> {
    let (class, line) = best_line(log.lines.iter().map(String::as_str), wanted)?;
    let log = Some(log);
    Some(LogHit { class, log, line })
}

/// A sharper wording wins over a general one, and the later line over the earlier; of the lines of a
/// panic the first says why. What stands well before a panic was survived.
fn best_line<'t>(
    lines: impl DoubleEndedIterator<Item = &'t str>,
    wanted: impl Fn(LogClass) -> bool,
) -> Option<(LogClass, &'t str)> {
    let mut best: Option<(Weight, LogClass, &str)> = None;
    let mut last_error: Option<&str> = None;
    let mut panic_at: Option<usize> = None;
    let mut count = 0;
    for line in lines.rev().take(MAX_LINES).filter(|line| !is_frame(line)) {
        count += usize::from(!line.starts_with(char::is_whitespace));
        let is_far = count > NEAR_END || panic_at.is_some_and(|at| count > at + NEAR_PANIC);
        let found = classify(line).filter(|(class, _)| wanted(*class));
        let Some((class, weight)) =
            found.filter(|(_, weight)| *weight == Weight::General || !is_far)
        else {
            continue;
        };
        if class == LogClass::Panic {
            panic_at = panic_at.or(Some(count));
        }
        if weight == Weight::General && panic_at.is_none() {
            last_error = last_error.or(Some(line));
        }
        let is_headline = class == LogClass::Panic
            && best.is_some_and(|(_, known, _)| known == LogClass::Panic)
            && !line.contains(TRACE_HEADER);
        if is_headline || best.is_none_or(|(known, ..)| weight > known) {
            best = Some((weight, class, line));
        }
    }
    let (_, class, line) = best?;
    // The header of a trace says nothing; the exception stands below it.
    let is_header = line.contains(TRACE_HEADER);
    Some((class, last_error.filter(|_| is_header).unwrap_or(line)))
}

/// Blank lines and the frames of a stack trace.
fn is_frame(line: &str) -> bool {
    let bare = line.trim_start();
    bare.is_empty() || bare.starts_with("at ") || bare.starts_with("File \"")
}

#[cfg(test)]
mod tests;
