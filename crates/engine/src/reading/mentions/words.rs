//! The words and what they mean.

use crate::reading::Pattern;

/// What was run into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    EtcdNoLeader,
    EtcdSlowDisk,
    EtcdNoSpace,
    EtcdMember,
    Kms,
    AuthenticationWebhook,
    TooManyRequests,
    NoSuchKind,
    ImmutableField,
    ConversionWebhook,
    CertificateTime,
    CertificateAuthority,
    CertificateName,
}

/// One of these stands in every text that has a meaning here: most texts have none.
static ANY: Pattern = Pattern::new(
    r"etcdserver: |database space exceeded|took too long|heartbeat on time|rejected connection on|prober detected|DEK|kms-provider|transform key|webhook auth|too many requests|no matches for kind|immutable|may not change|updates to statefulset|conversion webhook for|x509: ",
);

static RULES: [(Pattern, Words); 15] = [
    (
        Pattern::new(r"(etcdserver: )?mvcc: database space exceeded|alarm:NOSPACE"),
        Words::EtcdNoSpace,
    ),
    (
        Pattern::new(r"etcdserver: (no leader|leader changed)"),
        Words::EtcdNoLeader,
    ),
    (
        Pattern::new(
            r"apply request took too long|leader failed to send out heartbeat on time|waiting for ReadIndex response took too long",
        ),
        Words::EtcdSlowDisk,
    ),
    (
        Pattern::new(
            r"rejected connection on (peer|client) endpoint|etcdserver: too many requests|etcdserver: request timed out|prober detected unhealthy status",
        ),
        Words::EtcdMember,
    ),
    (
        Pattern::new(
            r"(?P<n>kms-providers?[\w-]*) failed|failed to (encrypt|decrypt) DEK|unable to transform key",
        ),
        Words::Kms,
    ),
    (
        Pattern::new(
            r"[Ff]ailed to make webhook (?P<n>authenticator|authorizer) request|webhook (authenticator|authorizer) request failed",
        ),
        Words::AuthenticationWebhook,
    ),
    (
        Pattern::new(
            r"the server has received too many requests and has asked us to try again later",
        ),
        Words::TooManyRequests,
    ),
    (
        Pattern::new(r#"no matches for kind "(?P<n>[^"]+" in version "[^"]+)""#),
        Words::NoSuchKind,
    ),
    (
        Pattern::new(r"conversion webhook for (?P<n>.+?) failed"),
        Words::ConversionWebhook,
    ),
    (
        Pattern::new(r"(?P<n>[\w.\[\]]+): (Invalid value: .*|Forbidden: .*)?field is immutable"),
        Words::ImmutableField,
    ),
    (Pattern::new(r"field is immutable"), Words::ImmutableField),
    (
        Pattern::new(
            r"Forbidden: updates to (?P<n>statefulset) spec|(?P<m>[\w.\[\]]+): Forbidden: .*may not change",
        ),
        Words::ImmutableField,
    ),
    (
        Pattern::new(
            r"x509: certificate has expired or is not yet valid(?P<n>: current time \S+ is (after|before) \S+)?",
        ),
        Words::CertificateTime,
    ),
    (
        Pattern::new(r"x509: certificate signed by unknown authority"),
        Words::CertificateAuthority,
    ),
    (
        Pattern::new(
            r"x509: certificate is (?P<n>valid for .*, not \S+|not valid for any names.*)",
        ),
        Words::CertificateName,
    ),
];

/// What a text means, with the name that it holds.
pub(crate) fn classify(text: &str) -> Option<(Words, String)> {
    if !ANY.is_match(text) {
        return None;
    }
    let (pattern, words) = RULES.iter().find(|(pattern, _)| pattern.is_match(text))?;
    let name = pattern.capture(text, "n").unwrap_or_default();
    Some((*words, name.trim_start_matches(": ").replace('"', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: Words, name: &str) {
        assert_eq!(classify(text), Some((words, name.to_owned())), "{text}");
    }

    #[test]
    fn every_pattern_compiles_and_means_what_it_says() {
        for (pattern, _) in &RULES {
            pattern.get();
        }
        check(
            "etcdserver: mvcc: database space exceeded",
            Words::EtcdNoSpace,
            "",
        );
        check(
            "rpc error: etcdserver: leader changed",
            Words::EtcdNoLeader,
            "",
        );
        check(
            r#"no matches for kind "PodSecurityPolicy" in version "policy/v1beta1""#,
            Words::NoSuchKind,
            "PodSecurityPolicy in version policy/v1beta1",
        );
        check(
            r#"Service "a" is invalid: spec.clusterIP: Invalid value: "": field is immutable"#,
            Words::ImmutableField,
            "spec.clusterIP",
        );
        check(
            "conversion webhook for example.org/v1, Kind=Widget failed: Post: refused",
            Words::ConversionWebhook,
            "example.org/v1, Kind=Widget",
        );
        check(
            "tls: failed to verify certificate: x509: certificate is valid for a.example, not b.example",
            Words::CertificateName,
            "valid for a.example, not b.example",
        );
        check(
            "x509: certificate has expired or is not yet valid: current time 2026-01-01T00:10:00Z is after 2025-12-31T00:00:00Z",
            Words::CertificateTime,
            "current time 2026-01-01T00:10:00Z is after 2025-12-31T00:00:00Z",
        );
        assert_eq!(
            classify("toomanyrequests: rate limit of the registry"),
            None
        );
        assert_eq!(classify("Cannot evict pod: too many requests"), None);
    }
}
