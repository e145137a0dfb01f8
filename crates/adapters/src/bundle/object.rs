//! One recorded object: what it is, and its JSON.

use std::borrow::Cow;

use dogwatch_model::Kind;
use serde::Deserialize;
use serde_json::{Map, Value};

/// An object as it was recorded, without Secret payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredObject {
    /// What Dogwatch calls it; `None` for kinds that no check reads.
    pub(crate) kind: Option<Kind>,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    /// Zero when it is absent or no number.
    pub(crate) resource_version: u64,
    /// `kind.group`, for objects that Dogwatch does not know.
    pub(crate) type_name: String,
    pub(crate) json: Box<[u8]>,
}

/// Where kubectl puts the objects of a manifest that names no Namespace. A server always names one.
const DEFAULT_NAMESPACE: &str = "default";

/// What is known about an object from where it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presumed {
    pub(crate) kind: Option<String>,
    pub(crate) api_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    api_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    metadata: HeaderMeta<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeaderMeta<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    namespace: Option<Cow<'a, str>>,
    #[serde(borrow)]
    uid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    resource_version: Option<Version<'a>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Version<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Number(u64),
}

/// What becomes of one element of a document.
pub(crate) enum Taken {
    /// A Kubernetes object.
    Object(Box<StoredObject>),
    /// Something else, such as a note beside the recording.
    NotKubernetes,
    /// Meant to be an object, but not understood.
    Unreadable,
}

/// Understands one object.
pub(crate) fn take(json: Vec<u8>, presumed: &Presumed) -> Taken {
    let Ok(header) = serde_json::from_slice::<Header<'_>>(&json) else {
        let expected = presumed.kind.is_some();
        return if expected {
            Taken::Unreadable
        } else {
            Taken::NotKubernetes
        };
    };
    // A metadata-only answer says nothing about what it is the metadata of.
    let own_kind = header
        .kind
        .as_deref()
        .filter(|kind| *kind != "PartialObjectMetadata");
    let Some(kind_name) = own_kind.or(presumed.kind.as_deref()).map(str::to_owned) else {
        return Taken::NotKubernetes;
    };
    let own_version = header.api_version.as_deref().filter(|_| own_kind.is_some());
    let api_version = own_version
        .map(str::to_owned)
        .or_else(|| presumed.api_version.clone());
    let known = Kind::of_object(&kind_name);
    // No version means no group: the object stays one of an unknown kind.
    let api_version = api_version
        .or_else(|| known.map(Kind::api_version))
        .unwrap_or_default();
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let known = known
        .filter(|kind| is_group_of(*kind, group))
        .or_else(|| Kind::of(&api_version, &kind_name));
    let homeless = known.is_some_and(is_namespaced) && header.metadata.namespace.is_none();
    let namespace = header.metadata.namespace.as_deref();
    let mut object = StoredObject {
        kind: known,
        namespace: namespace
            .unwrap_or(if homeless { DEFAULT_NAMESPACE } else { "" })
            .to_owned(),
        name: header.metadata.name.clone().into_owned(),
        uid: header
            .metadata
            .uid
            .as_deref()
            .unwrap_or_default()
            .to_owned(),
        resource_version: match &header.metadata.resource_version {
            Some(Version::Text(text)) => text.parse().unwrap_or_default(),
            Some(Version::Number(number)) => *number,
            None => 0,
        },
        type_name: format!("{kind_name}.{group}"),
        json: Box::default(),
    };
    let complete = header.kind.as_deref() == Some(&kind_name)
        && header.api_version.as_deref() == Some(&api_version);
    let rewrite = !complete || homeless || known == Some(Kind::Secret) || group == "events.k8s.io";
    object.json = if rewrite {
        let namespace = homeless.then_some(DEFAULT_NAMESPACE);
        let Some(json) = rewritten(&json, &kind_name, &api_version, namespace) else {
            return Taken::Unreadable;
        };
        json
    } else {
        json.into_boxed_slice()
    };
    Taken::Object(Box::new(object))
}

/// The kind that goes by this name in this API version; none given means its own.
pub(crate) fn kind_of(name: &str, api_version: Option<&str>) -> Option<Kind> {
    let group = |version: &str| {
        version
            .split_once('/')
            .map_or("", |(group, _)| group)
            .to_owned()
    };
    let built_in = Kind::of_object(name)
        .filter(|kind| api_version.is_none_or(|version| is_group_of(*kind, &group(version))));
    built_in.or_else(|| Kind::of(api_version?, name))
}

/// Groups under which the same kind was served in the past count as its own.
fn is_group_of(kind: Kind, group: &str) -> bool {
    let info = kind.info();
    group == info.group
        || match group {
            "extensions" => info.group == "apps",
            "events.k8s.io" => kind == Kind::Event,
            _ => false,
        }
}

/// Of custom kinds it is not known before their definitions are read.
fn is_namespaced(kind: Kind) -> bool {
    !matches!(kind, Kind::Custom(_)) && kind.info().namespaced
}

fn rewritten(
    json: &[u8],
    kind: &str,
    api_version: &str,
    namespace: Option<&str>,
) -> Option<Box<[u8]>> {
    let mut object: Map<String, Value> = serde_json::from_slice(json).ok()?;
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = namespace.into();
    }
    object.insert("kind".to_owned(), kind.into());
    object.insert("apiVersion".to_owned(), api_version.into());
    if kind == "Secret" {
        drop_payload(&mut object);
    }
    if kind == "Event" && api_version.starts_with("events.k8s.io/") {
        to_core_event(&mut object);
    }
    serde_json::to_vec(&object).ok().map(Vec::into_boxed_slice)
}

/// Removes what a Secret protects. The applied configuration repeats it.
pub(crate) fn drop_payload(secret: &mut Map<String, Value>) {
    secret.remove("data");
    secret.remove("stringData");
    let annotations = secret
        .get_mut("metadata")
        .and_then(|meta| meta.get_mut("annotations"));
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.remove(super::redacted::LAST_APPLIED);
    }
}

/// The newer Event API names its fields otherwise; the old names are those that are read.
fn to_core_event(event: &mut Map<String, Value>) {
    for (from, to) in [
        ("regarding", "involvedObject"),
        ("note", "message"),
        ("deprecatedFirstTimestamp", "firstTimestamp"),
        ("deprecatedLastTimestamp", "lastTimestamp"),
        ("deprecatedCount", "count"),
        ("deprecatedSource", "source"),
        ("reportingController", "reportingComponent"),
    ] {
        if let Some(value) = event.remove(from) {
            event.entry(to).or_insert(value);
        }
    }
    event.insert("apiVersion".to_owned(), "v1".into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn object(json: &str, presumed: &Presumed) -> StoredObject {
        match take(json.as_bytes().to_vec(), presumed) {
            Taken::Object(object) => *object,
            Taken::NotKubernetes => panic!("no object: {json}"),
            Taken::Unreadable => panic!("unreadable: {json}"),
        }
    }

    #[test]
    fn missing_types_are_filled_in() {
        let presumed = Presumed {
            kind: Some("Pod".to_owned()),
            api_version: None,
        };
        let pod = object(
            r#"{"metadata":{"name":"a","resourceVersion":"12"}}"#,
            &presumed,
        );
        assert_eq!((pod.kind, pod.resource_version), (Some(Kind::Pod), 12));
        let json: Value = serde_json::from_slice(&pod.json).unwrap();
        assert_eq!(
            (&json["kind"], &json["apiVersion"]),
            (&"Pod".into(), &"v1".into())
        );
    }

    #[test]
    fn a_manifest_without_a_namespace_is_of_the_default_one() {
        let of = |kind: &str| {
            let json =
                format!(r#"{{"kind":"{kind}","apiVersion":"v1","metadata":{{"name":"a"}}}}"#);
            let object = object(&json, &Presumed::default());
            let json: Value = serde_json::from_slice(&object.json).unwrap();
            (object.namespace, json["metadata"]["namespace"].clone())
        };
        assert_eq!(of("Service"), ("default".to_owned(), "default".into()));
        assert_eq!(of("Node"), (String::new(), Value::Null));
    }

    #[test]
    fn a_kind_of_another_group_is_another_kind() {
        let other = Presumed::default();
        let node = r#"{"kind":"Node","apiVersion":"longhorn.io/v1beta1","metadata":{"name":"a"}}"#;
        let longhorn = Kind::of("longhorn.io/v1beta1", "Node");
        assert!(longhorn.is_some() && object(node, &other).kind == longhorn);
        let old =
            r#"{"kind":"Deployment","apiVersion":"extensions/v1beta1","metadata":{"name":"a"}}"#;
        assert_eq!(object(old, &other).kind, Some(Kind::Deployment));
    }

    #[test]
    fn events_of_the_newer_api_are_renamed() {
        let event = object(
            r#"{"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"a"},
               "regarding":{"name":"web"},"note":"hello"}"#,
            &Presumed::default(),
        );
        let json: Value = serde_json::from_slice(&event.json).unwrap();
        assert_eq!(json["involvedObject"]["name"], "web");
        assert_eq!(
            (&json["message"], &json["apiVersion"]),
            (&"hello".into(), &"v1".into())
        );
    }

    #[test]
    fn secrets_lose_their_payload() {
        let secret = object(
            r#"{"kind":"Secret","apiVersion":"v1","data":{"a":"b3Blbg=="},"stringData":{"a":"open"},
               "metadata":{"name":"a","annotations":{
               "kubectl.kubernetes.io/last-applied-configuration":"open"}}}"#,
            &Presumed::default(),
        );
        let text = String::from_utf8(secret.json.to_vec()).unwrap();
        assert!(!text.contains("open") && !text.contains("b3Blbg"), "{text}");
    }

    #[test]
    fn notes_are_not_objects() {
        let note = br#"{"prompt":"why"}"#.to_vec();
        assert!(matches!(
            take(note.clone(), &Presumed::default()),
            Taken::NotKubernetes
        ));
        let presumed = Presumed {
            kind: Some("Pod".to_owned()),
            api_version: None,
        };
        assert!(matches!(take(note, &presumed), Taken::Unreadable));
    }
}
