//! What a capture will hold, already redacted.

use std::collections::BTreeMap;

use dogwatch_model::{
    Alert, Kind, Ledger, NodeService, ReadOutcome,
    ports::{History, ListQuery, LogQuery},
    redaction::redact,
};

use super::{
    WriteError,
    capture::{ListRecord, LogRecord},
    layout::{LogName, troubleshoot_name},
    object::{Presumed, StoredObject, Taken, take},
    redacted::Redactor,
};

/// What a capture may hold in memory. A cluster of 10 000 Pods needs a tenth of it.
const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// Objects by file, Namespace, name and UID; logs; and what was asked.
#[derive(Debug)]
pub(super) struct Contents {
    redactor: Redactor,
    pub(super) objects: BTreeMap<ObjectFile, BTreeMap<(String, String), StoredObject>>,
    pub(super) logs: BTreeMap<LogName, String>,
    pub(super) lists: Vec<ListRecord>,
    pub(super) log_reads: Vec<LogRecord>,
    pub(super) ledger: Ledger,
    /// What became of asking for the custom kinds.
    pub(super) discovery: Option<ReadOutcome>,
    pub(super) alerts: Vec<Alert>,
    pub(super) node_services: Vec<NodeService>,
    pub(super) history: History,
    bytes: usize,
    overflow: bool,
}

/// One file of objects, as troubleshoot names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ObjectFile {
    pub(super) path: String,
    /// `PodList`, or `List` where the type is not known.
    pub(super) list_kind: String,
    pub(super) api_version: String,
}

impl Contents {
    pub(super) fn new() -> Result<Self, WriteError> {
        Ok(Self {
            redactor: Redactor::new().map_err(|_| WriteError::NoRandom)?,
            objects: BTreeMap::new(),
            logs: BTreeMap::new(),
            lists: Vec::new(),
            log_reads: Vec::new(),
            ledger: Ledger::default(),
            discovery: None,
            alerts: Vec::new(),
            node_services: Vec::new(),
            history: History::default(),
            bytes: 0,
            overflow: false,
        })
    }

    /// Keeps an object, redacted, and gives it back as it is kept; the newer of two versions stays.
    pub(super) fn add_object(
        &mut self,
        json: &[u8],
        kind: Option<Kind>,
    ) -> Result<Box<[u8]>, WriteError> {
        let presumed = Presumed {
            kind: kind.map(|kind| kind.name().to_owned()),
            api_version: kind
                .filter(|kind| matches!(kind, Kind::Custom(_)))
                .map(Kind::api_version),
        };
        let Taken::Object(mut object) = take(json.to_vec(), &presumed) else {
            return Err(WriteError::NoObject);
        };
        let json = self
            .redactor
            .object(&object.json, object.kind)
            .ok_or(WriteError::NoObject)?;
        object.json = json.into_boxed_slice();
        let redacted = object.json.clone();
        if !self.has_room(object.json.len()) {
            return Ok(redacted);
        }
        let file = self.objects.entry(file_of(&object)).or_default();
        let key = (object.name.clone(), object.uid.clone());
        if file
            .get(&key)
            .is_none_or(|known| known.resource_version <= object.resource_version)
        {
            file.insert(key, *object);
        }
        Ok(redacted)
    }

    /// Keeps a log; one that is read again replaces the first.
    pub(super) fn add_log(&mut self, query: &LogQuery, text: &str) {
        let text = redact(text);
        if self.has_room(text.len()) {
            let name = LogName {
                namespace: query.namespace.clone(),
                pod: query.pod.clone(),
                container: query.container.clone(),
                previous: query.previous,
            };
            self.logs.insert(name, text);
        }
    }

    pub(super) fn add_list(&mut self, query: &ListQuery, outcome: &ReadOutcome) {
        self.lists.push(ListRecord::new(query, outcome.clone()));
    }

    pub(super) fn add_log_read(&mut self, query: &LogQuery, outcome: &ReadOutcome) {
        self.log_reads.push(LogRecord::new(query, outcome.clone()));
    }

    /// Fails when something had to be left out: an incomplete capture must not look complete.
    pub(super) fn check(&self) -> Result<(), WriteError> {
        if self.overflow {
            Err(WriteError::TooLarge)
        } else {
            Ok(())
        }
    }

    fn has_room(&mut self, more: usize) -> bool {
        self.bytes += more;
        self.overflow |= self.bytes > MAX_BYTES;
        !self.overflow
    }
}

fn file_of(object: &StoredObject) -> ObjectFile {
    let (name, group) = object
        .type_name
        .split_once('.')
        .unwrap_or((&object.type_name, ""));
    let (folder, list_kind, api_version) = match object.kind {
        Some(kind) => (
            troubleshoot_name(kind),
            format!("{}List", kind.name()),
            kind.api_version(),
        ),
        None if group.is_empty() => (
            format!("{}s", name.to_lowercase()),
            "List".to_owned(),
            "v1".to_owned(),
        ),
        None => (
            format!("custom-resources/{}s.{group}", name.to_lowercase()),
            "List".to_owned(),
            "v1".to_owned(),
        ),
    };
    let path = if object.namespace.is_empty() {
        format!("{folder}.json")
    } else {
        format!("{folder}/{}.json", object.namespace)
    };
    ObjectFile {
        path,
        list_kind,
        api_version,
    }
}
