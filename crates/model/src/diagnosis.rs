//! The diagnosis: ranked causes, symptoms under them, and what could not be decided.

use core::fmt;

use serde::{Serialize, Serializer};

use crate::{CausalGraph, CheckId, Finding, ObjectRef, Source};

/// How sure a statement is: 0 to 1, in hundredths so that equal input gives equal bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence {
    hundredths: u8,
}

impl Confidence {
    /// Never more than this: a rule can be wrong about a cluster it has not met.
    pub const MOST: Self = Self { hundredths: 97 };

    /// A confidence of so many hundredths, at most [`Confidence::MOST`].
    pub const fn from_hundredths(hundredths: u8) -> Self {
        if hundredths > Self::MOST.hundredths {
            Self::MOST
        } else {
            Self { hundredths }
        }
    }

    /// In hundredths.
    pub const fn hundredths(self) -> u8 {
        self.hundredths
    }

    /// Below one half the wording is "insufficient evidence".
    pub const fn is_sufficient(self) -> bool {
        self.hundredths >= 50
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.hundredths / 100, self.hundredths % 100)
    }
}

impl Serialize for Confidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.hundredths) / 100.0)
    }
}

/// Whether a finding explains others or is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing explains it.
    Cause,
    /// Another finding explains it.
    Symptom,
    /// True, worth knowing, and no fault.
    Note,
}

/// Findings of one kind with one explanation, ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Index of the finding that stands for the group.
    pub finding: usize,
    /// Indices of all findings of the group, the first included.
    pub members: Vec<usize>,
    /// Cause, symptom or note.
    pub role: Role,
    /// Indices into the list of causes that explain this one.
    pub caused_by: Vec<usize>,
    /// How sure.
    pub confidence: Confidence,
}

/// A check that could not decide for one object, and the read that would decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Undecided {
    /// The check.
    pub check: CheckId,
    /// The object.
    pub object: ObjectRef,
    /// What would have to be read.
    pub needs: Source,
}

/// The next domain to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Handoff {
    /// The capability.
    pub skill: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Everything that was concluded from one snapshot.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// What is wrong, sorted.
    pub findings: Vec<Finding>,
    /// Who explains whom.
    pub graph: CausalGraph,
    /// Ranked: causes, then their symptoms, then notes.
    pub causes: Vec<Cause>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// Where to go on.
    pub handoff: Vec<Handoff>,
}
