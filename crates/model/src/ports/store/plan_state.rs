//! The states of a plan and the legal moves between them, as data.

use core::fmt;

use serde::{Deserialize, Serialize};

use PlanState::{
    Aborted, Approved, Awaiting, Draft, Drifted, Executing, Expired, Failed, Inconclusive,
    Rejected, RolledBack, Succeeded, Superseded, Verifying,
};

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Being composed; not kept by the store.
    Draft,
    /// Shown to people who may approve it.
    Awaiting,
    /// Approved by everyone who has to.
    Approved,
    /// Its steps are being sent.
    Executing,
    /// Its steps were sent; the effect is being watched.
    Verifying,
    /// The effect is what the plan promised.
    Succeeded,
    /// A step failed, or the effect is not what the plan promised.
    Failed,
    /// Its changes were undone.
    RolledBack,
    /// A person said no.
    Rejected,
    /// Nobody decided, or nobody executed, in time.
    Expired,
    /// A newer plan took its place.
    Superseded,
    /// The cluster is no longer what the plan relied on.
    Drifted,
    /// Stopped by a person or by the kill switch.
    Aborted,
    /// The effect could not be judged; a person decides.
    Inconclusive,
}

/// Every legal move: a state and those that may follow it. A state without followers is final.
pub const PLAN_MOVES: &[(PlanState, &[PlanState])] = &[
    (Draft, &[Awaiting, Superseded, Aborted]),
    (
        Awaiting,
        &[Approved, Rejected, Expired, Superseded, Drifted, Aborted],
    ),
    (Approved, &[Executing, Expired, Drifted, Aborted]),
    (Executing, &[Verifying, Failed, Drifted, Aborted]),
    (Verifying, &[Succeeded, Failed, RolledBack, Inconclusive]),
    (Succeeded, &[]),
    (Failed, &[RolledBack]),
    (RolledBack, &[]),
    (Rejected, &[]),
    (Expired, &[]),
    (Superseded, &[]),
    (Drifted, &[]),
    (Aborted, &[]),
    (Inconclusive, &[Succeeded, Failed, RolledBack]),
];

impl PlanState {
    /// True when the state machine has this move.
    pub fn may_become(self, to: Self) -> bool {
        PLAN_MOVES
            .iter()
            .any(|(from, followers)| *from == self && followers.contains(&to))
    }

    /// True while steps may be sent: the executor holds a lease.
    pub fn is_running(self) -> bool {
        matches!(self, Executing | Verifying)
    }

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Draft => "draft",
            Awaiting => "awaiting",
            Approved => "approved",
            Executing => "executing",
            Verifying => "verifying",
            Succeeded => "succeeded",
            Failed => "failed",
            RolledBack => "rolled_back",
            Rejected => "rejected",
            Expired => "expired",
            Superseded => "superseded",
            Drifted => "drifted",
            Aborted => "aborted",
            Inconclusive => "inconclusive",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        PLAN_MOVES
            .iter()
            .map(|(state, _)| *state)
            .find(|state| state.as_str() == name)
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_as_written_down() {
        // Written out a second time: one line per state, one column per follower, in the order
        // of the table.
        let expected = [
            ".#........#.#.",
            "..#.....#####.",
            "...#.....#.##.",
            "....#.#....##.",
            ".....###.....#",
            "..............",
            ".......#......",
            "..............",
            "..............",
            "..............",
            "..............",
            "..............",
            "..............",
            ".....###......",
        ];
        assert_eq!(PLAN_MOVES.len(), expected.len());
        for ((from, _), row) in PLAN_MOVES.iter().zip(expected) {
            for ((to, _), cell) in PLAN_MOVES.iter().zip(row.chars()) {
                assert_eq!(from.may_become(*to), cell == '#', "{from} to {to}");
            }
        }
    }

    #[test]
    fn names_round_trip_and_equal_those_of_json() {
        for (state, _) in PLAN_MOVES {
            assert_eq!(PlanState::parse(state.as_str()), Some(*state));
            let json = serde_json::to_value(state).unwrap();
            assert_eq!(json, state.as_str());
        }
        assert_eq!(PlanState::parse("Draft"), None);
    }
}
