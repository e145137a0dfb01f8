//! How likely a change is behind an incident: its kind, its time, what followed, and whom it reaches.

use dogwatch_engine::{Change, Reach};
use dogwatch_model::{Alarm, ObjectRef, Snapshot, Uid, snapshot::Event};
use jiff::{SignedDuration, Timestamp};

/// Whether the change is within what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Object,
    Namespace,
    Cluster,
}

impl Scope {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Object => "target-object",
            Self::Namespace => "target-namespace",
            Self::Cluster => "cluster",
        }
    }
}

/// What is counted around a change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) base: i64,
    /// Minutes from the change to the incident; `None` when the moment of the change is not known.
    pub(super) minutes: Option<i64>,
    pub(super) warnings: usize,
    pub(super) alarms: usize,
    pub(super) reach: usize,
    pub(super) scope: Scope,
}

/// A score and what it is made of.
pub(super) struct Score {
    pub(super) total: i64,
    pub(super) reasons: Vec<String>,
    /// Kinds of evidence besides the change itself.
    pub(super) evidence: usize,
}

impl Around {
    pub(super) fn score(self) -> Score {
        let near = self.minutes.map_or(0, |minutes| (15 - minutes / 2).max(0));
        let times = |count: usize, weight: i64, most: i64| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            count.saturating_mul(weight).min(most)
        };
        let warned = times(self.warnings, 3, 10);
        let alarmed = times(self.alarms, 4, 12);
        let reached = match self.reach {
            20.. => 12,
            5.. => 7,
            1.. => 3,
            0 => 0,
        };
        let aimed = match self.scope {
            Scope::Object => 8,
            Scope::Namespace => 4,
            Scope::Cluster => 0,
        };
        let when = self.minutes.map_or_else(
            || "an unknown moment before the incident".to_owned(),
            |minutes| format!("{minutes} minutes before the incident"),
        );
        let parts = [near, warned, alarmed, reached];
        Score {
            total: self.base + parts.iter().sum::<i64>() + aimed,
            reasons: vec![
                format!("kind of change: {}", self.base),
                format!("{when}: {near}"),
                format!("{} warnings on it afterwards: {warned}", self.warnings),
                format!("{} alarms on it afterwards: {alarmed}", self.alarms),
                format!("{} objects behind it: {reached}", self.reach),
                format!("scope {}: {aimed}", self.scope.word()),
            ],
            evidence: parts.iter().filter(|points| **points > 0).count(),
        }
    }
}

pub(super) const fn level(score: i64) -> &'static str {
    match score {
        85.. => "Critical",
        70.. => "High",
        50.. => "Medium",
        _ => "Low",
    }
}

/// How sure the level is.
pub(super) fn confidence(score: &Score, has_moment: bool) -> &'static str {
    match (has_moment, score.total) {
        (true, 85..) if score.evidence >= 2 => "high",
        (true, 50..) => "medium",
        _ => "low",
    }
}

/// The window in which something counts as an effect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) long: SignedDuration,
}

impl Window {
    fn holds(self, at: Timestamp) -> bool {
        at >= self.from && at.duration_since(self.from) <= self.long
    }
}

/// Warnings about exactly this object, its version or its Pods, within the window. The same name in
/// another place or another incarnation does not count.
pub(super) fn warnings(
    snapshot: &Snapshot,
    change: &Change,
    reach: &Reach,
    window: Window,
) -> Vec<String> {
    let is_named = |uid: &Uid| !uid.is_empty() && change.object.uid == *uid;
    let is_reached = |uid: &Uid| {
        reach
            .pods
            .iter()
            .any(|pod| !uid.is_empty() && pod.uid == *uid)
    };
    let is_version = |event: &Event| {
        let about = &event.involved;
        !change.version.is_empty()
            && *about.name == *change.version
            && about.namespace == *change.object.namespace
    };
    let warnings = snapshot.events.iter().filter(|event| {
        let uid = &event.involved.uid;
        event.kind == "Warning"
            && event.last_seen.is_some_and(|seen| window.holds(seen))
            && (is_named(uid) || is_reached(uid) || is_version(event))
    });
    warnings
        .map(|event| {
            let about = &event.involved;
            format!("{} on {}/{}", event.reason, about.kind, about.name)
        })
        .collect()
}

/// Alarms that began within the window about exactly this object or what it reaches.
pub(super) fn alarms(
    alarms: &[Alarm],
    object: &ObjectRef,
    reach: &Reach,
    window: Window,
) -> Vec<String> {
    let is_same = |known: &ObjectRef, named: &ObjectRef| {
        (known.kind, &known.namespace, &known.name) == (named.kind, &named.namespace, &named.name)
    };
    let reached = || reach.pods.iter().chain(&reach.services).chain(&reach.nodes);
    let hits = alarms.iter().filter(|alarm| {
        let began = alarm.since.is_some_and(|since| window.holds(since));
        let named = alarm.object();
        began
            && named.is_some_and(|named| {
                is_same(object, &named) || reached().any(|known| is_same(known, &named))
            })
    });
    hits.map(|alarm| alarm.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use dogwatch_model::{AlarmSource, Kind};

    use super::*;

    fn around(minutes: Option<i64>) -> Around {
        Around {
            base: 45,
            minutes,
            warnings: 9,
            alarms: 2,
            reach: 6,
            scope: Scope::Object,
        }
    }

    #[test]
    fn a_score_is_the_sum_of_its_parts() {
        let score = around(Some(10)).score();
        assert_eq!(score.total, 45 + 10 + 10 + 8 + 7 + 8);
        assert_eq!(level(score.total), "Critical");
        assert_eq!(confidence(&score, true), "high");
        assert_eq!(around(None).score().total, 45 + 10 + 8 + 7 + 8);
        assert_eq!(around(Some(90)).score().total, 45 + 10 + 8 + 7 + 8);
    }

    #[test]
    fn only_alarms_on_the_object_within_the_window_count() {
        let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let window = Window {
            from,
            long: SignedDuration::from_mins(30),
        };
        let alarm = |namespace: &str, minutes: Option<i64>| {
            let labels = [
                ("alertname", "Down"),
                ("namespace", namespace),
                ("deployment", "web"),
            ];
            let labels = labels.map(|(key, value)| (key.into(), value.into()));
            let mut alarm = Alarm::firing(AlarmSource::Prometheus, labels.into_iter().collect());
            alarm.since = minutes.map(|minutes| from + SignedDuration::from_mins(minutes));
            alarm
        };
        let object = ObjectRef::named(Kind::Deployment, "shop", "web");
        for (alarm, count) in [
            (alarm("shop", Some(5)), 1),
            (alarm("shop", Some(-5)), 0),
            (alarm("shop", Some(31)), 0),
            (alarm("shop", None), 0),
            (alarm("other", Some(5)), 0),
        ] {
            let found = alarms(&[alarm], &object, &Reach::default(), window);
            assert_eq!(found.len(), count);
        }
    }

    #[test]
    fn levels_follow_the_score() {
        let words: Vec<&str> = [90, 85, 70, 50, 49].into_iter().map(level).collect();
        assert_eq!(words, ["Critical", "Critical", "High", "Medium", "Low"]);
    }
}
