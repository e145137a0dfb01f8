//! `watch`: a stream of changes from a revision on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::objects::{Act, Change, Stored};
use crate::reading::Filter;
use crate::request::{Call, Target};
use crate::view::{Form, View};

/// How long a watch lives when the client names no time.
const LIFETIME: Duration = Duration::from_mins(30);
/// How often a client that wants bookmarks gets one.
const BOOKMARKS: Duration = Duration::from_mins(1);
/// The annotation of the bookmark that ends the initial events.
const INITIAL_END: &str = "k8s.io/initial-events-end";

struct Watcher {
    core: Arc<Core>,
    target: Target,
    filter: Filter,
    form: Form,
    /// The revision up to which the client knows everything.
    seen: u64,
    ready: VecDeque<Bytes>,
    news: tokio::sync::watch::Receiver<u64>,
    closing: tokio::sync::watch::Receiver<bool>,
    ends: Instant,
    bookmarks: bool,
    next_bookmark: Instant,
    headers_sent: bool,
    finished: bool,
}

/// Opens a watch. `close_at_once` ends it after what is known already.
pub(crate) fn open(
    core: &Arc<Core>,
    target: &Target,
    call: &Call,
    close_at_once: bool,
) -> Result<Answer, ApiError> {
    let form = Form::negotiate(&call.accept, call.option("includeObject"))?;
    let lifetime = call
        .number("timeoutSeconds")?
        .filter(|seconds| *seconds > 0);
    let lifetime = lifetime.map_or(LIFETIME, |seconds| {
        Duration::from_secs(seconds).min(LIFETIME)
    });
    let initial = call.flag("sendInitialEvents");
    if initial && call.option("resourceVersionMatch") != "NotOlderThan" {
        return Err(ApiError::bad_request(
            "resourceVersionMatch: Forbidden: sendInitialEvents requires setting \
             resourceVersionMatch to NotOlderThan",
        ));
    }
    let from = call.number("resourceVersion")?.unwrap_or(0);
    let now = Instant::now();
    let mut watcher = Watcher {
        core: Arc::clone(core),
        target: target.clone(),
        filter: Filter::of(call)?,
        form,
        seen: from,
        ready: VecDeque::new(),
        news: core.changes(),
        closing: call.closing.clone(),
        ends: if close_at_once { now } else { now + lifetime },
        bookmarks: call.flag("allowWatchBookmarks"),
        next_bookmark: now + BOOKMARKS,
        headers_sent: false,
        finished: false,
    };
    if initial || from == 0 {
        watcher.send_present(initial);
    }
    watcher.collect();
    let stream = futures::stream::unfold(watcher, Watcher::next);
    Ok(Answer::stream(Body::from_stream(stream)))
}

impl Watcher {
    /// The next piece of the stream; `None` ends it.
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            let now = Instant::now();
            if self.finished || now >= self.ends {
                return None;
            }
            if self.bookmarks && now >= self.next_bookmark {
                self.next_bookmark = now + BOOKMARKS;
                self.bookmark(false);
                continue;
            }
            let wake = if self.bookmarks {
                self.ends.min(self.next_bookmark)
            } else {
                self.ends
            };
            let changed = tokio::select! {
                changed = self.news.changed() => changed.is_ok(),
                _ = self.closing.wait_for(|closing| *closing) => return None,
                () = tokio::time::sleep_until(wake) => false,
            };
            if changed {
                self.collect();
            }
        }
    }

    /// Queues every present object as added.
    fn send_present(&mut self, with_bookmark: bool) {
        let core = Arc::clone(&self.core);
        let (objects, revision) = core.with_store(|store| {
            let all = store.scan(&self.target.kind, self.target.namespace.as_deref(), None);
            let matching = all.filter(|object| self.filter.matches(object)).cloned();
            (matching.collect::<Vec<_>>(), store.revision())
        });
        for object in &objects {
            self.send("ADDED", object);
        }
        self.seen = revision;
        if with_bookmark && self.bookmarks {
            self.bookmark(true);
        }
    }

    /// Queues what happened since the last look.
    fn collect(&mut self) {
        let core = Arc::clone(&self.core);
        let (changes, newest) = core.with_store(|store| {
            (
                store.changes_after(&self.target.kind, self.seen),
                store.revision(),
            )
        });
        let Ok(changes) = changes else {
            let message = format!("too old resource version: {} ({newest})", self.seen);
            self.fail(&ApiError::expired(message));
            return;
        };
        for change in changes {
            self.send_change(&change);
        }
        self.seen = self.seen.max(newest);
    }

    fn send_change(&mut self, change: &Change) {
        let namespace = self.target.namespace.as_ref();
        if namespace.is_some_and(|wanted| *wanted != change.object.namespace) {
            return;
        }
        let before = change
            .previous
            .as_ref()
            .is_some_and(|p| self.filter.matches(p));
        let after = change.act != Act::Deleted && self.filter.matches(&change.object);
        match (before, after) {
            (false, true) => self.send("ADDED", &change.object),
            (true, true) => self.send("MODIFIED", &change.object),
            (true, false) => {
                // The client gets the last state that it could see, at the new revision.
                let previous = change.previous.as_ref().unwrap_or(&change.object);
                self.send("DELETED", &previous.at_revision(change.revision));
            }
            (false, false) => {}
        }
    }

    fn send(&mut self, kind: &str, object: &Stored) {
        let view = View {
            kind: &self.target.kind,
            version: &self.target.version,
            form: self.form,
            now: self.core.now(),
        };
        let mut out = format!("{{\"type\":\"{kind}\",\"object\":").into_bytes();
        view.write(object, !self.headers_sent, &mut out);
        self.headers_sent = true;
        out.extend_from_slice(b"}\n");
        self.ready.push_back(out.into());
    }

    fn bookmark(&mut self, ends_initial: bool) {
        let mut metadata = json!({"resourceVersion": self.seen.to_string()});
        if ends_initial {
            metadata["annotations"] = json!({INITIAL_END: "true"});
        }
        let kind = &self.target.kind;
        let object = match self.form {
            Form::Plain => json!({"kind": kind.kind, "metadata": metadata,
                "apiVersion": kind.api_version(&self.target.version)}),
            Form::Metadata => json!({"kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1", "metadata": metadata}),
            Form::Table(_) => {
                let row = json!({"cells": [], "object": {"kind": "PartialObjectMetadata",
                    "apiVersion": "meta.k8s.io/v1", "metadata": metadata}});
                json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": [],
                    "metadata": {"resourceVersion": self.seen.to_string()}, "rows": [row]})
            }
        };
        self.queue("BOOKMARK", &object);
    }

    fn fail(&mut self, error: &ApiError) {
        self.queue("ERROR", &error.status());
        self.finished = true;
    }

    fn queue(&mut self, kind: &str, object: &Value) {
        let line = format!("{}\n", json!({"type": kind, "object": object}));
        self.ready.push_back(line.into());
    }
}
