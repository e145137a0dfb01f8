//! Answers queries from a recording, with the outcomes that a live cluster would give.

use std::collections::BTreeSet;

use dogwatch_model::{
    Kind, ReadOutcome, SkipReason,
    ports::{CustomKinds, ListQuery, LogQuery, LogRead, ObjectSink},
};

use super::{
    capture::Recorded, catalog::Catalog, collected::KindRecord, layout::LogName,
    object::StoredObject, selectors::Selector,
};

/// The name of a container's log when the container is not known.
const ANY_CONTAINER: &str = "_container";

/// Folder of a Pod's logs when only the Service is known.
const SERVICE_PREFIX: &str = "_service_";

/// Folder of a Pod's logs when not even that is known.
const ANY_POD: &str = "*";

const NO_SOURCE: ReadOutcome = ReadOutcome::Skipped {
    why: SkipReason::NoSource,
};

/// Answers one list.
pub(crate) fn list(catalog: &Catalog, query: &ListQuery, sink: ObjectSink<'_>) -> ReadOutcome {
    let selector = match Selector::parse(
        query.label_selector.as_deref(),
        query.field_selector.as_deref(),
    ) {
        Ok(selector) => selector,
        Err(error) => {
            return ReadOutcome::TimedOut {
                attempts: 1,
                last_error: error.to_string(),
            };
        }
    };
    let record = catalog.kinds.get(&query.kind);
    let Some(capture) = &catalog.capture else {
        let Some(record) = record else {
            return NO_SOURCE;
        };
        return match coverage(catalog, record, query) {
            Coverage::None => NO_SOURCE,
            Coverage::Denied(message) => ReadOutcome::Denied { message },
            Coverage::Whole => hand_on(record, query, &selector, sink).outcome(None),
            Coverage::Part(limit) => hand_on(record, query, &selector, sink).outcome(Some(limit)),
        };
    };
    let mut answer = || match record {
        Some(record) => hand_on(record, query, &selector, &mut *sink),
        None => Tally::default(),
    };
    match capture.list(query) {
        Recorded::Never => NO_SOURCE,
        Recorded::Exactly(outcome) | Recorded::Within(outcome) if !outcome.is_usable() => {
            outcome.clone()
        }
        Recorded::Exactly(outcome) => {
            let tally = answer();
            let known = match outcome {
                ReadOutcome::Truncated { unreadable, .. } => *unreadable,
                _ => 0,
            };
            // What was understood then and is not now must not be hidden.
            if tally.unreadable > known {
                tally.outcome(None)
            } else {
                outcome.clone()
            }
        }
        Recorded::Within(ReadOutcome::Truncated { limit, .. }) => {
            answer().outcome(Some(limit.clone()))
        }
        Recorded::Within(_) => answer().outcome(None),
        Recorded::Partly => answer().outcome(Some(
            "the capture, which holds only a part of them".to_owned(),
        )),
    }
}

/// The custom kinds of a recording. A capture knows which ones the server had.
pub(crate) fn custom_kinds(catalog: &Catalog) -> CustomKinds {
    let is_custom = |kind: &Kind| matches!(kind, Kind::Custom(_));
    let Some(capture) = &catalog.capture else {
        return CustomKinds {
            kinds: catalog.kinds.keys().copied().filter(is_custom).collect(),
            outcome: ReadOutcome::Ok { items: 0 },
        };
    };
    let listed = capture.lists.iter().map(|record| record.kind);
    let kinds: BTreeSet<Kind> = listed.filter(is_custom).collect();
    CustomKinds {
        kinds: kinds.into_iter().collect(),
        outcome: capture
            .discovery
            .clone()
            .unwrap_or(ReadOutcome::Ok { items: 0 }),
    }
}

#[derive(Debug, Default)]
struct Tally {
    items: u64,
    unreadable: u64,
}

impl Tally {
    fn outcome(self, limit: Option<String>) -> ReadOutcome {
        let Self { items, unreadable } = self;
        match limit {
            Some(limit) => ReadOutcome::Truncated {
                items,
                unreadable,
                limit,
            },
            None if unreadable > 0 => {
                let limit = "objects that could not be decoded".to_owned();
                ReadOutcome::Truncated {
                    items,
                    unreadable,
                    limit,
                }
            }
            None => ReadOutcome::Ok { items },
        }
    }
}

fn hand_on(
    record: &KindRecord,
    query: &ListQuery,
    selector: &Selector,
    sink: ObjectSink<'_>,
) -> Tally {
    let mut tally = Tally {
        items: 0,
        unreadable: record.unreadable,
    };
    for object in within(record, query.namespace.as_deref()) {
        let named = query.name.as_ref().is_none_or(|name| *name == object.name);
        if named && selector.matches(&object.json) {
            if sink(&object.json) {
                tally.items += 1;
            } else {
                tally.unreadable += 1;
            }
        }
    }
    tally
}

/// The objects of one Namespace, which stand together.
fn within<'a>(record: &'a KindRecord, namespace: Option<&str>) -> &'a [StoredObject] {
    let Some(namespace) = namespace else {
        return &record.objects;
    };
    let from = record
        .objects
        .partition_point(|object| object.namespace.as_str() < namespace);
    let to = record
        .objects
        .partition_point(|object| object.namespace.as_str() <= namespace);
    &record.objects[from..to]
}

enum Coverage {
    Whole,
    Part(String),
    Denied(String),
    None,
}

fn coverage(catalog: &Catalog, record: &KindRecord, query: &ListQuery) -> Coverage {
    let collected = collected(catalog, record, query);
    let error = record.errors.iter().find(|(namespace, _)| {
        query.namespace.is_none() || namespace.is_none() || *namespace == query.namespace
    });
    match (error, collected) {
        (None, collected) => collected,
        (Some((_, message)), Coverage::None) => Coverage::Denied(message.clone()),
        (Some((_, message)), _) => Coverage::Part(message.clone()),
    }
}

fn collected(catalog: &Catalog, record: &KindRecord, query: &ListQuery) -> Coverage {
    if record.whole {
        return Coverage::Whole;
    }
    let info = query.kind.info();
    let single_objects = || Coverage::Part("the recording, which holds single objects".to_owned());
    if !info.namespaced {
        return if record.objects.is_empty() {
            Coverage::None
        } else {
            single_objects()
        };
    }
    // That something with this name does not exist can only be read off a list.
    let singles = record.singles && info.metadata_only;
    match &query.namespace {
        Some(namespace) if !record.namespaces.contains(namespace) => Coverage::None,
        _ if record.namespaces.is_empty() => Coverage::None,
        _ if singles => single_objects(),
        Some(_) => Coverage::Whole,
        None => everywhere(catalog, record),
    }
}

/// Whether every Namespace that is known was collected.
fn everywhere(catalog: &Catalog, record: &KindRecord) -> Coverage {
    let known = catalog.kinds.get(&dogwatch_model::Kind::Namespace);
    let Some(known) = known.filter(|known| known.whole) else {
        return Coverage::Whole;
    };
    let missing = known
        .objects
        .iter()
        .filter(|object| !record.namespaces.contains(&object.name))
        .count();
    if missing == 0 {
        return Coverage::Whole;
    }
    let all = known.objects.len();
    Coverage::Part(format!(
        "the recording, which holds {} of {all} namespaces",
        all - missing
    ))
}

/// Answers one log.
pub(crate) fn log(catalog: &Catalog, query: &LogQuery) -> LogRead {
    let found = find_log(catalog, query);
    if let Some(outcome) = catalog
        .capture
        .as_ref()
        .and_then(|capture| capture.log(query))
    {
        let text = found.map(|text| String::from_utf8_lossy(text).into_owned());
        return LogRead {
            // A read that failed left no text; the outcome says so.
            text: text.unwrap_or_default(),
            outcome: outcome.clone(),
        };
    }
    if let Some(text) = found {
        let text = end_of(&String::from_utf8_lossy(text), query);
        let items = u64::try_from(text.lines().count()).unwrap_or(u64::MAX);
        return LogRead {
            text,
            outcome: ReadOutcome::Ok { items },
        };
    }
    // Where other logs of the Pod were kept, this one was looked for and not there.
    let looked = logs_of(catalog, &query.namespace, &query.pod)
        .next()
        .is_some();
    let why = if looked {
        SkipReason::NotInstalled
    } else {
        SkipReason::NoSource
    };
    LogRead {
        text: String::new(),
        outcome: ReadOutcome::Skipped { why },
    }
}

fn find_log<'a>(catalog: &'a Catalog, query: &LogQuery) -> Option<&'a [u8]> {
    let namespace = query.namespace.as_str();
    let of = |pod: &str, container: &str| {
        let name = LogName {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: container.to_owned(),
            previous: query.previous,
        };
        catalog.logs.get(&name).map(|text| &**text)
    };
    of(&query.pod, &query.container)
        .or_else(|| of(&query.pod, ANY_CONTAINER))
        .or_else(|| {
            let name = service_of(catalog, query)?;
            of(name, &query.container).or_else(|| of(name, ANY_CONTAINER))
        })
        .or_else(|| of(ANY_POD, &query.container).or_else(|| of(ANY_POD, ANY_CONTAINER)))
}

/// The folder of a Service whose Pods the name belongs to.
fn service_of<'a>(catalog: &'a Catalog, query: &LogQuery) -> Option<&'a str> {
    let folders = catalog
        .logs
        .keys()
        .filter(|name| name.namespace == query.namespace);
    folders.map(|name| name.pod.as_str()).find(|folder| {
        folder.strip_prefix(SERVICE_PREFIX).is_some_and(|service| {
            let rest = query.pod.strip_prefix(service);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    })
}

fn logs_of<'a>(
    catalog: &'a Catalog,
    namespace: &'a str,
    pod: &'a str,
) -> impl Iterator<Item = &'a LogName> {
    catalog
        .logs
        .keys()
        .filter(move |name| name.namespace == namespace && name.pod == pod)
}

/// The last lines, and of those the last bytes, from the beginning of a line where there is one.
fn end_of(text: &str, query: &LogQuery) -> String {
    let lines = usize::try_from(query.tail_lines).unwrap_or(usize::MAX);
    let limit = usize::try_from(query.limit_bytes).unwrap_or(usize::MAX);
    let body = text.strip_suffix('\n').unwrap_or(text);
    let mut from = match lines.checked_sub(1) {
        None => text.len(),
        Some(before) => body
            .rmatch_indices('\n')
            .nth(before)
            .map_or(0, |(line_end, _)| line_end + 1),
    };
    if text.len() - from > limit {
        let earliest = text.ceil_char_boundary(text.len() - limit);
        let line = text[earliest..].find('\n').map(|end| earliest + end + 1);
        from = line.filter(|start| *start < text.len()).unwrap_or(earliest);
    }
    text[from..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_keeps_the_newest_lines() {
        let query = |tail_lines, limit_bytes| LogQuery {
            namespace: String::new(),
            pod: String::new(),
            container: String::new(),
            previous: false,
            tail_lines,
            limit_bytes,
        };
        let text = "one\ntwo\nthree\n";
        for (tail, limit, expected) in [
            (9, 99, text),
            (2, 99, "two\nthree\n"),
            (1, 99, "three\n"),
            (0, 99, ""),
            (9, 11, "two\nthree\n"),
            (9, 3, "ee\n"),
            (9, 0, ""),
        ] {
            assert_eq!(
                end_of(text, &query(tail, limit)),
                expected,
                "{tail} {limit}"
            );
        }
        assert_eq!(end_of("é", &query(1, 1)), "");
    }
}
