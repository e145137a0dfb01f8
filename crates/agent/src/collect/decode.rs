//! Decodes objects on another core while the next bytes arrive.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use dogwatch_model::{Kind, snapshot::SnapshotBuilder};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes that travel together: large enough that handing over costs nothing.
const BATCH_BYTES: usize = 128 * 1024;

/// Batches under way. A full queue holds the network back instead of filling the memory.
const QUEUE: usize = 8;

/// Several objects of one list in one buffer.
#[derive(Debug)]
struct Batch {
    list: usize,
    kind: Kind,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// One thread that decodes the objects of all lists of a round.
#[derive(Debug)]
pub(super) struct Decoder {
    queue: SyncSender<Batch>,
    worker: JoinHandle<Decoded>,
}

/// What was decoded, with the counts of each list.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) builder: SnapshotBuilder,
    pub(super) counts: Vec<Counts>,
}

/// Objects of one list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) items: u64,
    pub(super) unreadable: u64,
}

/// Collects the objects of one list into batches.
#[derive(Debug)]
pub(super) struct Feed {
    queue: SyncSender<Batch>,
    batch: Batch,
}

impl Decoder {
    /// Starts the thread for so many lists.
    pub(super) fn start(lists: usize) -> Self {
        let (queue, batches) = sync_channel(QUEUE);
        Self {
            queue,
            worker: spawn_blocking(move || decode(lists, &batches)),
        }
    }

    /// Where the objects of one list go.
    pub(super) fn feed(&self, list: usize, kind: Kind) -> Feed {
        let batch = Batch {
            list,
            kind,
            bytes: Vec::new(),
            ends: Vec::new(),
        };
        Feed {
            queue: self.queue.clone(),
            batch,
        }
    }

    /// Waits for the rest; every feed must be gone. A defect while decoding costs this round and
    /// nothing else: no object of it counts as read.
    pub(super) async fn finish(self) -> Option<Decoded> {
        drop(self.queue);
        self.worker.await.ok()
    }
}

fn decode(lists: usize, batches: &Receiver<Batch>) -> Decoded {
    let mut decoded = Decoded {
        builder: SnapshotBuilder::default(),
        counts: vec![Counts::default(); lists],
    };
    for batch in batches {
        let counts = &mut decoded.counts[batch.list];
        let mut start = 0;
        for end in batch.ends {
            match decoded.builder.add(batch.kind, &batch.bytes[start..end]) {
                Ok(()) => counts.items += 1,
                Err(_) => counts.unreadable += 1,
            }
            start = end;
        }
    }
    decoded
}

impl Feed {
    /// Hands one object over. False when decoding broke down.
    pub(super) fn push(&mut self, json: &[u8]) -> bool {
        self.batch.bytes.extend_from_slice(json);
        self.batch.ends.push(self.batch.bytes.len());
        self.batch.bytes.len() < BATCH_BYTES || self.flush()
    }

    /// Hands over what is left.
    pub(super) fn flush(&mut self) -> bool {
        let Batch {
            list,
            kind,
            bytes,
            ends,
        } = &mut self.batch;
        let batch = Batch {
            list: *list,
            kind: *kind,
            bytes: core::mem::take(bytes),
            ends: core::mem::take(ends),
        };
        batch.ends.is_empty() || self.queue.send(batch).is_ok()
    }
}
