//! Single reads: each leaves exactly one entry in the ledger.

use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, SkipReason, Snapshot, Source,
    ports::{ClusterReader, CustomKinds, ListQuery, LogQuery, PortFuture},
    redaction::redact,
    snapshot::{LogExcerpt, LogKey, SnapshotBuilder},
};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{
    Limits, Progress,
    decode::{Counts, Decoder, Feed},
};

/// Lists that run at the same time: enough to hide latency, few enough for a sick server.
const CONCURRENT_LISTS: usize = 4;

/// Lines of a log, or what became of the read; `Err(None)` when there is no such log.
type LogAnswer = Result<Vec<String>, Option<ReadOutcome>>;

/// Bytes of one log.
const LOG_BYTES: u32 = 256 * 1024;

/// Everything a plan needs to read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) reader: &'a dyn ClusterReader,
    pub(super) limits: Limits,
    pub(super) progress: &'a dyn Progress,
    pub(super) until: Instant,
    pub(super) fallback_now: Timestamp,
}

impl Reading<'_> {
    /// Makes several lists at the same time and adds them to a builder.
    pub(super) async fn lists(&self, queries: &[ListQuery], into: &mut SnapshotBuilder) {
        for entry in self.read_lists(queries, into).await {
            into.record(entry);
        }
    }

    /// The same for lists on which nothing that is said depends: that the credentials or the recording
    /// do not cover them is no hole.
    pub(super) async fn lists_if_covered(&self, queries: &[ListQuery], into: &mut SnapshotBuilder) {
        for mut entry in self.read_lists(queries, into).await {
            let is_uncovered = matches!(
                entry.outcome,
                ReadOutcome::Denied { .. }
                    | ReadOutcome::Skipped {
                        why: SkipReason::NoSource
                    }
            );
            if is_uncovered {
                entry.outcome = ReadOutcome::Skipped {
                    why: SkipReason::NotCovered,
                };
            }
            into.record(entry);
        }
    }

    /// The same for lists on which nothing that is said depends, and that may well be denied: a recording
    /// that does not hold them has no hole.
    pub(super) async fn lists_if_held(&self, queries: &[ListQuery], into: &mut SnapshotBuilder) {
        let no_source = ReadOutcome::Skipped {
            why: SkipReason::NoSource,
        };
        for mut entry in self.read_lists(queries, into).await {
            if entry.outcome == no_source {
                entry.outcome = ReadOutcome::Skipped {
                    why: SkipReason::NotCovered,
                };
            }
            into.record(entry);
        }
    }

    /// Makes several lists at the same time; what became of each is given back.
    async fn read_lists(
        &self,
        queries: &[ListQuery],
        into: &mut SnapshotBuilder,
    ) -> Vec<LedgerEntry> {
        let decoder = Decoder::start(queries.len());
        let lists: Vec<PortFuture<'_, Option<ReadOutcome>>> = queries
            .iter()
            .enumerate()
            .map(|(list, query)| {
                let feed = decoder.feed(list, query.kind);
                Box::pin(self.list(query, feed)) as PortFuture<'_, _>
            })
            .collect();
        let outcomes: Vec<_> = stream::iter(lists)
            .buffered(CONCURRENT_LISTS)
            .collect()
            .await;
        let read = decoder.finish().await;
        let counts = read.as_ref().map(|read| read.counts.clone());
        into.absorb(read.map(|read| read.builder).unwrap_or_default());
        let all = queries.iter().zip(outcomes).enumerate();
        all.map(|(list, (query, outcome))| {
            let lost = Counts {
                items: 0,
                unreadable: 1,
            };
            let counts = counts.as_ref().map_or(lost, |counts| counts[list]);
            entry(query, outcome, counts)
        })
        .collect()
    }

    /// The custom kinds of the source, at most `count`. What could not be learned, or was left out,
    /// is an entry about the definitions.
    pub(super) async fn custom_kinds(&self, count: usize, into: &mut SnapshotBuilder) -> Vec<Kind> {
        self.progress.phase("custom kinds");
        let asked = timeout_at(self.until, self.reader.custom_kinds()).await;
        let mut known = asked.unwrap_or_else(|_| {
            CustomKinds::failed(ReadOutcome::Truncated {
                items: 0,
                unreadable: 0,
                limit: super::DEADLINE.to_owned(),
            })
        });
        if known.kinds.len() > count {
            known.outcome = ReadOutcome::Truncated {
                items: u64::try_from(count).unwrap_or(u64::MAX),
                unreadable: 0,
                limit: format!("{count} custom kinds"),
            };
            known.kinds.truncate(count);
        }
        if known.outcome.is_hole() {
            into.record(LedgerEntry {
                source: Source::Objects(Kind::CustomResourceDefinition),
                namespace: None,
                selected: true,
                outcome: known.outcome,
            });
        }
        known.kinds
    }

    /// What became of one list; `None` when the time for all reads was over.
    async fn list(&self, query: &ListQuery, mut feed: Feed) -> Option<ReadOutcome> {
        self.progress.phase(query.kind.info().plural);
        let outcome = {
            let mut sink = |json: &[u8]| feed.push(json);
            timeout_at(self.until, self.reader.list(query, &mut sink)).await
        };
        // A thread that is gone shows in the counts of the decoder.
        feed.flush();
        outcome.ok()
    }

    /// Reads logs, at most `count` of them, and records one entry for all.
    pub(super) async fn logs(&self, wanted: &[LogKey], count: usize, into: &mut SnapshotBuilder) {
        if wanted.is_empty() {
            return;
        }
        self.progress.phase("logs");
        let keys = wanted.iter().take(count);
        let logs: Vec<PortFuture<'_, LogAnswer>> = keys
            .clone()
            .map(|key| Box::pin(self.log(key)) as PortFuture<'_, _>)
            .collect();
        let mut keys = keys;
        let mut done = stream::iter(logs).buffered(CONCURRENT_LISTS);
        let mut items = 0;
        let mut hole = None;
        while let (Some(read), Some(key)) = (done.next().await, keys.next()) {
            match read {
                Ok(lines) => {
                    items += u64::try_from(lines.len()).unwrap_or(u64::MAX);
                    into.add_log(LogExcerpt {
                        key: key.clone(),
                        lines,
                    });
                }
                Err(outcome) => hole = hole.or(outcome),
            }
        }
        let outcome = hole.unwrap_or(ReadOutcome::Ok { items });
        into.record(LedgerEntry {
            selected: true,
            source: Source::Logs,
            namespace: None,
            outcome,
        });
    }

    /// The lines of one log, redacted; `Err(None)` when there is no such log.
    async fn log(&self, key: &LogKey) -> LogAnswer {
        let query = LogQuery {
            namespace: key.namespace.to_string(),
            pod: key.pod.to_string(),
            container: key.container.to_string(),
            previous: key.previous,
            tail_lines: self.limits.tail_lines,
            limit_bytes: LOG_BYTES,
        };
        let Ok(read) = timeout_at(self.until, self.reader.log(&query)).await else {
            let last_error = "the deadline of the collection passed".to_owned();
            return Err(Some(ReadOutcome::TimedOut {
                attempts: 1,
                last_error,
            }));
        };
        if !read.outcome.is_usable() {
            return Err(read.outcome.is_hole().then_some(read.outcome));
        }
        let lines: Vec<String> = redact(&read.text).lines().map(str::to_owned).collect();
        if lines.is_empty() {
            Err(None)
        } else {
            Ok(lines)
        }
    }

    /// Freezes what was read, with the clock of the source.
    pub(super) fn freeze(&self, builder: SnapshotBuilder) -> Snapshot {
        let facts = self.reader.facts();
        builder.finish(facts.now.unwrap_or(self.fallback_now), facts.version)
    }
}

/// The ledger entry of one list.
fn entry(query: &ListQuery, outcome: Option<ReadOutcome>, counts: Counts) -> LedgerEntry {
    let outcome = outcome.unwrap_or_else(|| ReadOutcome::Truncated {
        items: counts.items,
        unreadable: 0,
        limit: super::DEADLINE.to_owned(),
    });
    LedgerEntry {
        source: Source::Objects(query.kind),
        namespace: query.namespace.clone(),
        selected: query.name.is_some()
            || query.label_selector.is_some()
            || query.field_selector.is_some(),
        outcome: with_unreadable(outcome, counts),
    }
}

/// The outcome of a read some of whose objects could not be decoded.
fn with_unreadable(outcome: ReadOutcome, counts: Counts) -> ReadOutcome {
    let Counts {
        items,
        unreadable: more,
    } = counts;
    match outcome {
        outcome if more == 0 => outcome,
        ReadOutcome::Truncated {
            unreadable, limit, ..
        } => ReadOutcome::Truncated {
            items,
            unreadable: unreadable + more,
            limit,
        },
        ReadOutcome::Ok { .. } => ReadOutcome::Truncated {
            items,
            unreadable: more,
            limit: "objects that could not be decoded".to_owned(),
        },
        refused => refused,
    }
}
