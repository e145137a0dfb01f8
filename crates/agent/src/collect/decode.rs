//! Decodes objects on another core while the next bytes arrive.

use std::sync::mpsc::{SyncSender, sync_channel};

use dogwatch_model::{Kind, snapshot::SnapshotBuilder};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes that travel together: large enough that handing over costs nothing.
const BATCH_BYTES: usize = 256 * 1024;

/// Batches under way per list. A full queue holds the network back instead of filling the memory.
const QUEUE: usize = 4;

/// Several objects in one buffer.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Takes the objects of one list.
#[derive(Debug)]
pub(super) struct Decoder {
    batch: Batch,
    queue: SyncSender<Batch>,
    worker: JoinHandle<Decoded>,
}

/// What became of the objects of one list.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) part: SnapshotBuilder,
    pub(super) items: u64,
    pub(super) unreadable: u64,
}

impl Decoder {
    pub(super) fn start(kind: Kind) -> Self {
        let (queue, batches) = sync_channel::<Batch>(QUEUE);
        let worker = spawn_blocking(move || {
            let mut decoded = Decoded::default();
            for batch in batches {
                let mut start = 0;
                for end in batch.ends {
                    match decoded.part.add(kind, &batch.bytes[start..end]) {
                        Ok(()) => decoded.items += 1,
                        Err(_) => decoded.unreadable += 1,
                    }
                    start = end;
                }
            }
            decoded
        });
        Self {
            batch: Batch::default(),
            queue,
            worker,
        }
    }

    /// Hands one object over. False when decoding broke down.
    pub(super) fn push(&mut self, json: &[u8]) -> bool {
        self.batch.bytes.extend_from_slice(json);
        self.batch.ends.push(self.batch.bytes.len());
        self.batch.bytes.len() < BATCH_BYTES || self.flush()
    }

    fn flush(&mut self) -> bool {
        self.queue.send(core::mem::take(&mut self.batch)).is_ok()
    }

    /// Waits for the rest. A defect while decoding costs the list and nothing else.
    pub(super) async fn finish(mut self) -> Decoded {
        let is_sent = self.batch.ends.is_empty() || self.flush();
        drop(self.queue);
        match self.worker.await {
            Ok(decoded) if is_sent => decoded,
            Ok(_) | Err(_) => Decoded {
                unreadable: 1,
                ..Decoded::default()
            },
        }
    }
}
