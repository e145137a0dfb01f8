//! How much of a foreign recording is read. A recording is untrusted input.

use super::BundleError;

/// Files in a recording. A must-gather of a cluster with thousands of Pods has tens of thousands.
pub(crate) const MAX_ENTRIES: u64 = 200_000;

/// Nesting of folders. The deepest layout in use has twelve levels.
pub(crate) const MAX_DEPTH: usize = 40;

/// One file. A list of 10 000 Pods with managed fields has about 200 MiB.
pub(crate) const MAX_ENTRY_BYTES: u64 = 256 * 1024 * 1024;

/// All files together: what a workstation can hold in memory.
pub(crate) const MAX_TOTAL_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// How much larger than the archive its content may be. Repetitive JSON packs about 30 to 1; gzip
/// itself ends at about 1000 to 1.
pub(crate) const MAX_RATIO: u64 = 200;

/// Below this size the ratio does not matter: an archive of empty lists packs very well.
pub(crate) const RATIO_FREE_BYTES: u64 = 64 * 1024 * 1024;

/// What has been read so far, against the limits.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    entries: u64,
    bytes: u64,
}

impl Spent {
    /// Counts one more entry of this size.
    pub(crate) fn entry(&mut self, name: &str, bytes: u64) -> Result<(), BundleError> {
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.entries > MAX_ENTRIES {
            return Err(BundleError::TooManyEntries);
        }
        if bytes > MAX_ENTRY_BYTES {
            return Err(BundleError::EntryTooLarge {
                entry: name.to_owned(),
            });
        }
        if self.bytes > MAX_TOTAL_BYTES {
            return Err(BundleError::TooLarge);
        }
        Ok(())
    }
}
