//! The words of the kubelet about a probe that failed.

use super::{super::Pattern, ProbeClass};

static FAILED: Pattern = Pattern::new(
    r"^(?P<kind>Readiness|Liveness|Startup) probe (failed|errored)[^:]*: ?(?P<outcome>(?s).*)",
);
static STATUS_CODE: Pattern = Pattern::new(r"statuscode: (?P<code>\d+)");
/// The kubelet reads a port name that no container port carries as a number.
static UNNAMED_PORT: Pattern =
    Pattern::new(r#"couldn't find port|parsing "[^"]*": invalid syntax"#);

/// The probe names a port that the container does not have.
pub(super) const NO_SUCH_PORT: &str = "no port of this name";

/// Nobody listens at the port.
pub(super) const REFUSED: &str = "connection refused";

/// What a probe saw, in a few words.
fn outcome(words: &str) -> String {
    let table: &[(&str, &str)] = &[
        ("connection refused", REFUSED),
        ("no route to host", "no route to host"),
        (
            "server gave HTTP response to HTTPS client",
            "HTTP answer to an HTTPS probe",
        ),
        (
            "does not implement the grpc health protocol",
            "no gRPC health service",
        ),
        ("NOT_SERVING", "gRPC NOT_SERVING"),
        ("executable file not found", "probe command not found"),
        ("no such file or directory", "probe command not found"),
        ("context deadline exceeded", "timeout"),
        ("Client.Timeout", "timeout"),
        ("i/o timeout", "timeout"),
        ("timed out", "timeout"),
        ("timeout:", "timeout"),
        ("connection reset", "connection reset"),
        ("EOF", "connection closed"),
    ];
    if let Some(code) = STATUS_CODE.capture(words, "code") {
        return format!("HTTP {code}");
    }
    if UNNAMED_PORT.is_match(words) {
        return NO_SUCH_PORT.to_owned();
    }
    table
        .iter()
        .find(|(phrase, _)| words.contains(phrase))
        .map_or_else(|| "failed".to_owned(), |(_, outcome)| (*outcome).to_owned())
}

pub(super) fn parse(message: &str) -> Option<(ProbeClass, String)> {
    let found = FAILED.get().captures(message)?;
    let class = match &found["kind"] {
        "Readiness" => ProbeClass::Readiness,
        "Liveness" => ProbeClass::Liveness,
        _ => ProbeClass::Startup,
    };
    Some((class, outcome(&found["outcome"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_in_a_few_words() {
        for (message, class, words) in [
            (
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
                ProbeClass::Readiness,
                "HTTP 503",
            ),
            (
                "Liveness probe failed: Get \"http://10.0.0.1:80/\": dial tcp 10.0.0.1:80: connect: \
              connection refused",
                ProbeClass::Liveness,
                "connection refused",
            ),
            (
                "Startup probe failed: Get \"http://x/\": context deadline exceeded (Client.Timeout \
              exceeded while awaiting headers)",
                ProbeClass::Startup,
                "timeout",
            ),
            (
                "Readiness probe errored and resulted in unknown state: rpc error",
                ProbeClass::Readiness,
                "failed",
            ),
            (
                "Readiness probe failed: cat: /tmp/ready: No such file",
                ProbeClass::Readiness,
                "failed",
            ),
        ] {
            assert_eq!(parse(message), Some((class, words.to_owned())), "{message}");
        }
        assert_eq!(parse("Container x failed liveness probe"), None);
    }
}
