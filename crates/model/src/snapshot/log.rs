//! Excerpts of container logs.

use crate::wire::Text;

/// Whose log it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogKey {
    /// Namespace of the Pod.
    pub namespace: Text,
    /// Name of the Pod.
    pub pod: Text,
    /// Name of the container; `_container` when the recording does not tell.
    pub container: Text,
    /// The log of the previous incarnation.
    pub previous: bool,
}

/// The end of one container's log, redacted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogExcerpt {
    /// Whose log it is.
    pub key: LogKey,
    /// Lines, oldest first.
    pub lines: Vec<String>,
}
