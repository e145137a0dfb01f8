//! Canonical JSON (RFC 8785) and SHA-256: the same document gives the same bytes and one digest.
//!
//! Numbers are integers only, so the number formatting of the RFC never matters.

use core::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The largest integer that every JSON reader understands exactly: 2^53.
const MAX_EXACT: u64 = 1 << 53;

/// A document that has no canonical form here. The message is one sentence. Not worth a retry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A number with a fraction or an exponent.
    #[error("{number} is no integer; canonical documents hold integers only")]
    Fraction {
        /// The number as JSON.
        number: String,
    },
    /// An integer that some readers would round.
    #[error("{number} is beyond 2^53, where JSON readers differ; write it as text")]
    TooLarge {
        /// The number as JSON.
        number: String,
    },
    /// A value that serde could not turn into JSON.
    #[error("the value cannot be written as JSON: {reason}")]
    NotJson {
        /// What serde said.
        reason: String,
    },
}

/// The canonical text of a document: no white space, members sorted by the UTF-16 code units of
/// their names, shortest escapes.
///
/// # Errors
/// The document holds a number that is no integer within ±2^53.
pub fn canonical_json(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::new();
    write_value(value, &mut out)?;
    Ok(out)
}

/// SHA-256 as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            write!(out, "{byte:02x}").expect("writing to a string cannot fail");
            out
        })
}

/// The bytes of lower-case hexadecimal digits; `None` for any other text or length.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let lower = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != N * 2 || !digits.iter().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

fn write_value(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => write_members(members, out)?,
    }
    Ok(())
}

fn write_members(members: &Map<String, Value>, out: &mut String) -> Result<(), NotCanonical> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    out.push('{');
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write_value(value, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_number(number: &serde_json::Number, out: &mut String) -> Result<(), NotCanonical> {
    let shown = || number.to_string();
    let size = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive,
        (None, Some(negative)) => negative.unsigned_abs(),
        (None, None) => return Err(NotCanonical::Fraction { number: shown() }),
    };
    if size > MAX_EXACT {
        return Err(NotCanonical::TooLarge { number: shown() });
    }
    out.push_str(&shown());
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                write!(out, "\\u{:04x}", u32::from(control))
                    .expect("writing to a string cannot fail");
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_vector_of_the_plan_digest_holds() {
        let document = json!({
            "steps": [{"verb": "patch", "n": 1}],
            "schema": "dogwatch.plan/v1",
            "option": "A",
            "cluster_uid": "11111111-1111-1111-1111-111111111111",
        });
        let text = canonical_json(&document).unwrap();
        assert_eq!(
            sha256_hex(text.as_bytes()),
            "c44af955d38b25be7cd5e6e59e14099e68a5a4f486726f5e77b66a66ea529c8c"
        );
    }

    #[test]
    fn members_sort_by_utf16_code_units() {
        // The example of RFC 8785, section 3.2.3: the emoji sorts before U+FB33 as UTF-16 only.
        let document = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical_json(&document).unwrap();
        let mut at = 0;
        for name in [
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh",
        ] {
            at += text[at..].find(name).expect(name);
        }
    }

    #[test]
    fn text_is_escaped_as_the_rfc_does() {
        // The example of RFC 8785, section 3.2.2.
        let value = json!({
            "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
            "literals": [null, true, false],
        });
        let expected = "{\"literals\":[null,true,false],\
                        \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(canonical_json(&value).unwrap(), expected);
        let controls = json!("\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}\u{2028}");
        let expected = "\"\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\u{2028}\"";
        assert_eq!(canonical_json(&controls).unwrap(), expected);
    }

    #[test]
    fn only_exact_integers_are_numbers() {
        for good in ["0", "-1", "9007199254740992", "-9007199254740992"] {
            let value: Value = serde_json::from_str(good).unwrap();
            assert_eq!(canonical_json(&value).unwrap(), good);
        }
        for large in [
            "9007199254740993",
            "-9007199254740993",
            "18446744073709551615",
        ] {
            let value: Value = serde_json::from_str(large).unwrap();
            let number = large.to_owned();
            assert_eq!(
                canonical_json(&value),
                Err(NotCanonical::TooLarge { number })
            );
        }
        for fraction in [json!(1.5), json!(1.0), json!([{"a": 1e3}])] {
            let said = canonical_json(&fraction);
            assert!(
                matches!(said, Err(NotCanonical::Fraction { .. })),
                "{said:?}"
            );
        }
    }

    #[test]
    fn white_space_and_order_of_the_input_do_not_matter() {
        let left: Value = serde_json::from_str("{\"b\": [1, 2],\n \"a\": {}}").unwrap();
        let right: Value = serde_json::from_str("{\"a\":{},\"b\":[1,2]}").unwrap();
        let text = canonical_json(&left).unwrap();
        assert_eq!(text, "{\"a\":{},\"b\":[1,2]}");
        assert_eq!(canonical_json(&right).unwrap(), text);
    }

    #[test]
    fn hexadecimal_digits_round_trip_and_nothing_else_is_read() {
        assert_eq!(from_hex::<3>(&to_hex(&[0, 171, 255])), Some([0, 171, 255]));
        for wrong in ["00ab", "00abf", "00ABff", "00abfg", "00ab+f", "é0abf"] {
            assert_eq!(from_hex::<3>(wrong), None, "{wrong}");
        }
    }
}
