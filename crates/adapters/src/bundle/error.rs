//! Why a recording is refused.

use std::{io, path::PathBuf};

use super::limits::{MAX_DEPTH, MAX_ENTRIES, MAX_ENTRY_BYTES, MAX_RATIO, MAX_TOTAL_BYTES};

const MIB: u64 = 1024 * 1024;

/// A recording cannot be read. Each message is one sentence. Nothing here is worth a retry.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// There is no such file or folder.
    #[error("{} does not exist; name a support bundle, a must-gather, a dump or a folder", path.display())]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// Neither folder, tar, gzip nor text.
    #[error(
        "{} is neither a folder nor a .tar, .tar.gz, JSON or YAML file that Dogwatch understands",
        path.display()
    )]
    NotABundle {
        /// The file.
        path: PathBuf,
    },
    /// The recording ends in the middle or is damaged.
    #[error("the recording {} is truncated or damaged ({reason}); copy it again", path.display())]
    Damaged {
        /// The recording.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// A name that leads outside of the archive.
    #[error("the archive holds the entry \"{entry}\", whose name leads outside of it; refused")]
    UnsafeName {
        /// The name.
        entry: String,
    },
    /// A link that leads outside, a hard link, a device or a pipe.
    #[error("\"{entry}\" is {what}, which a recording must not hold; refused")]
    UnsafeEntry {
        /// The name.
        entry: String,
        /// What it is.
        what: &'static str,
    },
    /// More files than any recording has.
    #[error("the recording holds more than {MAX_ENTRIES} entries; refused")]
    TooManyEntries,
    /// Folders nested deeper than any recording has.
    #[error("the folder is nested deeper than {MAX_DEPTH} levels; refused")]
    TooDeep,
    /// One file is too large.
    #[error("\"{entry}\" is larger than {} MiB; refused", MAX_ENTRY_BYTES / MIB)]
    EntryTooLarge {
        /// The name.
        entry: String,
    },
    /// All files together are too large.
    #[error("the recording unpacks to more than {} MiB; refused", MAX_TOTAL_BYTES / MIB)]
    TooLarge,
    /// The archive grows as only bombs do.
    #[error(
        "the archive unpacks to more than {MAX_RATIO} times its size, as only a bomb does; refused"
    )]
    Bomb,
    /// There are files, but none holds a Kubernetes object.
    #[error(
        "{} holds no Kubernetes object; name a support bundle, a must-gather, a cluster-info dump \
         or a folder of JSON or YAML lists{hint}",
        path.display()
    )]
    NoObjects {
        /// What was named.
        path: PathBuf,
        /// What was found instead.
        hint: String,
    },
    /// A recording of two clusters whose workload cluster was not reached.
    #[error("{} holds only a management cluster; ask with cluster/NAME", path.display())]
    NoWorkload {
        /// What was named.
        path: PathBuf,
    },
    /// A capture of a newer Dogwatch.
    #[error("{} was captured by a newer Dogwatch (schema {version}); update this one", path.display())]
    NewerCapture {
        /// What was named.
        path: PathBuf,
        /// Its schema version.
        version: u32,
    },
}
