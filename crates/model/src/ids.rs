//! Identifiers: parsed once, never mixed up.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::wire::Text;

/// The UID of one incarnation of a Kubernetes object. Empty when the input did not carry one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uid(Text);

impl Uid {
    /// Wraps a UID as the API server wrote it.
    pub fn new(uid: &str) -> Self {
        Self(Text::from(uid))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when the input carried no UID.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The stable name of a check: `<domain>/<name>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CheckId(&'static str);

impl CheckId {
    /// Wraps an id; the registry test checks its form.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The text form.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The stable name of a causality rule: `<a>-explains-<b>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Wraps an id; the registry test checks its form.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The text form.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
