//! Which share of something is too much.

use dogwatch_model::Resource;
use serde::Serialize;

/// How a value stands to its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Below both.
    Normal,
    /// Above the first.
    Warning,
    /// Above the second.
    Critical,
}

/// Percent above which a value is worth a warning, and critical.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// Percent.
    pub warning: f64,
    /// Percent.
    pub critical: f64,
}

/// The thresholds of one resource.
pub const fn thresholds(resource: Resource) -> Thresholds {
    match resource {
        Resource::Cpu => Thresholds {
            warning: 50.0,
            critical: 80.0,
        },
        Resource::Memory => Thresholds {
            warning: 50.0,
            critical: 85.0,
        },
        Resource::Disk => Thresholds {
            warning: 70.0,
            critical: 85.0,
        },
    }
}

impl Thresholds {
    /// How a value stands to them.
    pub fn word(self, percent: f64) -> Word {
        if percent > self.critical {
            Word::Critical
        } else if percent > self.warning {
            Word::Warning
        } else {
            Word::Normal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_itself_is_not_exceeded() {
        for (resource, percent, word) in [
            (Resource::Cpu, 50.0, Word::Normal),
            (Resource::Cpu, 80.0, Word::Warning),
            (Resource::Cpu, 80.1, Word::Critical),
            (Resource::Memory, 84.0, Word::Warning),
            (Resource::Disk, 69.0, Word::Normal),
            (Resource::Disk, 86.0, Word::Critical),
        ] {
            assert_eq!(
                thresholds(resource).word(percent),
                word,
                "{resource:?} {percent}"
            );
        }
    }
}
