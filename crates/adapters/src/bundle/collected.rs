//! Which kinds a recording collected, and where: what is not in it may still have existed.

use std::collections::BTreeSet;

use dogwatch_model::Kind;

use super::{layout::Scope, object::StoredObject};

/// What is known of one kind.
#[derive(Debug, Default)]
pub(crate) struct KindRecord {
    /// Sorted by Namespace and name once the catalog is complete.
    pub(crate) objects: Vec<StoredObject>,
    /// The whole cluster was collected.
    pub(crate) whole: bool,
    /// Namespaces that were collected.
    pub(crate) namespaces: BTreeSet<String>,
    /// Only single objects were given, so that others may exist.
    pub(crate) singles: bool,
    /// Objects that could not be understood.
    pub(crate) unreadable: u64,
    /// Why it could not be collected, by Namespace.
    pub(crate) errors: Vec<(Option<String>, String)>,
}

/// The folders that all files have in common.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    pub(crate) common: Option<Vec<String>>,
}

/// A file in a folder that may or may not be named after a Namespace.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) kind: Kind,
    pub(crate) folder: Vec<String>,
    pub(crate) parent: String,
    pub(crate) is_list: bool,
    pub(crate) namespaces: BTreeSet<String>,
}

impl KindRecord {
    /// Notes what a document was collected of; gives it back when that depends on other files.
    pub(crate) fn claim(&mut self, claim: Claim, scope: &Scope) -> Option<Claim> {
        match scope {
            _ if !claim.kind.info().namespaced => self.whole |= claim.is_list,
            Scope::Cluster if claim.is_list => self.whole = true,
            Scope::Namespace(namespace) => {
                self.namespaces.insert(namespace.clone());
            }
            Scope::Cluster => self.add_singles(claim.namespaces),
            Scope::Parent(parent) => {
                return Some(Claim {
                    parent: parent.clone(),
                    ..claim
                });
            }
        }
        None
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.objects.is_empty()
            && !self.whole
            && self.namespaces.is_empty()
            && self.unreadable == 0
            && self.errors.is_empty()
    }

    /// Notes that a list was empty, unless there are objects that say otherwise.
    pub(crate) fn add_empty(&mut self, namespace: Option<String>) {
        if !self.objects.is_empty() {
            return;
        }
        match namespace {
            Some(namespace) => {
                self.namespaces.insert(namespace);
            }
            None => self.whole = true,
        }
    }

    fn add_singles(&mut self, namespaces: BTreeSet<String>) {
        self.singles = true;
        self.namespaces.extend(namespaces);
    }

    /// Decides whether a folder was named after a Namespace.
    pub(crate) fn settle(&mut self, claim: Claim, is_root: bool) {
        let is_namespace = claim
            .namespaces
            .iter()
            .all(|namespace| *namespace == claim.parent);
        if claim.parent.is_empty() {
            self.namespaces.extend(claim.namespaces);
        } else if !is_root && is_namespace {
            self.namespaces.insert(claim.parent);
        } else if claim.is_list {
            self.whole = true;
        } else {
            self.add_singles(claim.namespaces);
        }
    }
}

impl Folders {
    pub(crate) fn add(&mut self, path: &str) {
        let folder = folder_of(path);
        self.common = Some(match self.common.take() {
            None => folder,
            Some(common) => common
                .into_iter()
                .zip(folder)
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a)
                .collect(),
        });
    }
}

pub(crate) fn folder_of(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    parts.pop();
    parts
}

/// Sorts by Namespace and name. Of several versions of one object the one with the highest
/// `resourceVersion` stays, or the one that came last.
pub(crate) fn keep_newest(objects: &mut Vec<StoredObject>) {
    objects.sort_by(|a, b| {
        let key = |object: &StoredObject| object.resource_version;
        identity(a).cmp(&identity(b)).then(key(a).cmp(&key(b)))
    });
    objects.reverse();
    // Stable sorting kept the order of arrival: turned round, the last comes first.
    objects.dedup_by(|later, kept| identity(later) == identity(kept));
    objects.reverse();
}

fn identity(object: &StoredObject) -> (&str, &str, &str, &str) {
    (
        &object.namespace,
        &object.name,
        &object.type_name,
        &object.uid,
    )
}
