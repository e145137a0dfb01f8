//! Incidents as the store keeps them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an incident stands. The moves between states are decided by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// An alarm or a person opened it.
    Detected,
    /// Its snapshot is being read.
    Collecting,
    /// There is a diagnosis.
    Diagnosed,
    /// Options were shown; people decide.
    AwaitingApproval,
    /// An option was approved.
    Approved,
    /// Its steps are being sent.
    Executing,
    /// The effect is being watched.
    Verifying,
    /// The option did not help; another round follows.
    NeedsNextOption,
    /// Closed: what was wrong is gone.
    Resolved,
    /// Closed by a person.
    Abandoned,
}

impl IncidentState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Detected,
        Self::Collecting,
        Self::Diagnosed,
        Self::AwaitingApproval,
        Self::Approved,
        Self::Executing,
        Self::Verifying,
        Self::NeedsNextOption,
        Self::Resolved,
        Self::Abandoned,
    ];

    /// True when nothing more happens to it.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::Abandoned)
    }

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Collecting => "collecting",
            Self::Diagnosed => "diagnosed",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Verifying => "verifying",
            Self::NeedsNextOption => "needs_next_option",
            Self::Resolved => "resolved",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// An incident to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIncident {
    /// Its id.
    pub id: String,
    /// The cluster.
    pub cluster: String,
    /// One line for people.
    pub title: String,
    /// What makes two alarms the same.
    pub fingerprint: String,
    /// Where it stands.
    pub state: IncidentState,
    /// Everything else, as JSON text.
    pub body: String,
}

/// An incident as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// The cluster.
    pub cluster: String,
    /// One line for people.
    pub title: String,
    /// What makes two alarms the same.
    pub fingerprint: String,
    /// Where it stands.
    pub state: IncidentState,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Everything else, as JSON text.
    pub body: String,
}

/// Which incidents are wanted; empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those in this state.
    pub state: Option<IncidentState>,
    /// Only those of this cluster.
    pub cluster: Option<String>,
}

/// A change of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentMove {
    /// The incident.
    pub id: String,
    /// The version that the caller read.
    pub version: u64,
    /// The state that it shall have.
    pub state: IncidentState,
    /// The body that it shall have.
    pub body: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_equal_those_of_json() {
        for state in IncidentState::ALL {
            assert_eq!(IncidentState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        let closed = IncidentState::ALL.map(IncidentState::is_closed);
        assert_eq!(closed.iter().filter(|is_closed| **is_closed).count(), 2);
    }
}
