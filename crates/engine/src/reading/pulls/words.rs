//! The words of kubelets, runtimes and registries about a pull that failed.

use super::{
    super::{Pattern, has_any},
    PullClass,
};

/// True when the text says more than "it failed and will be tried again".
pub(super) fn says_why(text: &str) -> bool {
    let bare = text.trim();
    let after = match bare.strip_prefix("Back-off pulling image \"") {
        Some(rest) => rest.split_once('"').map_or("", |(_, after)| after),
        None => bare,
    };
    !after.is_empty() && !BARE_ERROR.is_match(after)
}

static BARE_ERROR: Pattern = Pattern::new(r"^Error: [A-Z][A-Za-z]+$");

/// The text without quoted names, addresses and the image: their words are no words of the registry.
pub(super) fn without_names(text: &str, image: &str) -> String {
    let path = image.split('@').next().unwrap_or(image);
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split(':').next().unwrap_or(name);
    let bare = QUOTED.get().replace_all(text, " ");
    let is_name = |word: &str| {
        let holds = !name.is_empty() && word.contains(name);
        word.contains("://") || holds && (word.contains('/') || word.contains(&format!("{name}:")))
    };
    let words: Vec<&str> = bare
        .split_whitespace()
        .filter(|word| !is_name(word))
        .collect();
    words.join(" ")
}

static QUOTED: Pattern = Pattern::new(r#"\\?"[^"]*""#);
static DNS: Pattern = Pattern::new(
    r"(?i)(no such host|server misbehaving|name or service not known|temporary failure in name resolution|lookup \S+( on \S+)?: )",
);
static NETWORK: Pattern = Pattern::new(
    r"(?i)(i/o timeout|connection refused|TLS handshake timeout|no route to host|context deadline exceeded|network is unreachable|connection reset|dial tcp|Client\.Timeout|registry is unavailable|\b50[0234] )",
);
static RATE: Pattern =
    Pattern::new(r"(?i)(toomanyrequests|too many requests|\b429\b|rate limit|pull QPS exceeded)");
static WRONG_HOST: Pattern =
    Pattern::new(r"x509: certificate is (valid for .*, not |not valid for any names)");
static TLS: Pattern =
    Pattern::new(r"(?i)(x509:|server gave HTTP response to HTTPS client|tls: |certificate)");
static AUTH: Pattern = Pattern::new(
    r"(?i)(\b401\b|\b403\b|unauthorized|pull access denied|insufficient_scope|authorization failed|no basic auth credentials|authentication required|\bdenied\b|forbidden)",
);
static MISSING: Pattern = Pattern::new(
    r"(?i)(not found|manifest unknown|name unknown|repository .{0,80}(does )?not exist|\b404\b)",
);
static PLATFORM: Pattern = Pattern::new(
    r"(?i)(no match for platform|no matching manifest|no image found in (image index|manifest list)|cannot be used on this platform)",
);
static CORRUPT: Pattern = Pattern::new(
    r"(?i)(failed to extract layer|failed to unpack|failed to register layer|layer verification failed|unexpected EOF|invalid tar header|gzip: invalid|failed commit on ref|unexpected commit digest)",
);
static POLICY: Pattern = Pattern::new(
    r"(?i)(signature validation failed|source image rejected|signature was required|is rejected by policy|image verifier .{0,80}blocked|no (matching )?(signatures|attestations))",
);
static BAD_NAME: Pattern = Pattern::new(
    r"(?i)(couldn't parse image|failed to apply default image tag|invalid reference format|short[- ]name)",
);
/// What the client was doing when it failed, where nothing says why.
static REQUEST: Pattern =
    Pattern::new(r"(?i)(failed to do request|pinging (container|docker) registry)");

/// The wordings in the order in which they are tried: the more specific before the more general, and
/// what keeps the registry from being asked before its answers.
static TABLE: &[(&Pattern, PullClass)] = &[
    (&BAD_NAME, PullClass::InvalidName),
    (&RATE, PullClass::RateLimited),
    (&DNS, PullClass::RegistryDns),
    (&PLATFORM, PullClass::Platform),
    (&CORRUPT, PullClass::CorruptLayer),
    (&POLICY, PullClass::Signature),
    // Such a certificate is good, for somebody else: trust is not what is missing.
    (&WRONG_HOST, PullClass::RegistryWrongHost),
    (&TLS, PullClass::Tls),
    (&NETWORK, PullClass::RegistryUnreachable),
    // Docker Hub answers "denied" also for repositories that do not exist: "does not exist or may
    // require" leaves both open, and the credentials are what a person can check.
    (&AUTH, PullClass::Unauthorized),
    (&MISSING, PullClass::NotFound),
    (&REQUEST, PullClass::RegistryUnreachable),
];

/// The class of a pull error.
pub(super) fn classify(reason: &str, text: &str, has_events: bool) -> PullClass {
    match reason {
        "InvalidImageName" => return PullClass::InvalidName,
        "ErrImageNeverPull" => return PullClass::NeverPull,
        "ImageInspectError" if BAD_NAME.is_match(text) => return PullClass::InvalidName,
        "ImageInspectError" => return PullClass::InspectError,
        "SignatureValidationFailed" => return PullClass::Signature,
        _ => {}
    }
    let silent = match (reason, has_events) {
        ("RegistryUnavailable", _) => PullClass::RegistryUnreachable,
        (_, true) => PullClass::Other,
        (_, false) => PullClass::Unknown,
    };
    if text.is_empty() {
        return silent;
    }
    if has_any(text, &["no space left on device"]) {
        return PullClass::DiskFull;
    }
    let known = TABLE.iter().find(|(pattern, _)| pattern.is_match(text));
    match known {
        Some((_, class)) => *class,
        None if reason == "RegistryUnavailable" => PullClass::RegistryUnreachable,
        None => PullClass::Other,
    }
}

#[cfg(test)]
mod tests;
