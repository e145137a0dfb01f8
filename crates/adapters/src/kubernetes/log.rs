//! Reads the end of one container's log.

use dogwatch_model::{
    ReadOutcome, SkipReason,
    ports::{LogQuery, LogRead},
};

use super::{exchange::Exchange, failure::Failure, request};

/// How a kubelet says, with status 200, that it has no such file any more.
const GONE: &str = "unable to retrieve container logs for ";

/// What a server may send above the limit that was asked for, before it is cut here.
const SLACK_BYTES: usize = 64 * 1024;

/// Reads the log. No log is not a hole: the container has not started, or has no previous run.
pub(super) async fn read(exchange: &Exchange, query: &LogQuery) -> LogRead {
    let outcome = match exchange.send(&request::log(query)).await {
        Ok(answer) => {
            let limit = usize::try_from(query.limit_bytes).unwrap_or(usize::MAX);
            match answer.collect(limit.saturating_add(SLACK_BYTES)).await {
                Ok(body) => return log_of(query, &body),
                Err(last_error) => ReadOutcome::TimedOut {
                    attempts: 1,
                    last_error,
                },
            }
        }
        Err(failure) => outcome_of(failure),
    };
    LogRead {
        text: String::new(),
        outcome,
    }
}

fn outcome_of(failure: Failure) -> ReadOutcome {
    match failure {
        Failure::NotFound(_) => absent(),
        Failure::Refused { code: 400, message } if says_absent(&message) => absent(),
        other => other.outcome(),
    }
}

fn absent() -> ReadOutcome {
    ReadOutcome::Skipped {
        why: SkipReason::NotInstalled,
    }
}

fn says_absent(message: &str) -> bool {
    [
        "not found",
        "is waiting to start",
        "is not valid for pod",
        "is terminated",
        "has no logs",
        "no logs found",
    ]
    .iter()
    .any(|words| message.contains(words))
}

fn log_of(query: &LogQuery, body: &[u8]) -> LogRead {
    let limit = usize::try_from(query.limit_bytes).unwrap_or(usize::MAX);
    let text = String::from_utf8_lossy(body);
    if text.starts_with(GONE) && !text.trim_end().contains('\n') {
        return LogRead {
            text: String::new(),
            outcome: absent(),
        };
    }
    let items = u64::try_from(text.lines().count()).unwrap_or(u64::MAX);
    // The server counts from the start of the tail: what is missing is the newest part.
    let outcome = if body.len() >= limit {
        let limit = format!("limitBytes={}", query.limit_bytes);
        ReadOutcome::Truncated {
            items,
            unreadable: 0,
            limit,
        }
    } else {
        ReadOutcome::Ok { items }
    };
    LogRead {
        text: text.into_owned(),
        outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_cannot_exist_is_no_hole() {
        for message in [
            "previous terminated container \"app\" in pod \"web\" not found",
            "container \"app\" in pod \"web\" is waiting to start: ImagePullBackOff",
            "container nope is not valid for pod web",
        ] {
            let failure = Failure::Refused {
                code: 400,
                message: message.to_owned(),
            };
            assert_eq!(outcome_of(failure), absent(), "{message}");
        }
        let other = Failure::Refused {
            code: 400,
            message: "bad tailLines".to_owned(),
        };
        assert!(outcome_of(other).is_hole());
    }
}
