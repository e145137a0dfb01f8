//! Takes the Kubernetes objects out of one JSON or YAML text.

use serde::Deserialize;
use serde_json::{StreamDeserializer, value::RawValue};

/// YAML limits: one list of 10 000 Pods passes, a bomb does not.
const MAX_YAML_NODES: usize = 20_000_000;
const MAX_YAML_DOCUMENTS: usize = 100_000;
const MAX_YAML_DEPTH: usize = 128;
const MAX_YAML_ALIASES: usize = 1_000;
/// What aliases may expand to. Kubernetes writes none; people write a few.
const MAX_YAML_REPLAYED: usize = 20_000;

/// What one document holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// `Pod` of a `PodList`; absent for a plain `List` or array and for a single object.
    pub(crate) item_kind: Option<String>,
    /// API version of a typed list.
    pub(crate) item_api_version: Option<String>,
    /// Whether it is a list, so that what is not in it does not exist.
    pub(crate) is_list: bool,
    /// The objects, as JSON texts.
    pub(crate) objects: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    kind: Option<String>,
    api_version: Option<String>,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

/// Reads a text: one or several JSON values, or YAML documents. The error says what is wrong.
pub(crate) fn read(text: &[u8], is_yaml: bool) -> Result<Vec<Document>, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let starts_like_json = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
    match read_json(text) {
        Ok(documents) if starts_like_json => Ok(documents),
        // A flow mapping of YAML starts like JSON too, and some tools write YAML under `.json`.
        Err(error) if starts_like_json && !is_yaml => Err(error),
        _ => read_yaml(text).or_else(|reason| {
            let bare = unmarked(text).ok_or(reason)?;
            read_yaml(&bare)
        }),
    }
}

/// What troubleshoot writes in place of what it hides. Without quotes, a value that starts with it is
/// an alias to YAML, and a broken one.
const HIDDEN: &str = "***HIDDEN***";

/// The text with a mark that YAML reads as a word; `None` when there is nothing to mend.
fn unmarked(text: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(text).ok()?;
    text.contains(HIDDEN)
        .then(|| text.replace(HIDDEN, "HIDDEN").into_bytes())
}

fn read_json(text: &[u8]) -> Result<Vec<Document>, String> {
    let values: StreamDeserializer<'_, _, &RawValue> =
        serde_json::Deserializer::from_slice(text).into_iter();
    let mut documents = Vec::new();
    for value in values {
        let value = value.map_err(|error| error.to_string())?;
        documents.extend(document(value.get())?);
    }
    Ok(documents)
}

fn read_yaml(text: &[u8]) -> Result<Vec<Document>, String> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        // Redaction tools turn different keys into the same.
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_YAML_REPLAYED },
        budget: serde_saphyr::budget! {
            max_events: MAX_YAML_NODES,
            max_nodes: MAX_YAML_NODES,
            max_documents: MAX_YAML_DOCUMENTS,
            max_depth: MAX_YAML_DEPTH,
            max_aliases: MAX_YAML_ALIASES,
            max_anchors: MAX_YAML_ALIASES,
            max_total_scalar_bytes: 256 * 1024 * 1024,
        },
    };
    let values: Vec<serde_json::Value> = serde_saphyr::from_slice_multiple_with_options(
        text, options,
    )
    .map_err(|error| match error.location() {
        Some(place) => format!("malformed YAML at line {}", place.line()),
        None => "malformed YAML".to_owned(),
    })?;
    let mut documents = Vec::new();
    for value in values {
        documents.extend(document(&value.to_string())?);
    }
    Ok(documents)
}

/// One JSON value; scalars and `null` hold nothing.
fn document(json: &str) -> Result<Option<Document>, String> {
    let failed = |error: serde_json::Error| error.to_string();
    match json.bytes().next() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(failed)?;
            Ok(Some(list(None, None, &items)))
        }
        Some(b'{') => {
            // `items` of something else than a list (a ConfigMap projection has some) is no array
            // of objects at the top, so that this cannot fail for objects.
            let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(json) else {
                return Ok(Some(single(json)));
            };
            let kind = envelope
                .kind
                .as_deref()
                .and_then(|kind| kind.strip_suffix("List"));
            // An empty list may come without `items`: Go leaves them out or writes null.
            Ok(Some(match (kind, envelope.items) {
                (Some(""), items) => list(None, None, &items.unwrap_or_default()),
                (Some(kind), items) => {
                    list(Some(kind), envelope.api_version, &items.unwrap_or_default())
                }
                (None, Some(items)) if envelope.kind.is_none() => list(None, None, &items),
                (None, _) => single(json),
            }))
        }
        _ => Ok(None),
    }
}

fn list(kind: Option<&str>, item_api_version: Option<String>, items: &[&RawValue]) -> Document {
    Document {
        item_kind: kind.map(str::to_owned),
        item_api_version,
        is_list: true,
        objects: items
            .iter()
            .map(|item| item.get().as_bytes().to_vec())
            .collect(),
    }
}

fn single(json: &str) -> Document {
    Document {
        item_kind: None,
        item_api_version: None,
        is_list: false,
        objects: vec![json.as_bytes().to_vec()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shape(text: &str, is_yaml: bool) -> Vec<(Option<String>, bool, usize)> {
        let documents = read(text.as_bytes(), is_yaml).unwrap();
        documents
            .into_iter()
            .map(|document| (document.item_kind, document.is_list, document.objects.len()))
            .collect()
    }

    #[test]
    fn values_that_troubleshoot_hid_are_words() {
        let text =
            "- kind: Engine\n  metadata: {name: a}\n  spec:\n    address: ***HIDDEN***:10000\n";
        let documents = read(text.as_bytes(), true).unwrap();
        let json = String::from_utf8(documents[0].objects[0].clone()).unwrap();
        assert!(json.contains(r#""address":"HIDDEN:10000""#), "{json}");
        let broken = "- kind: Engine\n  a: ***HIDDEN***\n b: {";
        assert!(read(broken.as_bytes(), true).is_err());
    }

    #[test]
    fn lists_arrays_and_objects_are_told_apart() {
        let pods = Some("Pod".to_owned());
        assert_eq!(
            shape(
                r#"{"kind":"PodList","apiVersion":"v1","items":[{},{}]}"#,
                false
            ),
            [(pods.clone(), true, 2)]
        );
        assert_eq!(
            shape(r#"{"kind":"PodList","items":null}"#, false),
            [(pods, true, 0)]
        );
        assert_eq!(shape(r#"[{"kind":"Pod"}]"#, false), [(None, true, 1)]);
        assert_eq!(shape(r#"{"kind":"Pod"} {"kind":"Node"}"#, false).len(), 2);
        assert_eq!(
            shape(r#"{"kind":"Pod","items":[1]}"#, false),
            [(None, false, 1)]
        );
    }

    #[test]
    fn yaml_keeps_words_as_words() {
        let text = "---\nkind: Pod\nmetadata: {name: on, labels: {a: yes, b: \"1\"}}\n---\n\
                    apiVersion: v1\nkind: List\nitems:\n- kind: Node\n---\n";
        let documents = read(text.as_bytes(), true).unwrap();
        assert_eq!(documents.len(), 2);
        let pod = String::from_utf8(documents[0].objects[0].clone()).unwrap();
        assert_eq!(
            pod,
            r#"{"kind":"Pod","metadata":{"labels":{"a":"yes","b":"1"},"name":"on"}}"#
        );
    }

    #[test]
    fn bombs_and_broken_texts_are_refused() {
        use core::fmt::Write as _;
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let below = format!("*a{},", level - 1).repeat(9);
            writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
        }
        assert!(read(bomb.as_bytes(), true).is_err());
        assert!(read(b"{\"kind\":", false).is_err());
        assert!(read(b"a: [", true).is_err());
    }
}
