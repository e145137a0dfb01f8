//! Audit events as `audit.k8s.io/v1` writes them.

use dogwatch_model::{
    snapshot::AuditRecord,
    wire::{List, Text, null_as_default, time},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::fields::Known;
use crate::quote::quote;

/// Verbs that change something.
const WRITES: &[&str] = &[
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "replace",
];

/// One line: an event, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// An `EventList`.
    List {
        /// Its events.
        items: Vec<Event>,
    },
    /// One event.
    Event(Box<Event>),
}

/// One audit event.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event {
    api_version: Text,
    stage: Text,
    verb: Text,
    #[serde(deserialize_with = "null_as_default")]
    user: User,
    #[serde(deserialize_with = "null_as_default")]
    impersonated_user: User,
    user_agent: Text,
    #[serde(deserialize_with = "null_as_default")]
    object_ref: ObjectReference,
    #[serde(deserialize_with = "null_as_default")]
    response_status: Status,
    #[serde(deserialize_with = "time")]
    request_received_timestamp: Option<Timestamp>,
    request_object: Value,
    response_object: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    username: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ObjectReference {
    resource: Text,
    namespace: Text,
    name: Text,
    api_group: Text,
    subresource: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "null_as_default")]
    code: u16,
}

impl Event {
    /// True for an audit event, of whatever stage.
    pub(super) fn is_one(&self) -> bool {
        self.api_version.starts_with("audit.k8s.io/") && !self.verb.is_empty()
    }

    /// The record of a write whose answer was sent; `None` for everything else.
    pub(super) fn record(&self, known: &mut Known) -> Option<AuditRecord> {
        let about = &self.object_ref;
        let is_write = WRITES.contains(&&*self.verb);
        if self.stage != "ResponseComplete" || !is_write || about.resource.is_empty() {
            return None;
        }
        let at = self.request_received_timestamp?;
        let code = self.response_status.code;
        let is_done = (200..300).contains(&code);
        let (fields, has_more) = if is_done && about.subresource.is_empty() {
            known.fields(
                &self.verb,
                self.place(),
                (&self.request_object, &self.response_object),
            )
        } else {
            (List::default(), false)
        };
        Some(AuditRecord {
            at,
            verb: self.verb.clone(),
            user: self.who(),
            user_agent: Text::from(quote(&self.user_agent)),
            group: about.api_group.clone(),
            resource: about.resource.clone(),
            subresource: about.subresource.clone(),
            namespace: about.namespace.clone(),
            name: self.name(),
            code,
            fields,
            has_more,
        })
    }

    /// Who asked, with whom they stood for.
    fn who(&self) -> Text {
        let (own, other) = (&self.user.username, &self.impersonated_user.username);
        let words = if other.is_empty() {
            own.to_string()
        } else {
            format!("{other} (by {own})")
        };
        Text::from(quote(&words))
    }

    /// The name; of a creation whose name the server chose, the one that it chose.
    fn name(&self) -> Text {
        if !self.object_ref.name.is_empty() {
            return self.object_ref.name.clone();
        }
        let chosen = self.response_object.pointer("/metadata/name");
        // A refused creation has no name: its place is told without one.
        chosen.and_then(Value::as_str).unwrap_or_default().into()
    }

    fn place(&self) -> super::fields::Place {
        let about = &self.object_ref;
        super::fields::Place {
            group: about.api_group.clone(),
            resource: about.resource.clone(),
            namespace: about.namespace.clone(),
            name: self.name(),
        }
    }
}
