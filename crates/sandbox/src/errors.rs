//! Failures as Kubernetes reports them: a `metav1.Status` with the usual words.

use serde_json::{Value, json};

use crate::kinds::Kind;

/// A refusal that becomes a `Status` answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) code: u16,
    reason: &'static str,
    message: String,
    details: Option<Value>,
    continue_token: Option<String>,
    /// Seconds for the `Retry-After` header.
    pub(crate) retry_after: Option<u32>,
}

impl ApiError {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            reason,
            message,
            details: None,
            continue_token: None,
            retry_after: None,
        }
    }

    fn about(mut self, kind: &Kind, name: &str) -> Self {
        let mut details = json!({"kind": kind.plural});
        if !name.is_empty() {
            details["name"] = json!(name);
        }
        if !kind.group.is_empty() {
            details["group"] = json!(kind.group);
        }
        self.details = Some(details);
        self
    }

    /// 404 for an object that does not exist.
    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", kind.qualified());
        Self::new(404, "NotFound", message).about(kind, name)
    }

    /// 404 for a path that this server does not know.
    pub(crate) fn no_route() -> Self {
        let mut error = Self::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        );
        error.details = Some(json!({}));
        error
    }

    /// 404 with an own sentence.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(404, "NotFound", message)
    }

    /// 409 for a name that is taken.
    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.qualified());
        Self::new(409, "AlreadyExists", message).about(kind, name)
    }

    /// 409 for a stale `resourceVersion`.
    pub(crate) fn stale(kind: &Kind, name: &str) -> Self {
        Self::conflict(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and \
             try again",
        )
    }

    /// 409 with the given cause.
    pub(crate) fn conflict(kind: &Kind, name: &str, cause: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {cause}",
            kind.qualified()
        );
        Self::new(409, "Conflict", message).about(kind, name)
    }

    /// 409 of server-side apply; `fields` are `(manager, path)` pairs.
    pub(crate) fn apply_conflict(fields: &[(String, String)]) -> Self {
        let plural = if fields.len() == 1 {
            "conflict"
        } else {
            "conflicts"
        };
        let message = fields
            .iter()
            .map(|(manager, path)| format!("conflict with \"{manager}\": {path}"))
            .collect::<Vec<_>>()
            .join("\n");
        let causes: Vec<_> = fields
            .iter()
            .map(|(manager, path)| {
                json!({"reason": "FieldManagerConflict", "field": path,
                       "message": format!("conflict with \"{manager}\"")})
            })
            .collect();
        let message = format!("Apply failed with {} {plural}: {message}", fields.len());
        let mut error = Self::new(409, "Conflict", message);
        error.details = Some(json!({"causes": causes}));
        error
    }

    /// 403 with the given cause.
    pub(crate) fn forbidden(kind: &Kind, name: &str, cause: &str) -> Self {
        let object = if name.is_empty() {
            String::new()
        } else {
            format!(" \"{name}\"")
        };
        let message = format!("{}{object} is forbidden: {cause}", kind.qualified());
        Self::new(403, "Forbidden", message).about(kind, name)
    }

    /// 422 for an object with bad fields; `cause` is `field: problem`.
    pub(crate) fn invalid(kind: &Kind, name: &str, cause: &str) -> Self {
        let group = if kind.group.is_empty() {
            String::new()
        } else {
            format!(".{}", kind.group)
        };
        let message = format!("{}{group} \"{name}\" is invalid: {cause}", kind.kind);
        let mut error = Self::new(422, "Invalid", message).about(kind, name);
        if let Some(details) = &mut error.details {
            details["kind"] = json!(kind.kind);
            let field = cause.split(':').next().unwrap_or_default();
            details["causes"] = json!([{"reason": "FieldValueInvalid", "field": field,
                "message": cause.get(field.len() + 2..).unwrap_or_default()}]);
        }
        error
    }

    /// 400 with an own sentence.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 410 for a token or revision that is no longer held.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// Adds a continue token with which the client may read on inconsistently.
    pub(crate) fn with_continue(mut self, token: String) -> Self {
        self.continue_token = Some(token);
        self
    }

    /// 405 for a verb that the resource does not have.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut error = Self::new(405, "MethodNotAllowed", message);
        error.details = Some(json!({}));
        error
    }

    /// 406 when no accepted media type can be served.
    pub(crate) fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json";
        Self::new(406, "NotAcceptable", message)
    }

    /// 413 for a body over the limit.
    pub(crate) fn too_large() -> Self {
        Self::new(
            413,
            "RequestEntityTooLarge",
            "Request entity too large: limit is 3145728",
        )
    }

    /// 415 for a body in a format that is not understood.
    pub(crate) fn unsupported_media(found: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             application/json, not {found:?}"
        );
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// 429 of an eviction that a disruption budget forbids.
    pub(crate) fn disruption_budget(cause: &str) -> Self {
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let mut error = Self::new(429, "TooManyRequests", message);
        error.details = Some(json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]}));
        error
    }

    /// 504 for a revision that lies in the future.
    pub(crate) fn future_revision(wanted: u64, current: u64) -> Self {
        let message = format!("Timeout: Too large resource version: {wanted}, current: {current}");
        let mut error = Self::new(504, "Timeout", message);
        error.details = Some(json!({"causes": [{"reason": "ResourceVersionTooLarge",
            "message": "Too large resource version"}], "retryAfterSeconds": 1}));
        error
    }

    /// 500 with an own sentence.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalError", message)
    }

    /// The failure that an injected fault asks for.
    pub(crate) fn injected(code: u16) -> Self {
        let (reason, message) = match code {
            401 => ("Unauthorized", "Unauthorized"),
            404 => (
                "NotFound",
                "the server could not find the requested resource",
            ),
            410 => (
                "Expired",
                "The resourceVersion for the provided list is too old.",
            ),
            429 => (
                "TooManyRequests",
                "Too many requests, please try again later.",
            ),
            503 => (
                "ServiceUnavailable",
                "the server is currently unable to handle the request",
            ),
            504 => (
                "Timeout",
                "Timeout: request did not complete within the allotted timeout",
            ),
            _ => (
                "InternalError",
                "Internal error occurred: injected by the sandbox",
            ),
        };
        let mut error = Self::new(code, reason, message);
        error.retry_after = (code == 429).then_some(1);
        error
    }

    /// The `metav1.Status` object.
    pub(crate) fn status(&self) -> Value {
        let mut metadata = json!({});
        if let Some(token) = &self.continue_token {
            metadata["continue"] = json!(token);
        }
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        });
        if let Some(details) = &self.details {
            status["details"] = details.clone();
        }
        if let Some(seconds) = self.retry_after {
            status["details"]["retryAfterSeconds"] = json!(seconds);
        }
        status
    }
}
