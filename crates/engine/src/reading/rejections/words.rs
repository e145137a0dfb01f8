//! The words of a refusal: who refused, and the name that matters.

use crate::reading::Pattern;

/// Who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RejectClass {
    QuotaExceeded,
    QuotaMustSpecify,
    QuotaStatusUnknown,
    QuotaScope,
    LimitRange,
    PodSecurity,
    SecurityContextConstraints,
    WebhookDenied,
    WebhookUnreachable,
    WebhookCert,
    WebhookOrphan,
    AdmissionPolicy,
    ServiceAccountMissing,
    PriorityClassMissing,
    RuntimeClassMissing,
    NodeSelectorConflict,
    SecretNotMountable,
    NamespaceTerminating,
    Forbidden,
    TooManyRequests,
    Invalid,
    /// The words fit no class.
    Other,
    /// Pods are missing and no Event says why.
    NoWords,
}

// Webhooks and policies quote words of their own making, those of other plugins among them: they
// come first.
static WEBHOOK_CALL: Pattern = Pattern::new(r#"failed calling webhook "(?P<n>[^"]+)""#);
static WEBHOOK_GONE: Pattern = Pattern::new(r#"service "[^"]+" not found"#);
static NAMED: [(Pattern, RejectClass); 19] = [
    (
        Pattern::new(r#"admission webhook "(?P<n>[^"]+)" denied the request"#),
        RejectClass::WebhookDenied,
    ),
    (
        Pattern::new(r"ValidatingAdmissionPolicy '(?P<n>[^']+)'"),
        RejectClass::AdmissionPolicy,
    ),
    (
        Pattern::new(r"exceeded quota: (?P<n>[^,]+), requested: "),
        RejectClass::QuotaExceeded,
    ),
    (
        Pattern::new(r"insufficient quota to (?P<n>(consume|match these scopes): .*)"),
        RejectClass::QuotaScope,
    ),
    (
        Pattern::new(r"failed quota: (?P<n>[^:]+: must specify .*)"),
        RejectClass::QuotaMustSpecify,
    ),
    (
        Pattern::new(r"status unknown for quota: (?P<n>[^,]+)"),
        RejectClass::QuotaStatusUnknown,
    ),
    (
        Pattern::new(r#"violates PodSecurity "(?P<n>[^"]+)""#),
        RejectClass::PodSecurity,
    ),
    (
        Pattern::new(r"no PriorityClass with name (?P<n>\S+) was found"),
        RejectClass::PriorityClassMissing,
    ),
    (
        Pattern::new(r#"RuntimeClass "(?P<n>[^"]+)" not found"#),
        RejectClass::RuntimeClassMissing,
    ),
    (
        Pattern::new(
            r"(?P<n>(minimum|maximum) \S+ usage per (Container|Pod|PersistentVolumeClaim) is [^,\]]+(, but [^,\]]+)?|\S+ max limit to request ratio per [^,\]]+(, but [^,\]]+)?)",
        ),
        RejectClass::LimitRange,
    ),
    (
        Pattern::new(r"error looking up service account [^/]+/(?P<n>[^:]+): "),
        RejectClass::ServiceAccountMissing,
    ),
    (
        Pattern::new(r#"serviceaccounts? "(?P<n>[^"]+)" not found"#),
        RejectClass::ServiceAccountMissing,
    ),
    (
        Pattern::new(
            r#"(secretName|name)="(?P<n>[^"]+)" is not allowed because service account \S+ does not reference"#,
        ),
        RejectClass::SecretNotMountable,
    ),
    (
        Pattern::new(
            r"unable to create new content in namespace (?P<n>\S+) because it is being terminated",
        ),
        RejectClass::NamespaceTerminating,
    ),
    (
        Pattern::new(r"(?P<n>unable to validate against any security context constraint)"),
        RejectClass::SecurityContextConstraints,
    ),
    (
        Pattern::new(
            r"(?P<n>pod node label selector conflicts with its namespace node label selector)",
        ),
        RejectClass::NodeSelectorConflict,
    ),
    (
        Pattern::new(
            r"(?P<n>the server has received too many requests and has asked us to try again later)",
        ),
        RejectClass::TooManyRequests,
    ),
    (
        Pattern::new(r#"Pod "[^"]*" is invalid: (?P<n>.*)"#),
        RejectClass::Invalid,
    ),
    (
        Pattern::new(r"is forbidden: (?P<n>.*)"),
        RejectClass::Forbidden,
    ),
];

/// The class of a refusal, with the name that matters.
pub(crate) fn classify(text: &str) -> (RejectClass, String) {
    if let Some(name) = WEBHOOK_CALL.capture(text, "n") {
        return (webhook_failure(text), name.to_owned());
    }
    for (pattern, class) in &NAMED {
        if let Some(name) = pattern.capture(text, "n") {
            return (*class, name.trim_end_matches('.').to_owned());
        }
    }
    let (_, words) = text.split_once("rror creating: ").unwrap_or(("", text));
    (RejectClass::Other, words.to_owned())
}

fn webhook_failure(text: &str) -> RejectClass {
    if text.contains("x509:") || text.contains("tls: ") {
        RejectClass::WebhookCert
    } else if WEBHOOK_GONE.is_match(text) {
        RejectClass::WebhookOrphan
    } else {
        RejectClass::WebhookUnreachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, class: RejectClass, detail: &str) {
        assert_eq!(classify(text), (class, detail.to_owned()), "{text}");
    }

    #[test]
    fn refusals_by_who_refused() {
        check(
            "Error creating: pods \"api-7d9-x\" is forbidden: exceeded quota: compute, requested: \
             cpu=1, used: cpu=4, limited: cpu=4",
            RejectClass::QuotaExceeded,
            "compute",
        );
        check(
            "Error creating: pods \"a\" is forbidden: failed quota: q: must specify limits.cpu",
            RejectClass::QuotaMustSpecify,
            "q: must specify limits.cpu",
        );
        check(
            "Error creating: pods \"a\" is forbidden: maximum memory usage per Container is 1Gi, \
             but limit is 2Gi",
            RejectClass::LimitRange,
            "maximum memory usage per Container is 1Gi, but limit is 2Gi",
        );
        check(
            "Error creating: pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": x",
            RejectClass::PodSecurity,
            "restricted:latest",
        );
        check(
            "Error creating: admission webhook \"v.example.com\" denied the request: no",
            RejectClass::WebhookDenied,
            "v.example.com",
        );
        check(
            "Error creating: Internal error occurred: failed calling webhook \"v.example.com\": \
             failed to call webhook: Post \"https://v.ns.svc:443/x\": no endpoints available for \
             service \"v\"",
            RejectClass::WebhookUnreachable,
            "v.example.com",
        );
        check(
            "Error creating: Internal error occurred: failed calling webhook \"v.example.com\": \
             failed to call webhook: Post \"https://v.ns.svc:443/x\": service \"v\" not found",
            RejectClass::WebhookOrphan,
            "v.example.com",
        );
        check(
            "Error creating: pods \"a\" is forbidden: error looking up service account shop/robot: \
             serviceaccount \"robot\" not found",
            RejectClass::ServiceAccountMissing,
            "robot",
        );
        check(
            "Error creating: pods \"a\" is forbidden: no PriorityClass with name high was found",
            RejectClass::PriorityClassMissing,
            "high",
        );
        check(
            "Error creating: pods \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding \
             'b' denied request: x",
            RejectClass::AdmissionPolicy,
            "p",
        );
        check(
            "Error creating: Pod \"a\" is invalid: spec.x: Required value",
            RejectClass::Invalid,
            "spec.x: Required value",
        );
        check(
            "Error creating: the server is on fire",
            RejectClass::Other,
            "the server is on fire",
        );
    }
}
