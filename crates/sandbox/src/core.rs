//! What all requests share: the store behind its lock, the clock, rules, faults, logs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::access::Access;
use crate::builder::LogKey;
use crate::clock::Time;
use crate::controllers::Controllers;
use crate::faults::Faults;
use crate::objects::Store;

/// The shared state of one sandbox.
#[derive(Debug)]
pub(crate) struct Core {
    store: Mutex<Store>,
    newest: watch::Sender<u64>,
    pub(crate) time: Time,
    pub(crate) access: Access,
    pub(crate) faults: Faults,
    pub(crate) version: String,
    pub(crate) controllers: Controllers,
    logs: RwLock<BTreeMap<LogKey, String>>,
}

/// The parts of a [`Core`] that the builder collects.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) time: Time,
    pub(crate) access: Access,
    pub(crate) faults: Faults,
    pub(crate) version: String,
    pub(crate) controllers: Controllers,
    pub(crate) logs: BTreeMap<LogKey, String>,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        let (newest, _) = watch::channel(parts.store.revision());
        Self {
            store: Mutex::new(parts.store),
            newest,
            time: parts.time,
            access: parts.access,
            faults: parts.faults,
            version: parts.version,
            controllers: parts.controllers,
            logs: RwLock::new(parts.logs),
        }
    }

    /// Runs `work` on the locked store and wakes the watches when something changed.
    pub(crate) fn with_store<R>(&self, work: impl FnOnce(&mut Store) -> R) -> R {
        // A panic elsewhere cannot leave the store half-written: every change is one call.
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut store);
        let revision = store.revision();
        self.newest
            .send_if_modified(|seen| std::mem::replace(seen, revision) != revision);
        result
    }

    /// Wakes when the newest revision changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// What the sandbox calls now.
    pub(crate) fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// Replaces the log of a container.
    pub(crate) fn set_log(&self, key: LogKey, text: String) {
        self.logs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, text);
    }

    /// The recorded log of a container.
    pub(crate) fn log(&self, key: &LogKey) -> Option<String> {
        self.logs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }
}
