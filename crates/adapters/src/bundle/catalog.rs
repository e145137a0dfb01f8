//! Sorts the files of a recording into objects, logs and facts, and remembers which kinds were
//! collected where.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{AlertFile, Kind, ports::History};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    capture::{CaptureFile, CaptureVersion},
    collected::{Claim, Folders, KindRecord, folder_of, keep_newest},
    documents::{self, Document},
    dump::{self, Piece},
    files::{Content, Entry, Visitor},
    layout::{self, LogName, Role, Scope},
    nothing_found::{self, NothingFound},
    object::{Presumed, StoredObject, Taken, kind_of, take},
};
use crate::{audit, quote::quote};

/// Problems that are kept for the message of an empty recording.
const MAX_PROBLEMS: usize = 3;

/// Everything that a recording holds.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) kinds: BTreeMap<Kind, KindRecord>,
    /// Objects of kinds that no check reads.
    pub(crate) other: Vec<StoredObject>,
    pub(crate) logs: BTreeMap<LogName, Box<[u8]>>,
    pub(crate) version: Option<String>,
    /// A case folder, and the clock that it states. A case may hold no object at all.
    pub(crate) case: Option<CaseFile>,
    pub(crate) capture: Option<CaptureFile>,
    /// Version and error of a capture file that cannot be read.
    pub(crate) broken_capture: Option<(u32, String)>,
    /// The newest file.
    pub(crate) newest: Option<Timestamp>,
    /// What could not be understood, for messages.
    pub(crate) problems: Vec<String>,
    /// What audit logs in it tell.
    pub(crate) history: History,
    /// Files about the services of nodes: their paths and what they hold.
    pub(crate) node_services: Vec<(String, Value)>,
    nothing: Vec<NothingFound>,
    paths: Folders,
    claims: Vec<Claim>,
    links: Vec<(LogName, String)>,
    loose: BTreeMap<String, Box<[u8]>>,
}

/// What is read of a case.
#[derive(Debug, Deserialize)]
pub(crate) struct CaseFile {
    #[serde(default)]
    pub(crate) now: Option<Timestamp>,
    /// The alert that somebody was woken by.
    #[serde(default)]
    pub(crate) alert: Option<AlertFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionFile {
    string: Option<String>,
    git_version: Option<String>,
}

impl Visitor for Catalog {
    fn wants(&self, path: &str) -> bool {
        // Logs in unknown places may be the target of a link.
        layout::role(path) != Role::Other || layout::extension(path) == "log"
    }

    fn take(&mut self, entry: Entry) {
        self.paths.add(&entry.path);
        self.newest = self.newest.max(entry.modified);
        let bytes = match entry.content {
            Content::Bytes(bytes) => bytes,
            Content::LinkTo(target) => {
                if let Role::Log(name) = layout::role(&entry.path) {
                    self.links.push((name, target));
                }
                return;
            }
        };
        match layout::role(&entry.path) {
            Role::Objects { kind, scope } => self.take_objects(&entry.path, &bytes, kind, &scope),
            Role::Errors(kind) => self.take_errors(kind, &bytes),
            Role::Log(name) => {
                self.logs.insert(name, bytes.into_boxed_slice());
            }
            Role::Logs => self.take_dump(&entry.path, &bytes, None, &Scope::Cluster),
            Role::Version => {
                let file: Option<VersionFile> = self.side_file(&entry.path, &bytes);
                self.version = file.and_then(|file| file.string.or(file.git_version));
            }
            Role::Case => self.case = self.side_file(&entry.path, &bytes),
            Role::NodeServices => {
                let file: Option<Value> = self.side_file(&entry.path, &bytes);
                let file = file.map(|file| (entry.path, file));
                self.node_services.extend(file);
            }
            Role::Audit => {
                let found = audit::read(&*bytes);
                self.history.audit.extend(found.audit);
                self.history.entries.extend(found.entries);
            }
            Role::Output => self.nothing.extend(nothing_found::read(&bytes)),
            Role::Capture => self.take_capture(&bytes),
            Role::Other => {
                self.loose.insert(entry.path, bytes.into_boxed_slice());
            }
        }
    }
}

impl Catalog {
    /// Settles what could not be known before the last file.
    pub(crate) fn complete(mut self) -> Self {
        for (name, target) in core::mem::take(&mut self.links) {
            let target_name = match layout::role(&target) {
                Role::Log(target) => self.logs.get(&target).cloned(),
                _ => None,
            };
            if let Some(text) = self.loose.get(&target).cloned().or(target_name) {
                self.logs.insert(name, text);
            }
        }
        self.loose.clear();
        for claim in core::mem::take(&mut self.claims) {
            let is_root = self.paths.common.as_ref() == Some(&claim.folder);
            let record = self.kinds.entry(claim.kind).or_default();
            record.settle(claim, is_root);
        }
        for nothing in core::mem::take(&mut self.nothing) {
            self.kinds
                .entry(nothing.kind)
                .or_default()
                .add_empty(nothing.namespace);
        }
        for record in self.kinds.values_mut() {
            keep_newest(&mut record.objects);
        }
        keep_newest(&mut self.other);
        self
    }

    /// True when nothing in it is of any use.
    pub(crate) fn is_empty(&self) -> bool {
        let told = self.capture.is_some() || self.case.is_some() || !self.history.audit.is_empty();
        self.kinds.is_empty() && self.other.is_empty() && !told
    }

    /// A file beside the objects. A damaged one costs what it says and is named.
    fn side_file<T: DeserializeOwned>(&mut self, path: &str, bytes: &[u8]) -> Option<T> {
        serde_json::from_slice(bytes)
            .map_err(|error| self.problem(path, &error.to_string()))
            .ok()
    }

    fn take_capture(&mut self, bytes: &[u8]) {
        match serde_json::from_slice::<CaptureFile>(bytes) {
            Ok(file) => self.capture = Some(file.complete()),
            Err(error) => {
                // The error of the whole file is kept; this only tells a newer version from damage.
                let version = serde_json::from_slice::<CaptureVersion>(bytes).ok();
                let version = version.map_or(0, |file| file.schema_version);
                self.broken_capture = Some((version, quote(&error.to_string())));
            }
        }
    }

    fn take_objects(&mut self, path: &str, bytes: &[u8], kind: Option<Kind>, scope: &Scope) {
        let is_yaml = matches!(layout::extension(path), "yaml" | "yml");
        if dump::is_dump(bytes) && !is_yaml {
            return self.take_dump(path, bytes, kind, scope);
        }
        match documents::read(bytes, is_yaml) {
            Ok(documents) => {
                for document in documents {
                    self.take_document(path, document, kind, scope);
                }
            }
            Err(reason) => self.unreadable_file(path, kind, &reason),
        }
    }

    fn take_dump(&mut self, path: &str, bytes: &[u8], kind: Option<Kind>, scope: &Scope) {
        let pieces = match dump::pieces(bytes) {
            Ok(pieces) => pieces,
            Err(reason) => return self.unreadable_file(path, kind, &reason),
        };
        for piece in pieces {
            match piece {
                Piece::Log(name, text) => {
                    self.logs.insert(name, text.as_bytes().into());
                }
                Piece::Json(json) => match documents::read(json, false) {
                    Ok(documents) => {
                        for document in documents {
                            self.take_streamed(path, document, kind, scope);
                        }
                    }
                    Err(reason) => self.unreadable_file(path, kind, &reason),
                },
            }
        }
    }

    /// A list of a dump in one stream holds the objects of one Namespace, and an empty one does not
    /// say of which: only its objects tell what was collected.
    fn take_streamed(&mut self, path: &str, document: Document, kind: Option<Kind>, scope: &Scope) {
        let item_kind = document
            .item_kind
            .as_deref()
            .and_then(Kind::of_object)
            .or(kind);
        let per_namespace = item_kind.is_none_or(|kind| kind.info().namespaced);
        let parent = Scope::Parent(String::new());
        self.take_document(
            path,
            document,
            kind,
            if per_namespace { &parent } else { scope },
        );
    }

    fn take_document(&mut self, path: &str, document: Document, hint: Option<Kind>, scope: &Scope) {
        let named = document
            .item_kind
            .clone()
            .or_else(|| hint.map(|kind| kind.name().to_owned()));
        let presumed = Presumed {
            kind: named.clone(),
            api_version: document.item_api_version.clone(),
        };
        let version = document.item_api_version.as_deref();
        let of_list = named.as_deref().and_then(|name| kind_of(name, version));
        let mut seen: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
        // A list of a known kind counts as collected even when it is empty.
        if let Some(kind) = of_list.filter(|_| document.is_list && document.objects.is_empty()) {
            seen.insert(kind, BTreeSet::new());
        }
        for json in document.objects {
            match take(json, &presumed) {
                Taken::Object(object) => match object.kind {
                    Some(kind) => {
                        seen.entry(kind)
                            .or_default()
                            .insert(object.namespace.clone());
                        self.kinds.entry(kind).or_default().objects.push(*object);
                    }
                    None => self.other.push(*object),
                },
                Taken::NotKubernetes => {}
                Taken::Unreadable => match of_list {
                    Some(kind) => {
                        seen.entry(kind).or_default();
                        self.kinds.entry(kind).or_default().unreadable += 1;
                    }
                    None => self.problem(path, "an object without a name"),
                },
            }
        }
        let is_list = document.is_list || hint.is_some();
        for (kind, namespaces) in seen {
            let parent = String::new();
            let claim = Claim {
                kind,
                folder: folder_of(path),
                parent,
                is_list,
                namespaces,
            };
            let undecided = self.kinds.entry(kind).or_default().claim(claim, scope);
            self.claims.extend(undecided);
        }
    }

    fn take_errors(&mut self, kind: Kind, bytes: &[u8]) {
        let record = self.kinds.entry(kind).or_default();
        let text = |value: &Value| match value.as_str() {
            Some(text) => quote(text),
            None => quote(&value.to_string()),
        };
        match serde_json::from_slice::<Value>(bytes) {
            Ok(Value::Object(map)) => {
                let errors = map
                    .iter()
                    .map(|(name, value)| (Some(name.clone()), text(value)));
                record.errors.extend(errors);
            }
            Ok(Value::Array(list)) => {
                record
                    .errors
                    .extend(list.iter().map(|value| (None, text(value))));
            }
            // An empty file says that there were none.
            Ok(_) | Err(_) => {}
        }
        if record.is_blank() {
            self.kinds.remove(&kind);
        }
    }

    fn unreadable_file(&mut self, path: &str, kind: Option<Kind>, reason: &str) {
        if let Some(kind) = kind {
            let record = self.kinds.entry(kind).or_default();
            record.unreadable += 1;
            record
                .errors
                .push((None, format!("{path}: {}", quote(reason))));
        }
        self.problem(path, reason);
    }

    fn problem(&mut self, path: &str, reason: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(format!("{path}: {}", quote(reason)));
        }
    }
}
