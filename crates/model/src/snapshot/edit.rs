//! Who wrote an object, and when: what `metadata.managedFields` tells of the kinds that people edit.
//!
//! Kept beside the objects and not in their metadata, so that Pods and other objects by the thousand
//! cost nothing. Of the fields only their paths are known, never their values.

mod paths;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Kind, ObjectRef, Uid,
    wire::{List, Text, time},
};

/// Writes that are kept of one object, the newest ones.
const MAX_EDITS: usize = 6;

/// Who makes an object writes it more than once in the first moments: that is no edit.
const MAKING: SignedDuration = SignedDuration::from_secs(60);

/// What is known of the writes of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edited {
    /// The object.
    pub object: ObjectRef,
    /// Its `resourceVersion`: equal versions of one incarnation are equal objects.
    pub version: Text,
    /// Later writes than those that made it, newest first.
    pub edits: List<Edit>,
}

/// What one writer last wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// When, as the API server dated it.
    pub at: Timestamp,
    /// Name under which it wrote, such as `kubectl-edit`.
    pub writer: Text,
    /// `Apply` or `Update`.
    pub operation: Text,
    /// `scale`; empty for the object itself.
    pub subresource: Text,
    /// Paths of the fields that it set, now or earlier; at most a few.
    pub fields: List<Text>,
    /// True when there are more fields.
    pub has_more: bool,
}

/// True for kinds that people edit and that are few.
pub(super) fn is_edited(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Deployment
            | Kind::StatefulSet
            | Kind::DaemonSet
            | Kind::CronJob
            | Kind::Service
            | Kind::ConfigMap
            | Kind::Secret
            | Kind::Ingress
            | Kind::NetworkPolicy
            | Kind::HorizontalPodAutoscaler
            | Kind::PodDisruptionBudget
            | Kind::ResourceQuota
            | Kind::LimitRange
            | Kind::Node
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    metadata: MetaWire,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetaWire {
    name: Text,
    namespace: Text,
    uid: Uid,
    resource_version: Text,
    #[serde(rename = "creationTimestamp", deserialize_with = "time")]
    created: Option<Timestamp>,
    managed_fields: List<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    #[serde(rename = "manager")]
    writer: Text,
    operation: Text,
    #[serde(deserialize_with = "time")]
    time: Option<Timestamp>,
    subresource: Text,
    fields_v1: Value,
}

/// Decodes the writes of an object; `None` when nothing is known that could be of use.
pub(super) fn decode(kind: Kind, json: &str) -> Option<Edited> {
    // An object that cannot be decoded was refused before.
    let meta = serde_json::from_str::<Wire>(json).ok()?.metadata;
    let mut edits: Vec<Edit> = meta
        .managed_fields
        .iter()
        .filter_map(|entry| edit(kind, meta.created, entry))
        .collect();
    edits.sort_by(|one, other| (other.at, &other.writer).cmp(&(one.at, &one.writer)));
    edits.truncate(MAX_EDITS);
    let is_compared = matches!(kind, Kind::ConfigMap | Kind::Secret);
    (is_compared || !edits.is_empty()).then(|| Edited {
        object: ObjectRef {
            kind,
            namespace: meta.namespace,
            name: meta.name,
            uid: meta.uid,
        },
        version: meta.resource_version,
        edits: edits.into(),
    })
}

/// A write after the object was made, of fields that say what is wanted.
fn edit(kind: Kind, created: Option<Timestamp>, entry: &Entry) -> Option<Edit> {
    let at = entry.time?;
    let is_making = created.is_none_or(|created| at.duration_since(created) <= MAKING);
    if is_making || !matches!(&*entry.subresource, "" | "scale") {
        return None;
    }
    let (fields, has_more) = paths::wanted(kind, &entry.fields_v1);
    (!fields.is_empty()).then(|| Edit {
        at,
        writer: entry.writer.clone(),
        operation: entry.operation.clone(),
        subresource: entry.subresource.clone(),
        fields: fields.into(),
        has_more,
    })
}

/// Leaves of an entry of `managedFields` only what is decoded, for a capture. False when nothing of
/// the entry is of use.
pub fn prune_written(kind: Kind, entry: &mut Value) -> bool {
    if !is_edited(kind)
        || entry
            .get("subresource")
            .is_some_and(|word| word == "status")
    {
        return false;
    }
    if let Some(fields) = entry.get_mut("fieldsV1") {
        paths::prune(kind, fields);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(kind: Kind, entries: &str) -> Option<Edited> {
        let json = format!(
            r#"{{"metadata":{{"name":"web","namespace":"shop","uid":"u","resourceVersion":"7",
            "creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{entries}]}}}}"#
        );
        decode(kind, &json)
    }

    fn entry(time: &str, fields: &str) -> String {
        format!(
            r#"{{"manager":"kubectl-edit","operation":"Update","time":"{time}","fieldsV1":{fields}}}"#
        )
    }

    #[test]
    fn an_edit_tells_who_when_and_which_fields() {
        let fields = r#"{"f:metadata":{"f:labels":{}},"f:spec":{"f:replicas":{},"f:template":{"f:spec":{
            "f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{}}}}}}}"#;
        let found = decoded(Kind::Deployment, &entry("2026-01-01T01:00:00Z", fields)).unwrap();
        let edit = &found.edits[0];
        assert_eq!(
            (&*edit.writer, &*edit.operation),
            ("kubectl-edit", "Update")
        );
        let fields: Vec<&str> = edit.fields.iter().map(|field| &**field).collect();
        assert_eq!(
            fields,
            ["spec.replicas", "spec.template.spec.containers[app].image"]
        );
    }

    #[test]
    fn making_an_object_and_writing_its_status_are_no_edits() {
        let spec = r#"{"f:spec":{"f:replicas":{}}}"#;
        assert_eq!(
            decoded(Kind::Deployment, &entry("2026-01-01T00:00:30Z", spec)),
            None
        );
        let labels = r#"{"f:metadata":{"f:labels":{"f:a":{}}}}"#;
        assert_eq!(
            decoded(Kind::Deployment, &entry("2026-01-01T01:00:00Z", labels)),
            None
        );
        let status = r#"{"manager":"x","operation":"Update","subresource":"status",
            "time":"2026-01-01T01:00:00Z","fieldsV1":{"f:spec":{"f:a":{}}}}"#;
        assert_eq!(decoded(Kind::Deployment, status), None);
    }

    #[test]
    fn keys_of_a_secret_are_not_kept_and_many_fields_are_cut() {
        let data = r#"{"f:data":{"f:password":{}}}"#;
        let secret = decoded(Kind::Secret, &entry("2026-01-01T01:00:00Z", data)).unwrap();
        assert_eq!(*secret.edits[0].fields, [Text::from("data")]);
        assert_eq!(&*secret.version, "7");
        let keys: Vec<String> = (0..50).map(|at| format!(r#""f:k{at}":{{}}"#)).collect();
        let data = format!(r#"{{"f:data":{{{}}}}}"#, keys.join(","));
        let map = decoded(Kind::ConfigMap, &entry("2026-01-01T01:00:00Z", &data)).unwrap();
        assert!(map.edits[0].has_more && map.edits[0].fields.len() < 20);
    }

    #[test]
    fn what_is_pruned_decodes_to_the_same_edit() {
        let fields = r#"{"f:metadata":{"f:annotations":{"f:x":{}}},"f:data":{"f:password":{}}}"#;
        let text = entry("2026-01-01T01:00:00Z", fields);
        let mut pruned: Value = serde_json::from_str(&text).unwrap();
        assert!(prune_written(Kind::Secret, &mut pruned));
        assert!(!pruned.to_string().contains("password"), "{pruned}");
        assert_eq!(
            decoded(Kind::Secret, &pruned.to_string()),
            decoded(Kind::Secret, &text)
        );
        assert!(!prune_written(Kind::Pod, &mut pruned));
    }
}
