//! Why a request has no answer, and what that means for a read.

use dogwatch_model::{ReadOutcome, SkipReason};
use serde::Deserialize;

use crate::quote::quote;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// 401, 403.
    Denied(String),
    /// 404.
    NotFound(Status),
    /// 410, perhaps with a token that continues an inconsistent list.
    Expired(String),
    /// Any other 4xx.
    Refused { code: u16, message: String },
    /// No usable answer.
    NoAnswer { attempts: u32, last_error: String },
}

impl Failure {
    /// The outcome of a read that failed before any item arrived.
    pub(crate) fn outcome(self) -> ReadOutcome {
        match self {
            Failure::Denied(message) => ReadOutcome::Denied { message },
            Failure::NotFound(status) if status.names_an_object() => ReadOutcome::Ok { items: 0 },
            Failure::NotFound(_) => ReadOutcome::Skipped {
                why: SkipReason::NotInstalled,
            },
            Failure::NoAnswer {
                attempts,
                last_error,
            } => ReadOutcome::TimedOut {
                attempts,
                last_error,
            },
            Failure::Expired(_) => ReadOutcome::TimedOut {
                attempts: 1,
                last_error: "the list expired on the server while it was read".to_owned(),
            },
            Failure::Refused { code, message } => ReadOutcome::TimedOut {
                attempts: 1,
                last_error: format!("the server refused the request with {code}: {message}"),
            },
        }
    }

    /// The failure as one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Failure::Denied(message) => format!("the API server denied it: {message}"),
            Failure::NotFound(status) => quote(&status.message),
            Failure::Expired(_) => "the list expired on the server while it was read".to_owned(),
            Failure::Refused { code, message } => format!("the server answered {code}: {message}"),
            Failure::NoAnswer { last_error, .. } => last_error.clone(),
        }
    }
}

/// The fields of a Kubernetes `Status` that matter here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Status {
    pub(crate) message: String,
    details: StatusDetails,
    metadata: StatusMeta,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StatusDetails {
    name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct StatusMeta {
    #[serde(rename = "continue")]
    next: String,
}

impl Status {
    /// A body that is no `Status`.
    pub(crate) fn of_text(text: &str) -> Self {
        Self {
            message: text.to_owned(),
            ..Self::default()
        }
    }

    /// The token with which an expired list may go on; empty when there is none.
    pub(crate) fn next(&self) -> &str {
        &self.metadata.next
    }

    /// True when one object is missing, false when the server does not know the resource at all.
    pub(crate) fn names_an_object(&self) -> bool {
        !self.details.name.is_empty()
            && !self
                .message
                .contains("could not find the requested resource")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_object_is_not_a_missing_resource() {
        let status = |text: &str| serde_json::from_str::<Status>(text).unwrap();
        let object = status(r#"{"message":"pods \"a\" not found","details":{"name":"a"}}"#);
        assert_eq!(
            Failure::NotFound(object).outcome(),
            ReadOutcome::Ok { items: 0 }
        );
        let resource = status(
            r#"{"message":"the server could not find the requested resource","details":{}}"#,
        );
        let skipped = ReadOutcome::Skipped {
            why: SkipReason::NotInstalled,
        };
        assert_eq!(Failure::NotFound(resource).outcome(), skipped);
    }
}
