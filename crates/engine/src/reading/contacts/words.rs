//! The words with which programs say that they do not reach somebody.

use super::super::{Pattern, has_any};

/// How a contact fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// The name has no address.
    Unresolved,
    /// The DNS server does not answer, or answers with a fault.
    NoDns,
    /// Nobody listens.
    Refused,
    /// No answer.
    Timeout,
    /// The connection was cut.
    Reset,
    /// A command waits for it.
    Waits,
}

/// Programs say this of a DNS server that does not answer.
const NO_DNS: &[&str] = &[
    "eai_again",
    "temporary failure in name resolution",
    "no servers could be reached",
    "server misbehaving",
];

const UNRESOLVED: &[&str] = &[
    "no such host",
    "nxdomain",
    "enotfound",
    "name or service not known",
    "could not translate host name",
    "unknownhost",
    "could not resolve",
    "couldn't resolve",
    "can't resolve",
    "cannot resolve",
    "failed to resolve",
    "bad address '",
    "host not found",
    "unknown mysql server host",
    "nodename nor servname",
    "name does not resolve",
    "no address associated with hostname",
];

const REFUSED: &[&str] = &["connection refused", "econnrefused"];

const RESET: &[&str] = &[
    "connection reset",
    "econnreset",
    "connection termination",
    "connection_termination",
    "reset before headers",
];

const TIMEOUT: &[&str] = &[
    "i/o timeout",
    "etimedout",
    "timed out",
    "timeout",
    "deadline exceeded",
];

/// The name that was looked up, in the words of one resolver each.
static NAMES: [Pattern; 9] = [
    Pattern::new(r"\blookup (?P<h>[A-Za-z0-9_.-]+)(?: on \S+)?: "),
    Pattern::new(r"(?:ENOTFOUND|EAI_AGAIN) (?P<h>[A-Za-z0-9_.-]+)"),
    Pattern::new(r#"(?i)could not translate host name "(?P<h>[^"]+)""#),
    Pattern::new(r"UnknownHost(?:Exception)?(?:Error)?: (?P<h>[A-Za-z0-9_.-]+)"),
    Pattern::new(r"(?i)bad address '(?P<h>[A-Za-z0-9_.-]+)"),
    Pattern::new(
        r"(?i)(?:can't|cannot|could ?n[o']t|failed to) resolve(?: host(?:name)?)?:? ['\x22]?(?P<h>[A-Za-z0-9_.-]+)",
    ),
    Pattern::new(r"(?i)server can't find (?P<h>[A-Za-z0-9_.-]+): "),
    Pattern::new(r#"(?i)host not found in upstream "(?P<h>[A-Za-z0-9_.-]+)"#),
    Pattern::new(r"(?i)unknown mysql server host '(?P<h>[A-Za-z0-9_.-]+)'"),
];

/// A port that stands apart from its host.
static PORT: Pattern = Pattern::new(r"(?i)\bport\W{1,3}(?P<p>\d{1,5})\b");

/// What a line fails to reach: how, which host and which port. Of hosts that were reached for, only
/// those that are Services are told.
pub(super) fn read(
    line: &str,
    is_service: impl Fn(&str) -> bool,
) -> Vec<(Trouble, String, Option<i64>)> {
    let Some(trouble) = trouble(line) else {
        return Vec::new();
    };
    if matches!(trouble, Trouble::Unresolved | Trouble::NoDns) {
        let host = NAMES.iter().find_map(|name| name.capture(line, "h"));
        let host = host.unwrap_or_default().trim_end_matches('.');
        if host.is_empty() && trouble == Trouble::Unresolved {
            return Vec::new();
        }
        return vec![(trouble, host.to_owned(), None)];
    }
    let apart = PORT.capture(line, "p").and_then(|port| port.parse().ok());
    pieces(line)
        .filter(|piece| piece.is_address() || piece.host.contains('.') || piece.is_pointed_at)
        .filter(|piece| is_service(piece.host))
        .map(|piece| (trouble, piece.host.to_owned(), piece.port.or(apart)))
        .collect()
}

fn trouble(line: &str) -> Option<Trouble> {
    let is_lookup = line.contains("lookup ") && has_any(line, &[":53: ", ":53->"]);
    let is_silent = is_lookup && has_any(line, &["i/o timeout", "connection refused"]);
    let classes = [
        (NO_DNS, Trouble::NoDns),
        (UNRESOLVED, Trouble::Unresolved),
        (REFUSED, Trouble::Refused),
        (RESET, Trouble::Reset),
        (TIMEOUT, Trouble::Timeout),
    ];
    if is_silent {
        return Some(Trouble::NoDns);
    }
    let mut classes = classes.iter();
    let found = classes.find(|(words, _)| has_any(line, words));
    found.map(|(_, trouble)| *trouble)
}

/// Services that a command names, with the port that stands behind the name.
pub(super) fn targets(text: &str, is_service: impl Fn(&str) -> bool) -> Vec<(String, Option<i64>)> {
    let mut found: Vec<(String, Option<i64>)> = Vec::new();
    for piece in pieces(text).filter(|piece| is_service(piece.host)) {
        let known = found.iter().any(|(host, _)| host == piece.host);
        if !known {
            found.push((piece.host.to_owned(), piece.port.or(piece.next)));
        }
    }
    found
}

/// A piece of a text that has the shape of a host.
struct Piece<'t> {
    host: &'t str,
    /// The number right behind it, after a colon.
    port: Option<i64>,
    /// The number behind it, after a space.
    next: Option<i64>,
    /// What stands around it says that it is a host: one word alone is often just a word.
    is_pointed_at: bool,
}

impl Piece<'_> {
    fn is_address(&self) -> bool {
        self.host
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text.split(move |c| !is_part(c))
        .map(|piece| piece.trim_matches('.'))
        .filter(|piece| !piece.is_empty())
        .map(move |host| {
            let at = host.as_ptr().addr() - text.as_ptr().addr();
            let (before, behind) = (&text[..at], &text[at + host.len()..]);
            let port = behind.strip_prefix(':').and_then(leading_number);
            let is_quoted = before.ends_with(['\'', '"']) && behind.starts_with(['\'', '"', ':']);
            let is_pointed_at = port.is_some()
                || is_quoted
                || before.ends_with("//")
                || before.ends_with('@')
                || behind.starts_with(" port ");
            Piece {
                host,
                port,
                next: behind.strip_prefix(' ').and_then(leading_number),
                is_pointed_at,
            }
        })
}

fn leading_number(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end]
        .parse()
        .ok()
        .filter(|port| (1..=65535).contains(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(line: &str) -> Vec<(Trouble, String, Option<i64>)> {
        read(line, |host| matches!(host, "db" | "10.96.7.7" | "db.shop"))
    }

    #[test]
    fn programs_say_it_in_many_ways() {
        for (line, trouble, host, port) in [
            (
                "dial tcp 10.96.7.7:5432: i/o timeout",
                Trouble::Timeout,
                "10.96.7.7",
                Some(5432),
            ),
            (
                "connect ECONNREFUSED 10.96.7.7:5432",
                Trouble::Refused,
                "10.96.7.7",
                Some(5432),
            ),
            (
                "Failed to connect to db port 80 after 3 ms: Connection refused",
                Trouble::Refused,
                "db",
                Some(80),
            ),
            (
                "HTTPConnectionPool(host='db', port=8080): Max retries exceeded: timed out",
                Trouble::Timeout,
                "db",
                Some(8080),
            ),
            (
                "dial tcp: lookup db on 10.96.0.10:53: no such host",
                Trouble::Unresolved,
                "db",
                None,
            ),
            (
                "dial tcp: lookup db on 10.96.0.10:53: read udp 10.1.1.1:4->10.96.0.10:53: i/o timeout",
                Trouble::NoDns,
                "db",
                None,
            ),
            ("getaddrinfo EAI_AGAIN db", Trouble::NoDns, "db", None),
            (
                "getaddrinfo ENOTFOUND db.shop",
                Trouble::Unresolved,
                "db.shop",
                None,
            ),
            (
                "java.net.UnknownHostException: db: Name or service not known",
                Trouble::Unresolved,
                "db",
                None,
            ),
            (
                "** server can't find db.shop.svc.cluster.local: NXDOMAIN",
                Trouble::Unresolved,
                "db.shop.svc.cluster.local",
                None,
            ),
        ] {
            assert_eq!(all(line), vec![(trouble, host.to_owned(), port)], "{line}");
        }
        assert_eq!(all("the db was slow: timeout"), Vec::new());
        assert_eq!(all("listening on db:5432"), Vec::new());
    }

    #[test]
    fn commands_name_whom_they_wait_for() {
        let found = targets("sh -c until nc -z db 5432; do sleep 2; done", |host| {
            host == "db"
        });
        assert_eq!(found, vec![("db".to_owned(), Some(5432))]);
    }
}
