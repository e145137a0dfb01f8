//! Reads tar archives, packed or not, as untrusted streams.

use core::cell::Cell;
use std::{
    io::{self, BufReader, Read},
    path::Path,
    rc::Rc,
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use tar::{Archive, EntryType};

use super::{
    BundleError,
    files::{Content, Entry, Visitor, link_target, safe_name},
    limits::{MAX_ENTRY_BYTES, MAX_RATIO, MAX_TOTAL_BYTES, RATIO_FREE_BYTES, Spent},
};

/// Reads a tar that is packed with gzip.
pub(crate) fn read_packed(
    path: &Path,
    reader: impl Read,
    visitor: &mut dyn Visitor,
) -> Result<(), BundleError> {
    let packed = Counted {
        inner: BufReader::new(reader),
        count: Rc::default(),
    };
    let count = Rc::clone(&packed.count);
    read(
        path,
        Limited {
            inner: MultiGzDecoder::new(packed),
            packed: count,
            total: 0,
        },
        visitor,
    )
}

/// Reads a tar.
pub(crate) fn read(
    path: &Path,
    reader: impl Read,
    visitor: &mut dyn Visitor,
) -> Result<(), BundleError> {
    let damaged = |error: io::Error| match BundleError::from_limit(&error) {
        Some(limit) => limit,
        None => BundleError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    };
    let mut archive = Archive::new(reader);
    let mut spent = Spent::default();
    for (index, entry) in archive.entries().map_err(damaged)?.enumerate() {
        let entry = match entry {
            // A text that was packed alone has no tar header at all.
            Err(error) if index == 0 && is_header(&error) => {
                return Err(BundleError::NotABundle {
                    path: path.to_owned(),
                });
            }
            other => other.map_err(damaged)?,
        };
        let raw = entry.path().map_err(damaged)?.into_owned();
        if let Some(name) = safe_name(&raw)? {
            spent.entry(&name, entry.size())?;
            take_packed(entry, name, visitor)?.map_err(damaged)?;
        }
    }
    // The rest is read so that a missing end of the packed stream is noticed.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(damaged)?;
    Ok(())
}

/// The outer error is a refusal, the inner one a damaged archive.
fn take_packed(
    mut entry: tar::Entry<'_, impl Read>,
    path: String,
    visitor: &mut dyn Visitor,
) -> Result<io::Result<()>, BundleError> {
    let seconds = entry
        .header()
        .mtime()
        .ok()
        .and_then(|seconds| i64::try_from(seconds).ok());
    let modified = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let content = match file_kind(&path, entry.header().entry_type())? {
        FileKind::Link => {
            let target = match entry.link_name() {
                // A link to nowhere is no log of anybody.
                Ok(target) => target.unwrap_or_default(),
                Err(error) => return Ok(Err(error)),
            };
            Content::LinkTo(link_target(&path, &target.to_string_lossy())?)
        }
        FileKind::File if visitor.wants(&path) => {
            let mut bytes = Vec::new();
            if let Err(error) = (&mut entry).take(MAX_ENTRY_BYTES).read_to_end(&mut bytes) {
                return Ok(Err(error));
            }
            if u64::try_from(bytes.len()) != Ok(entry.size()) {
                return Ok(Err(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
            Content::Bytes(bytes)
        }
        FileKind::File | FileKind::Other => return Ok(Ok(())),
    };
    visitor.take(Entry {
        path,
        content,
        modified,
    });
    Ok(Ok(()))
}

fn is_header(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::UnexpectedEof
        && BundleError::from_limit(error).is_none()
        && error.to_string().contains("header")
}

enum FileKind {
    File,
    Link,
    Other,
}

fn file_kind(name: &str, kind: EntryType) -> Result<FileKind, BundleError> {
    let refused = |what| {
        Err(BundleError::UnsafeEntry {
            entry: name.to_owned(),
            what,
        })
    };
    match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Ok(FileKind::File),
        EntryType::Symlink => Ok(FileKind::Link),
        EntryType::Link => refused("a hard link"),
        EntryType::Char | EntryType::Block => refused("a device"),
        EntryType::Fifo => refused("a pipe"),
        _ => Ok(FileKind::Other),
    }
}

struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

/// Stops a stream that unpacks to too much.
struct Limited<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    total: u64,
}

#[derive(Debug, thiserror::Error)]
enum Limit {
    #[error("too large")]
    Total,
    #[error("a bomb")]
    Ratio,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.total += length as u64;
        // Headers and padding count too, hence the room above the sum of the files.
        if self.total > MAX_TOTAL_BYTES + RATIO_FREE_BYTES {
            return Err(io::Error::other(Limit::Total));
        }
        if self.total > RATIO_FREE_BYTES && self.total / MAX_RATIO > self.packed.get() {
            return Err(io::Error::other(Limit::Ratio));
        }
        Ok(length)
    }
}

impl BundleError {
    /// The limit behind an error of the stream; `tar` wraps errors in others.
    fn from_limit(error: &io::Error) -> Option<BundleError> {
        let mut next: Option<&(dyn core::error::Error + 'static)> = Some(error);
        while let Some(error) = next {
            match error.downcast_ref::<Limit>() {
                Some(Limit::Total) => return Some(BundleError::TooLarge),
                Some(Limit::Ratio) => return Some(BundleError::Bomb),
                None => {}
            }
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            next = match inner {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        None
    }
}
