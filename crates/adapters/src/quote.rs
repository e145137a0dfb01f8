//! Foreign text, made fit to stand inside a sentence of ours.

use dogwatch_model::redaction::redact;

/// Longest quotation, in characters.
const MAX_CHARS: usize = 300;

/// One line, without credentials, at most 300 characters.
pub(crate) fn quote(text: &str) -> String {
    // Only the beginning is looked at: foreign text may be large. A credential that the cut would
    // leave in halves stands far behind what is shown.
    let head: String = text.chars().take(8 * MAX_CHARS).collect();
    let redacted = redact(&head);
    let mut out = String::new();
    for word in redacted.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    if let Some((at, _)) = out.char_indices().nth(MAX_CHARS) {
        out.truncate(at);
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_are_short_and_clean() {
        assert_eq!(
            quote("a\n b\u{1b}[31m token=abc"),
            "a b [31m token=[redacted]"
        );
        assert_eq!(quote(&"é".repeat(900)).chars().count(), MAX_CHARS + 1);
    }
}
