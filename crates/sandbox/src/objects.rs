//! The state of the cluster: objects by resource, and what changed, for watches.

pub(crate) mod intake;
pub(crate) mod shapes;
mod stored;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;

use crate::fields::set_meta;
use crate::kinds::{Kind, Kinds};
pub(crate) use stored::Stored;

/// How many changes of one resource are remembered for watches and consistent paging.
const LOG_LENGTH: usize = 1024;

/// Namespace (`""` for cluster-scoped objects) and name.
pub(crate) type Place = (String, String);

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Added,
    Modified,
    Deleted,
}

/// One entry of the log of a resource.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) revision: u64,
    pub(crate) act: Act,
    /// The object after the change; for a deletion its last state with the new revision.
    pub(crate) object: Arc<Stored>,
    /// The object before the change.
    pub(crate) previous: Option<Arc<Stored>>,
}

#[derive(Debug, Default)]
struct Shelf {
    objects: BTreeMap<Place, Arc<Stored>>,
    log: VecDeque<Change>,
    /// Changes up to this revision are forgotten.
    floor: u64,
}

/// All objects, all kinds and the change logs.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) kinds: Kinds,
    shelves: BTreeMap<String, Shelf>,
    revision: u64,
    /// The revision at which serving began: nothing older can be watched.
    origin: u64,
    serial: u64,
}

/// The asked revision is older than what the store remembers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooOld;

impl Store {
    pub(crate) fn new(kinds: Kinds) -> Self {
        Self {
            kinds,
            shelves: BTreeMap::new(),
            revision: 0,
            origin: 0,
            serial: 0,
        }
    }

    /// The revision of the newest change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// A number that no other call returns.
    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Puts an object of the input on its shelf as it is, without a log entry.
    pub(crate) fn load(&mut self, kind: &Kind, object: Value) {
        let stored = Stored::new(object);
        self.revision = self.revision.max(stored.revision);
        let held = self.shelves.entry(kind.shelf.clone()).or_default();
        held.objects.insert(stored.place(), Arc::new(stored));
    }

    /// Ends loading: gives revisions to objects without one and marks where history begins.
    pub(crate) fn seal(&mut self) {
        let mut next = self.revision;
        for held in self.shelves.values_mut() {
            for object in held.objects.values_mut() {
                if object.revision == 0 {
                    next += 1;
                    *object = Arc::new(object.at_revision(next));
                }
            }
        }
        self.revision = next.max(1);
        self.origin = self.revision;
    }

    /// The present state of one object.
    pub(crate) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Arc<Stored>> {
        let held = self.shelves.get(&kind.shelf)?;
        held.objects
            .get(&(namespace.to_owned(), name.to_owned()))
            .cloned()
    }

    /// Objects of a resource in namespace and name order, from after `after`.
    pub(crate) fn scan<'a>(
        &'a self,
        kind: &Kind,
        namespace: Option<&'a str>,
        after: Option<&Place>,
    ) -> impl Iterator<Item = &'a Arc<Stored>> + use<'a> {
        let held = self.shelves.get(&kind.shelf);
        let start = after.cloned();
        held.into_iter()
            .flat_map(move |s| within(&s.objects, namespace, start.as_ref()))
    }

    /// How many objects of a resource lie after `after`.
    pub(crate) fn count_after(&self, kind: &Kind, namespace: Option<&str>, after: &Place) -> usize {
        self.scan(kind, namespace, Some(after)).count()
    }

    /// The state of a resource at an older revision; `None` when that is the present state.
    pub(crate) fn rewind(
        &self,
        kind: &Kind,
        revision: u64,
    ) -> Result<Option<BTreeMap<Place, Arc<Stored>>>, TooOld> {
        if revision < self.origin {
            return Err(TooOld);
        }
        let Some(held) = self.shelves.get(&kind.shelf) else {
            return Ok(None);
        };
        if revision < held.floor {
            return Err(TooOld);
        }
        if held
            .log
            .back()
            .is_none_or(|change| change.revision <= revision)
        {
            return Ok(None);
        }
        let mut objects = held.objects.clone();
        for change in held.log.iter().rev().take_while(|c| c.revision > revision) {
            match &change.previous {
                Some(previous) => objects.insert(previous.place(), Arc::clone(previous)),
                None => objects.remove(&change.object.place()),
            };
        }
        Ok(Some(objects))
    }

    /// The changes of a resource after a revision.
    pub(crate) fn changes_after(&self, kind: &Kind, revision: u64) -> Result<Vec<Change>, TooOld> {
        let floor = self.shelves.get(&kind.shelf).map_or(0, |held| held.floor);
        if revision < self.origin.max(floor) {
            return Err(TooOld);
        }
        let Some(held) = self.shelves.get(&kind.shelf) else {
            return Ok(Vec::new());
        };
        let mut changes: Vec<Change> = held
            .log
            .iter()
            .rev()
            .take_while(|c| c.revision > revision)
            .cloned()
            .collect();
        changes.reverse();
        Ok(changes)
    }

    /// Writes an object and logs the change. Returns what is now stored.
    pub(crate) fn put(&mut self, kind: &Kind, mut object: Value) -> Arc<Stored> {
        if kind.is("apiextensions.k8s.io", "CustomResourceDefinition") {
            self.kinds.declare(&object);
        }
        self.revision += 1;
        set_meta(&mut object, "resourceVersion", self.revision.to_string());
        let stored = Arc::new(Stored::new(object));
        let held = self.shelves.entry(kind.shelf.clone()).or_default();
        let previous = held.objects.insert(stored.place(), Arc::clone(&stored));
        let act = if previous.is_some() {
            Act::Modified
        } else {
            Act::Added
        };
        let object = Arc::clone(&stored);
        held.record(Change {
            revision: self.revision,
            act,
            object,
            previous,
        });
        stored
    }

    /// Removes an object and logs the change. Returns its last state.
    pub(crate) fn remove(
        &mut self,
        kind: &Kind,
        namespace: &str,
        name: &str,
    ) -> Option<Arc<Stored>> {
        let held = self.shelves.get_mut(&kind.shelf)?;
        let previous = held
            .objects
            .remove(&(namespace.to_owned(), name.to_owned()))?;
        self.revision += 1;
        let object = Arc::new(previous.at_revision(self.revision));
        let last = Arc::clone(&object);
        let previous = Some(previous);
        held.record(Change {
            revision: self.revision,
            act: Act::Deleted,
            object,
            previous,
        });
        Some(last)
    }
}

impl Shelf {
    fn record(&mut self, change: Change) {
        self.log.push_back(change);
        while self.log.len() > LOG_LENGTH {
            if let Some(forgotten) = self.log.pop_front() {
                self.floor = forgotten.revision;
            }
        }
    }
}

/// The objects of a map within one namespace (or all) after a place.
pub(crate) fn within<'a>(
    objects: &'a BTreeMap<Place, Arc<Stored>>,
    namespace: Option<&'a str>,
    after: Option<&Place>,
) -> impl Iterator<Item = &'a Arc<Stored>> + use<'a> {
    let first = (namespace.unwrap_or_default().to_owned(), String::new());
    let start = match after {
        Some(place) if *place >= first => Bound::Excluded(place.clone()),
        _ => Bound::Included(first),
    };
    objects
        .range((start, Bound::Unbounded))
        .map(|(_, object)| object)
        .take_while(move |object| namespace.is_none_or(|wanted| object.namespace == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn store() -> (Store, Arc<Kind>) {
        let kinds = Kinds::builtin();
        let pods = kinds.resource("", "pods").unwrap();
        let mut store = Store::new(kinds);
        for name in ["a", "b"] {
            store.load(&pods, json!({"metadata": {"name": name, "namespace": "n"}}));
        }
        store.seal();
        (store, pods)
    }

    fn names<'a>(objects: impl Iterator<Item = &'a Arc<Stored>>) -> Vec<&'a str> {
        objects.map(|o| o.name.as_str()).collect()
    }

    #[test]
    fn an_older_revision_is_rebuilt_from_the_log() {
        let (mut store, pods) = store();
        let before = store.revision();
        store.put(&pods, json!({"metadata": {"name": "c", "namespace": "n"}}));
        store.remove(&pods, "n", "a");
        assert_eq!(names(store.scan(&pods, None, None)), ["b", "c"]);
        let old = store.rewind(&pods, before).unwrap().unwrap();
        assert_eq!(names(within(&old, Some("n"), None)), ["a", "b"]);
        assert_eq!(store.rewind(&pods, before - 1).err(), Some(TooOld));
    }

    #[test]
    fn the_log_is_bounded_and_forgets_the_oldest() {
        let (mut store, pods) = store();
        let before = store.revision();
        for _ in 0..=LOG_LENGTH {
            store.put(&pods, json!({"metadata": {"name": "c", "namespace": "n"}}));
        }
        assert!(store.changes_after(&pods, before).is_err());
        assert_eq!(
            store.changes_after(&pods, before + 1).unwrap().len(),
            LOG_LENGTH
        );
    }
}
