//! Removes credentials from text before it is kept, shown or written.

/// What replaces a removed value.
pub const REDACTED: &str = "[redacted]";

const KEYS: &[&str] = &[
    "password",
    "passwd",
    "token",
    "secret",
    "access_key",
    "access-key",
    "accesskey",
    "secret_key",
    "secret-key",
    "secretkey",
    "api_key",
    "api-key",
    "apikey",
    "x-auth-token",
    "client_secret",
    "private_key",
    "private-key",
];

/// Words that follow "token:" or "secret:" in error messages and are no values.
const PROSE: &[&str] = &[
    "a",
    "an",
    "cannot",
    "connection",
    "context",
    "could",
    "denied",
    "dial",
    "eof",
    "error",
    "expired",
    "failed",
    "forbidden",
    "get",
    "invalid",
    "is",
    "missing",
    "no",
    "not",
    "post",
    "rpc",
    "serviceaccounts",
    "the",
    "tls",
    "unable",
    "unauthorized",
    "unexpected",
    "unknown",
    "x509",
];

/// Redacts one line (or several) of log or message text.
///
/// Removed are: the values behind words such as `password=`, `token:` or `secret_key=`;
/// `Authorization` headers; `Bearer` and `Basic` credentials; user information in URLs; PEM private
/// keys. Text without any of them is returned as it is.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_key_block = false;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if line.contains("-----BEGIN") && line.contains("PRIVATE KEY") {
            in_key_block = !line.contains("-----END");
            out.push_str(REDACTED);
        } else if in_key_block {
            in_key_block = !line.contains("-----END");
        } else {
            redact_line(line, &mut out);
        }
    }
    out
}

fn redact_line(line: &str, out: &mut String) {
    let lower = line.to_ascii_lowercase();
    let mut at = 0;
    while at < line.len() {
        let Some((start, end)) = next_secret(&lower, at) else {
            break;
        };
        out.push_str(&line[at..start]);
        out.push_str(REDACTED);
        at = end;
    }
    out.push_str(&line[at..]);
}

/// The byte range of the next secret value at or after `from`. Works on the lower-cased line, whose
/// byte offsets equal those of the line because only ASCII letters change.
fn next_secret(lower: &str, from: usize) -> Option<(usize, usize)> {
    let keyed = KEYS.iter().filter_map(|key| keyed_value(lower, from, key));
    let header = authorization_value(lower, from);
    let schemes = ["bearer ", "basic "]
        .iter()
        .filter_map(|word| scheme_value(lower, from, word));
    let url = url_credentials(lower, from);
    keyed.chain(header).chain(schemes).chain(url).min()
}

fn keyed_value(lower: &str, from: usize, key: &str) -> Option<(usize, usize)> {
    let mut search = from;
    while let Some(found) = lower[search..].find(key) {
        let after = search + found + key.len();
        let rest = &lower[after..];
        let skipped = rest.trim_start_matches(['"', '\'', ' ', '\\']);
        if let Some(value) = skipped.strip_prefix(['=', ':']) {
            let value = value.trim_start_matches([' ', '"', '\'', '\\']);
            let start = lower.len() - value.len();
            let end = start + value_len(value);
            let already = value.starts_with(REDACTED);
            let is_prose = PROSE.contains(&&lower[start..end]);
            if end > start && !already && !is_prose && start >= from {
                return Some((start, end));
            }
        }
        search = after;
    }
    None
}

fn authorization_value(lower: &str, from: usize) -> Option<(usize, usize)> {
    let found = lower[from..].find("authorization")? + from + "authorization".len();
    let rest = lower[found..].trim_start_matches(['"', '\'', ' ', '\\']);
    let value = rest
        .strip_prefix([':', '='])?
        .trim_start_matches([' ', '"', '\'', '\\']);
    let start = lower.len() - value.len();
    let end = start + value.find(['"', '\'', '\r']).unwrap_or(value.len());
    (end > start && !value.starts_with(REDACTED)).then_some((start, end))
}

fn scheme_value(lower: &str, from: usize, word: &str) -> Option<(usize, usize)> {
    let mut search = from;
    while let Some(found) = lower[search..].find(word) {
        let start = search + found + word.len();
        let length = value_len(&lower[start..]);
        // Short words after "basic" or "bearer" are prose, not credentials.
        if length >= 12 {
            return Some((start, start + length));
        }
        search = start;
    }
    None
}

fn url_credentials(lower: &str, from: usize) -> Option<(usize, usize)> {
    let mut search = from;
    while let Some(found) = lower[search..].find("://") {
        let start = search + found + 3;
        let authority = &lower[start..];
        let end = authority
            .find(['/', ' ', '"', '\'', '?', '#'])
            .unwrap_or(authority.len());
        if let Some(at) = authority[..end].rfind('@')
            && authority[..at].contains(':')
        {
            return Some((start, start + at));
        }
        search = start;
    }
    None
}

fn value_len(value: &str) -> usize {
    value
        .find([
            ' ', '"', '\'', ',', ';', '&', '\t', '\r', ')', '}', ']', '\\',
        ])
        .unwrap_or(value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (text, expected) in [
            ("password=hunter2 user=bob", "password=[redacted] user=bob"),
            ("DB_PASSWORD: \"x y\"", "DB_PASSWORD: \"[redacted] y\""),
            (
                "{\"token\":\"abc\",\"n\":1}",
                "{\"token\":\"[redacted]\",\"n\":1}",
            ),
            ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
            (
                "got Bearer eyJhbGciOiJIUzI1NiJ9 there",
                "got Bearer [redacted] there",
            ),
            (
                "postgres://bob:pw@db:5432/x",
                "postgres://[redacted]@db:5432/x",
            ),
            ("secretKeyRef not found", "secretKeyRef not found"),
            ("secret \"db\" not found", "secret \"db\" not found"),
            ("basic auth failed", "basic auth failed"),
            (
                "failed to fetch oauth token: unauthorized",
                "failed to fetch oauth token: unauthorized",
            ),
            (
                "dial tcp 10.96.0.1:443: i/o timeout",
                "dial tcp 10.96.0.1:443: i/o timeout",
            ),
        ] {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn private_keys_go_as_a_block() {
        let text = "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb";
        let redacted = redact(text);
        assert!(!redacted.contains("MIIE"));
        assert!(redacted.starts_with("a\n") && redacted.ends_with("\nb"));
    }

    #[test]
    fn redacting_twice_changes_nothing_more() {
        let once = redact("token=abc Authorization: Basic dXNlcjpwYXNz");
        assert_eq!(redact(&once), once);
    }
}
