//! Errors of containerd, CRI-O and dockerd, each with its class.

use super::{PullClass::*, *};

const IMAGE: &str = "reg.example/shop/certificate-manager:404";

#[track_caller]
fn check(text: &str, class: PullClass) {
    let words = without_names(text, IMAGE);
    assert_eq!(classify("ErrImagePull", &words, true), class, "{text}");
}

#[test]
fn containerd() {
    let prefix = "rpc error: code = NotFound desc = failed to pull and unpack image \
                  \"reg.example/shop/certificate-manager:404\": failed to resolve reference \
                  \"reg.example/shop/certificate-manager:404\": ";
    for (rest, class) in [
        (
            "reg.example/shop/certificate-manager:404: not found",
            NotFound,
        ),
        (
            "pull access denied, repository does not exist or may require authorization: server \
             message: insufficient_scope: authorization failed",
            Unauthorized,
        ),
        (
            "failed to authorize: failed to fetch anonymous token: unexpected status from GET \
             request to https://auth.example/token?scope=repository%3Acertificate: 401 Unauthorized",
            Unauthorized,
        ),
        (
            "failed to do request: Head \"https://reg.example/v2/x/manifests/404\": dial tcp: \
             lookup reg.example on 10.0.0.2:53: no such host",
            RegistryDns,
        ),
        (
            "failed to do request: Head \"https://reg.example/v2/x\": dial tcp 10.1.1.1:443: i/o \
             timeout",
            RegistryUnreachable,
        ),
        (
            "failed to do request: Head \"https://reg.example/v2/x\": EOF",
            RegistryUnreachable,
        ),
        (
            "failed to do request: Head \"https://reg.example/v2/x\": tls: failed to verify \
             certificate: x509: certificate signed by unknown authority",
            Tls,
        ),
        (
            "failed to do request: Head \"https://reg.example/v2/x\": http: server gave HTTP \
             response to HTTPS client",
            Tls,
        ),
        (
            "unexpected status from HEAD request to https://reg.example/v2/x/manifests/404: 429 Too \
             Many Requests",
            RateLimited,
        ),
        (
            "unexpected status from HEAD request to https://reg.example/v2/x: 503 Service \
             Unavailable",
            RegistryUnreachable,
        ),
        ("no match for platform in manifest: not found", Platform),
        (
            "failed to extract layer sha256:1: write /var/lib/x: no space left on device",
            DiskFull,
        ),
        (
            "failed to extract layer sha256:1: archive/tar: invalid tar header",
            CorruptLayer,
        ),
        ("something else", Other),
    ] {
        check(&format!("{prefix}{rest}"), class);
    }
}

#[test]
fn dockerd() {
    let prefix = "rpc error: code = Unknown desc = Error response from daemon: ";
    for (rest, class) in [
        (
            "pull access denied for shop/api, repository does not exist or may require 'docker \
             login': denied: requested access to the resource is denied",
            Unauthorized,
        ),
        (
            "manifest for reg.example/shop/certificate-manager:404 not found: manifest unknown: \
             manifest unknown",
            NotFound,
        ),
        (
            "Get \"https://reg.example/v2/\": dial tcp: lookup reg.example: no such host",
            RegistryDns,
        ),
        (
            "Get \"https://reg.example/v2/\": net/http: request canceled while waiting for \
             connection (Client.Timeout exceeded while awaiting headers)",
            RegistryUnreachable,
        ),
        (
            "no matching manifest for linux/arm64/v8 in the manifest list entries",
            Platform,
        ),
        (
            "toomanyrequests: You have reached your pull rate limit.",
            RateLimited,
        ),
    ] {
        check(&format!("{prefix}{rest}"), class);
    }
}

#[test]
fn certificates_of_others() {
    for (text, class) in [
        (
            "failed to do request: Head \"https://reg.example/v2/x\": tls: failed to verify \
             certificate: x509: certificate is valid for old.example, *.old.example, not reg.example",
            RegistryWrongHost,
        ),
        (
            "Error response from daemon: Get \"https://reg.example/v2/\": x509: certificate is not \
             valid for any names, but wanted to match reg.example",
            RegistryWrongHost,
        ),
    ] {
        check(text, class);
    }
}

#[test]
fn crio() {
    for (text, class) in [
        (
            "initializing source docker://reg.example/shop/certificate-manager:404: reading manifest \
             404 in reg.example/shop/certificate-manager: manifest unknown",
            NotFound,
        ),
        (
            "pinging container registry reg.example: Get \"https://reg.example/v2/\": dial tcp \
             10.1.1.1:443: connect: connection refused",
            RegistryUnreachable,
        ),
        (
            "choosing image instance: no image found in image index for architecture \"arm64\", \
             variant \"v8\", OS \"linux\"",
            Platform,
        ),
        (
            "Source image rejected: A signature was required, but no signature exists",
            Signature,
        ),
        (
            "short-name \"api\" did not resolve to an alias and no unqualified-search registries are \
             defined",
            InvalidName,
        ),
    ] {
        check(text, class);
    }
}

#[test]
fn reasons_that_need_no_words() {
    for (reason, class) in [
        ("InvalidImageName", InvalidName),
        ("ErrImageNeverPull", NeverPull),
        ("ImageInspectError", InspectError),
        ("SignatureValidationFailed", Signature),
        ("RegistryUnavailable", RegistryUnreachable),
        ("ImagePullBackOff", Unknown),
    ] {
        assert_eq!(classify(reason, "", false), class, "{reason}");
    }
}

#[test]
fn a_bare_back_off_says_nothing() {
    assert!(!says_why("Back-off pulling image \"x\""));
    assert!(!says_why("Error: ErrImagePull"));
    for words in [
        "Back-off pulling image \"x\": ErrImagePull: not found",
        "Back-off pulling image \"x\": SignatureValidationFailed: image pull failed for x",
    ] {
        assert!(says_why(words), "{words}");
    }
}
