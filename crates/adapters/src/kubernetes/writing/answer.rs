//! What the answer to a write means.

use dogwatch_model::ports::{WriteError, Written};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::{kubernetes::exchange::retry_after, quote::quote};

/// The object of a good answer.
pub(super) fn object(code: StatusCode, body: &[u8]) -> Result<Value, WriteError> {
    written(code, &HeaderMap::new(), body).map(|written| written.object)
}

/// The answer to a write.
pub(super) fn written(
    code: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Written, WriteError> {
    let parsed = serde_json::from_slice::<Value>(body);
    if !code.is_success() {
        // The code alone tells enough where a proxy answers in its own words.
        return Err(error(code, headers, &parsed.unwrap_or_default()));
    }
    // A proxy that says 200 by itself proves nothing about the API server.
    let object =
        parsed.map_err(|_| WriteError::Unknown(format!("{code}, and the answer is no JSON")))?;
    let version = object["metadata"]["resourceVersion"].as_str();
    Ok(Written {
        code: code.as_u16(),
        resource_version: version.unwrap_or_default().to_owned(),
        audit_id: header(headers, "audit-id"),
        object,
    })
}

fn error(code: StatusCode, headers: &HeaderMap, status: &Value) -> WriteError {
    let said = status["message"].as_str().unwrap_or_default();
    let message = if said.is_empty() {
        code.canonical_reason().unwrap_or("an error").to_owned()
    } else {
        quote(said)
    };
    match code.as_u16() {
        400 | 422 => WriteError::Invalid(message),
        401 | 403 => WriteError::Denied(message),
        404 => WriteError::NotFound(message),
        409 => WriteError::Conflict(message),
        429 => WriteError::Blocked {
            message,
            after: retry_after(headers),
        },
        // The server was asked and may have begun.
        502..=504 => WriteError::Unknown(format!("{code}: {message}")),
        code => WriteError::Failed { code, message },
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.map(quote).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: u16, expected: &str) {
        let status = br#"{"kind":"Status","message":"said"}"#;
        let code = StatusCode::from_u16(code).unwrap();
        let error = written(code, &HeaderMap::new(), status).unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    }

    #[test]
    fn codes_have_their_meaning() {
        check(409, "Conflict");
        check(404, "NotFound");
        check(429, "Blocked");
        check(403, "Denied");
        check(422, "Invalid");
        check(504, "Unknown");
        check(500, "Failed");
    }

    #[test]
    fn a_page_of_a_proxy_is_no_answer() {
        let said = written(StatusCode::OK, &HeaderMap::new(), b"<html>signed in</html>");
        assert!(matches!(said, Err(WriteError::Unknown(_))), "{said:?}");
    }

    #[test]
    fn a_good_answer_names_its_version() {
        let body = br#"{"metadata":{"resourceVersion":"12"}}"#;
        let mut headers = HeaderMap::new();
        headers.insert("audit-id", "a-1".parse().unwrap());
        let written = written(StatusCode::OK, &headers, body).unwrap();
        assert_eq!(
            (written.resource_version.as_str(), written.audit_id.as_str()),
            ("12", "a-1")
        );
    }
}
