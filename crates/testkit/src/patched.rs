//! What the steps of a plan make of the objects of a fixture: enough of the API server's merging to
//! see whether a rollback leads back.

use dogwatch_model::plan::{Act, PatchFormat, Step, Target};
use serde_json::{Map, Value};

/// The objects of a fixture, as it writes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Objects(Vec<Value>);

/// Keys by which items of a list are merged, by the name of the list.
const MERGE_KEYS: &[(&str, &str)] = &[("containers", "name"), ("ports", "port")];

impl Objects {
    /// Reads a fixture.
    ///
    /// # Panics
    /// When it is no YAML.
    pub fn of(yaml: &str) -> Self {
        Self(serde_saphyr::from_multiple(yaml).expect("the fixture is YAML"))
    }

    /// Carries steps out, those at a provider on the `cloud` of the fixture. What the eviction of a Pod
    /// or another number of Nodes changes is no field of an object.
    ///
    /// # Panics
    /// When a step is about an object that the fixture lacks, or that has not the state which the step
    /// begins with.
    pub fn carry_out(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.act {
                Act::Patch { format, patch, .. } => {
                    let at = self.position(&step.target);
                    match format {
                        PatchFormat::Json => replace(&mut self.0[at], patch),
                        PatchFormat::Strategic | PatchFormat::Merge => {
                            merge(*format, &mut self.0[at], patch);
                        }
                    }
                }
                Act::CopyTemplate { from, .. } => {
                    let mut template = self.0[self.position(from)]["spec"]["template"].clone();
                    let labels = template.pointer_mut("/metadata/labels");
                    if let Some(labels) = labels.and_then(Value::as_object_mut) {
                        labels.remove("pod-template-hash");
                    }
                    let at = self.position(&step.target);
                    self.0[at]["spec"]["template"] = template;
                }
                Act::Create { object } => self.0.push(object.clone()),
                // Of what a plan itself has made no incarnation is known yet.
                Act::Delete { .. } if step.target.uid.is_empty() => {
                    let at = self.position(&step.target);
                    self.0.remove(at);
                }
                Act::RerunJob { .. }
                | Act::ApplyManifest { .. }
                | Act::StoreRevision { .. }
                | Act::Delete { .. }
                | Act::Evict => {}
                Act::Provider {
                    resource,
                    parameters,
                    ..
                } => {
                    if let Some((from, to)) = parameters.get("from").zip(parameters.get("to")) {
                        self.provide(resource, from, to);
                    }
                }
            }
        }
    }

    /// Moves a thing of the provider from one state to another.
    fn provide(&mut self, id: &str, from: &Value, to: &Value) {
        let mut documents = self.0.iter_mut();
        let cloud = documents.find_map(|document| document.get_mut("cloud"));
        let cloud = cloud.and_then(Value::as_object_mut);
        let kinds = cloud.expect("the fixture has a cloud").values_mut();
        let mut things = kinds.flat_map(|kind| match kind {
            Value::Array(list) => list.iter_mut().collect(),
            one => vec![one],
        });
        let thing = things.find(|thing| thing["id"] == *id);
        let thing = thing.unwrap_or_else(|| panic!("the fixture's cloud has no {id}"));
        let field = ["state", "status"]
            .into_iter()
            .find(|field| thing.get(field).is_some());
        let Some(field) = field else {
            // An address tells what it is bound to, or nothing.
            let bound = thing.get("boundTo").and_then(Value::as_str);
            let now = bound.map_or("free".to_owned(), |to| format!("bound to {to}"));
            assert_eq!(*from, now, "{id}");
            let bound = to.as_str().and_then(|to| to.strip_prefix("bound to "));
            match bound {
                Some(bound) => thing["boundTo"] = bound.into(),
                None => drop(
                    thing
                        .as_object_mut()
                        .and_then(|known| known.remove("boundTo")),
                ),
            }
            return;
        };
        assert_eq!(thing[field], *from, "{id}");
        thing[field] = to.clone();
    }

    fn position(&self, target: &Target) -> usize {
        let is_meant = |object: &Value| {
            object["kind"] == *target.kind && object["metadata"]["name"] == *target.name
        };
        let at = self.0.iter().position(is_meant);
        at.unwrap_or_else(|| panic!("the fixture has no {target}"))
    }
}

/// A JSON patch with the operations that plans have.
fn replace(object: &mut Value, patch: &Value) {
    for operation in patch.as_array().expect("a list of operations") {
        let place = operation["path"].as_str().expect("a path");
        let value = operation["value"].clone();
        let (above, key) = place.rsplit_once('/').expect("a path has a parent");
        let key = key.replace("~1", "/").replace("~0", "~");
        let above = object.pointer_mut(above);
        let above = above.unwrap_or_else(|| panic!("{place} has no parent"));
        match (operation["op"].as_str(), above) {
            (Some("test"), above) => assert_eq!(*at(above, &key), value, "{place}"),
            (Some("replace"), above) => *at(above, &key) = value,
            (Some("add"), Value::Object(map)) => drop(map.insert(key, value)),
            (Some("add"), Value::Array(list)) => list.insert(number(&key), value),
            (Some("remove"), Value::Object(map)) => {
                map.remove(&key).expect("what is removed is there");
            }
            (Some("remove"), Value::Array(list)) => drop(list.remove(number(&key))),
            (other, _) => panic!("{other:?} is no operation of a plan"),
        }
    }
}

fn at<'v>(above: &'v mut Value, key: &str) -> &'v mut Value {
    let found = match above {
        Value::Object(map) => map.get_mut(key),
        Value::Array(list) => list.get_mut(number(key)),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("{key} is not there"))
}

fn number(key: &str) -> usize {
    key.parse().expect("a place in a list")
}

fn merge(format: PatchFormat, object: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *object = patch.clone();
        return;
    };
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Some(object) = object.as_object_mut() else {
        return;
    };
    for (key, value) in patch {
        let merge_key = MERGE_KEYS.iter().find(|(list, _)| list == key);
        match (format, value, merge_key) {
            (_, Value::Null, _) => {
                object.remove(key);
            }
            (PatchFormat::Strategic, Value::Array(items), Some((_, by))) => {
                let list = object
                    .entry(key.clone())
                    .or_insert(Value::Array(Vec::new()));
                merge_list(list, items, by);
            }
            _ => {
                merge(
                    format,
                    object.entry(key.clone()).or_insert(Value::Null),
                    value,
                );
                // A map of which nothing is left is the same as none.
                if object[key].as_object().is_some_and(Map::is_empty) {
                    object.remove(key);
                }
            }
        }
    }
}

fn merge_list(list: &mut Value, patches: &[Value], by: &str) {
    let Some(list) = list.as_array_mut() else {
        return;
    };
    for patch in patches {
        match list.iter_mut().find(|item| item[by] == patch[by]) {
            Some(item) => merge(PatchFormat::Strategic, item, patch),
            None => list.push(patch.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_merge_by_their_key_and_null_takes_away() {
        let mut object = json!({"spec": {"containers": [
            {"name": "a", "resources": {"limits": {"cpu": "1"}}}, {"name": "b"}]}});
        let patch = json!({"spec": {"containers": [
            {"name": "a", "resources": {"limits": {"cpu": null, "memory": "1Gi"}}}]}});
        merge(PatchFormat::Strategic, &mut object, &patch);
        let expected = json!({"spec": {"containers": [
            {"name": "a", "resources": {"limits": {"memory": "1Gi"}}}, {"name": "b"}]}});
        assert_eq!(object, expected);
        let whole = json!({"spec": {"containers": [{"name": "c"}]}});
        merge(PatchFormat::Merge, &mut object, &whole);
        assert_eq!(object, whole);
    }
}
