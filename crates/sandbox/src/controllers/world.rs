//! What a controller sees and does: objects, writes, events, and the next due instant.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::builder::LogKey;
use crate::clock::{parse, rfc3339};
use crate::core::Core;
use crate::fields::{count, is_true, list, put, set_meta, text};
use crate::kinds::Kind;
use crate::objects::{Store, intake};

/// The cluster at one instant.
pub(crate) struct World<'a> {
    store: &'a mut Store,
    core: &'a Core,
    pub(super) now: Timestamp,
    due: Option<Timestamp>,
}

/// An event before it is written.
pub(super) struct News<'a> {
    pub(super) warning: bool,
    pub(super) reason: &'a str,
    pub(super) message: &'a str,
    pub(super) component: &'a str,
    /// The container that the event is about, or `""`.
    pub(super) container: &'a str,
}

impl<'a> World<'a> {
    pub(super) fn new(store: &'a mut Store, core: &'a Core) -> Self {
        Self {
            store,
            core,
            now: core.now(),
            due: None,
        }
    }

    /// The next instant at which a controller wants to look again.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Asks to be woken at an instant; past instants are ignored.
    pub(super) fn wake_at(&mut self, at: Timestamp) {
        if at > self.now {
            self.due = Some(self.due.map_or(at, |due| due.min(at)));
        }
    }

    /// The present instant as text.
    pub(super) fn stamp(&self) -> String {
        rfc3339(self.now)
    }

    fn kind(&self, resource: &str) -> Arc<Kind> {
        let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
        self.store
            .kinds
            .resource(group, plural)
            .expect("controllers name built-in kinds")
    }

    /// All objects of a resource in namespace and name order.
    pub(super) fn all(&self, resource: &str) -> Vec<Value> {
        let kind = self.kind(resource);
        self.store
            .scan(&kind, None, None)
            .map(|object| object.value())
            .collect()
    }

    /// The objects of a resource that this owner controls.
    pub(super) fn owned(&self, resource: &str, owner: &Value) -> Vec<Value> {
        let uid = text(owner, "/metadata/uid");
        let kind = self.kind(resource);
        let namespace = text(owner, "/metadata/namespace").to_owned();
        let objects = self.store.scan(&kind, Some(&namespace), None);
        let mentioned = objects
            .filter(|object| object.mentions(uid))
            .map(|o| o.value());
        mentioned
            .filter(|object| controller_uid(object) == uid)
            .collect()
    }

    /// Whether an object exists.
    pub(super) fn exists(&self, resource: &str, namespace: &str, name: &str) -> bool {
        self.store
            .get(&self.kind(resource), namespace, name)
            .is_some()
    }

    /// Stores a new object with uid and times that follow from its place and its owner's history.
    pub(super) fn create(&mut self, resource: &str, mut object: Value) -> Value {
        let kind = self.kind(resource);
        let (namespace, name) = (
            text(&object, "/metadata/namespace"),
            text(&object, "/metadata/name"),
        );
        let uid = intake::uid(&[&kind.shelf, namespace, name, &self.stamp()]);
        set_meta(&mut object, "uid", uid);
        set_meta(&mut object, "creationTimestamp", self.stamp());
        self.store.put(&kind, object).value()
    }

    /// Stores a changed object; one that did not change is left alone.
    pub(super) fn save(&mut self, resource: &str, object: &Value) {
        let kind = self.kind(resource);
        let (namespace, name) = (
            text(object, "/metadata/namespace"),
            text(object, "/metadata/name"),
        );
        let stored = self.store.get(&kind, namespace, name);
        if stored.is_some_and(|stored| stored.value() != *object) {
            self.store.put(&kind, object.clone());
        }
    }

    /// Removes an object.
    pub(super) fn remove(&mut self, resource: &str, object: &Value) {
        let kind = self.kind(resource);
        let (namespace, name) = (
            text(object, "/metadata/namespace"),
            text(object, "/metadata/name"),
        );
        self.store.remove(&kind, namespace, name);
    }

    /// A number that no other call returns, for names.
    pub(super) fn serial(&mut self) -> u64 {
        self.store.next_serial()
    }

    /// Appends to the log of a container, and makes the present log the previous one on request.
    pub(super) fn write_log(&self, pod: &Value, container: &str, lines: &str, ended: bool) {
        let key = |previous| LogKey {
            namespace: text(pod, "/metadata/namespace").to_owned(),
            pod: text(pod, "/metadata/name").to_owned(),
            container: container.to_owned(),
            previous,
        };
        let mut stamped = String::new();
        for line in lines.lines() {
            stamped.extend([self.stamp().as_str(), " ", line, "\n"]);
        }
        if ended {
            self.core.set_log(key(true), stamped.clone());
        }
        self.core.set_log(key(false), stamped);
    }

    /// Emits an event; a repetition raises the count of the first one.
    pub(super) fn emit(&mut self, resource: &str, object: &Value, news: &News<'_>) {
        let kind = self.kind("events");
        let about = self.kind(resource);
        let namespace = text(object, "/metadata/namespace").to_owned();
        let uid = text(object, "/metadata/uid");
        let field = match news.container {
            "" => String::new(),
            container => format!("spec.containers{{{container}}}"),
        };
        let parts = [
            uid,
            news.reason,
            news.message,
            field.as_str(),
            news.component,
        ];
        let place = if namespace.is_empty() {
            "default"
        } else {
            &namespace
        };
        let name = format!(
            "{}.{}",
            text(object, "/metadata/name"),
            &intake::uid(&parts)[..13].replace('-', "")
        );
        let stamp = self.stamp();
        if let Some(known) = self.store.get(&kind, place, &name) {
            let mut event = known.value();
            if text(&event, "/lastTimestamp") != stamp {
                let times = count(&event, "/count").saturating_add(1);
                put(&mut event, &["count"], json!(times));
                put(&mut event, &["lastTimestamp"], json!(stamp));
                self.store.put(&kind, event);
            }
            return;
        }
        let host = text(object, "/spec/nodeName");
        let host = if news.component == "kubelet" {
            host
        } else {
            ""
        };
        let mut reference = json!({"apiVersion": about.api_version(about.version()),
            "kind": about.kind, "namespace": namespace, "name": text(object, "/metadata/name"),
            "uid": uid, "resourceVersion": text(object, "/metadata/resourceVersion")});
        if !field.is_empty() {
            reference["fieldPath"] = json!(field);
        }
        let event = json!({
            "metadata": {"name": name, "namespace": place},
            "involvedObject": reference,
            "type": if news.warning { "Warning" } else { "Normal" },
            "reason": news.reason, "message": news.message, "count": 1,
            "firstTimestamp": stamp, "lastTimestamp": stamp, "eventTime": null,
            "source": if host.is_empty() { json!({"component": news.component}) } else {
                json!({"component": news.component, "host": host}) },
            "reportingComponent": news.component, "reportingInstance": host,
        });
        self.create("events", event);
    }
}

/// The uid of the controlling owner, or `""`.
pub(super) fn controller_uid(object: &Value) -> &str {
    let owners = list(object, "/metadata/ownerReferences").iter();
    let mut controlling = owners.filter(|owner| is_true(owner, "/controller"));
    controlling.next().map_or("", |owner| text(owner, "/uid"))
}

/// A controlling owner reference.
pub(super) fn owner_reference(api_version: &str, kind: &str, owner: &Value) -> Value {
    json!([{"apiVersion": api_version, "kind": kind, "controller": true,
        "blockOwnerDeletion": true, "name": text(owner, "/metadata/name"),
        "uid": text(owner, "/metadata/uid")}])
}

/// Sets a condition; the transition time moves only with the status. Returns whether it changed.
pub(super) fn set_condition(object: &mut Value, wanted: Value, stamp: &str) -> bool {
    let kind = text(&wanted, "/type").to_owned();
    let status = crate::fields::object_mut(object, "status");
    let conditions = status.entry("conditions").or_insert_with(|| json!([]));
    if !conditions.is_array() {
        *conditions = json!([]);
    }
    let Some(conditions) = conditions.as_array_mut() else {
        return false;
    };
    let mut wanted = wanted;
    wanted["lastTransitionTime"] = json!(stamp);
    let Some(old) = conditions.iter_mut().find(|c| text(c, "/type") == kind) else {
        conditions.push(wanted);
        return true;
    };
    if text(old, "/status") == text(&wanted, "/status") {
        wanted["lastTransitionTime"] = old["lastTransitionTime"].clone();
    }
    let changed = *old != wanted;
    *old = wanted;
    changed
}

/// A time field plus seconds.
pub(super) fn after(at: &str, seconds: i64) -> Timestamp {
    let at = parse(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// Whether an object is being deleted.
pub(super) fn is_leaving(object: &Value) -> bool {
    !text(object, "/metadata/deletionTimestamp").is_empty()
}
