//! Reads the few request bodies that `kubectl` only sends as protocol buffers: access reviews and
//! `kubectl create` of small kinds. Answers are JSON, which such clients accept as well.

use serde_json::{Map, Value, json};

/// The media type of these bodies.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";
/// What every body begins with.
const MAGIC: &[u8] = b"k8s\0";

/// The shape of a field.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Text,
    /// A map from text to text.
    Pairs,
    Message(&'static [Field]),
}

/// Number, JSON name and shape of a field.
type Field = (u64, &'static str, Shape);

const METADATA: &[Field] = &[
    (1, "name", Shape::Text),
    (2, "generateName", Shape::Text),
    (3, "namespace", Shape::Text),
    (11, "labels", Shape::Pairs),
    (12, "annotations", Shape::Pairs),
];
const ATTRIBUTES: &[Field] = &[
    (1, "namespace", Shape::Text),
    (2, "verb", Shape::Text),
    (3, "group", Shape::Text),
    (4, "version", Shape::Text),
    (5, "resource", Shape::Text),
    (6, "subresource", Shape::Text),
    (7, "name", Shape::Text),
];
const ACCESS: &[Field] = &[
    (1, "resourceAttributes", Shape::Message(ATTRIBUTES)),
    (
        2,
        "nonResourceAttributes",
        Shape::Message(&[(1, "path", Shape::Text)]),
    ),
];
const RULES: &[Field] = &[(1, "namespace", Shape::Text)];

fn fields(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "SelfSubjectAccessReview" => &[(2, "spec", Shape::Message(ACCESS))],
        "SelfSubjectRulesReview" => &[(2, "spec", Shape::Message(RULES))],
        "SelfSubjectReview" => &[],
        "Namespace" | "ServiceAccount" => &[(1, "metadata", Shape::Message(METADATA))],
        "ConfigMap" => &[
            (1, "metadata", Shape::Message(METADATA)),
            (2, "data", Shape::Pairs),
        ],
        _ => return None,
    })
}

/// The JSON form of a body; `None` for other kinds and for broken bodies.
pub(crate) fn decode(body: &[u8]) -> Option<Value> {
    let envelope = split(body.strip_prefix(MAGIC)?)?;
    let part = |number| {
        envelope
            .iter()
            .find(|(n, _)| *n == number)
            .map(|(_, bytes)| *bytes)
    };
    let types = message(
        part(1)?,
        &[(1, "apiVersion", Shape::Text), (2, "kind", Shape::Text)],
    )?;
    let mut object = message(part(2)?, fields(types.get("kind")?.as_str()?)?)?;
    object.extend(types);
    Some(Value::Object(object))
}

fn message(bytes: &[u8], fields: &[Field]) -> Option<Map<String, Value>> {
    let mut out = Map::new();
    for (number, bytes) in split(bytes)? {
        let Some((_, name, shape)) = fields.iter().find(|(known, _, _)| *known == number) else {
            continue;
        };
        match shape {
            Shape::Text if bytes.is_empty() => {}
            Shape::Text => drop(out.insert((*name).to_owned(), json!(text(bytes)?))),
            Shape::Message(fields) => {
                out.insert((*name).to_owned(), Value::Object(message(bytes, fields)?));
            }
            Shape::Pairs => {
                let pair = split(bytes)?;
                let side = |wanted| pair.iter().find(|(n, _)| *n == wanted).map(|(_, b)| *b);
                let map = out.entry((*name).to_owned()).or_insert_with(|| json!({}));
                let key = text(side(1).unwrap_or_default())?;
                map[key] = json!(text(side(2).unwrap_or_default())?);
            }
        }
    }
    Some(out)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// The length-delimited fields of a message; numbers are skipped.
fn split(mut bytes: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        match tag & 7 {
            0 => drop(varint(&mut bytes)?),
            1 => bytes = bytes.get(8..)?,
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (field, rest) = bytes.split_at_checked(length)?;
                fields.push((tag >> 3, field));
                bytes = rest;
            }
            5 => bytes = bytes.get(4..)?,
            _ => return None,
        }
    }
    Some(fields)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap();
        [&[number << 3 | 2, length], bytes].concat()
    }

    #[test]
    fn an_access_review_is_read() {
        let attributes = [field(2, b"list"), field(5, b"pods")].concat();
        let review = field(2, &field(1, &attributes));
        let types = [
            field(1, b"authorization.k8s.io/v1"),
            field(2, b"SelfSubjectAccessReview"),
        ]
        .concat();
        let body = [MAGIC.to_vec(), field(1, &types), field(2, &review)].concat();
        let object = decode(&body).unwrap();
        let expected = json!({"verb": "list", "resource": "pods"});
        assert_eq!(object["spec"]["resourceAttributes"], expected);
        assert_eq!(object["kind"], "SelfSubjectAccessReview");
    }

    #[test]
    fn broken_bodies_are_refused() {
        for body in [
            &b"k8s"[..],
            b"k8s\0\xff",
            b"k8s\0\x0a\x7f",
            b"{}",
            b"k8s\0\xff\xff\xff\xff",
        ] {
            assert_eq!(decode(body), None, "{body:?}");
        }
    }
}
