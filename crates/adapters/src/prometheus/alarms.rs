//! Alarms as Prometheus and Alertmanager write them.

use dogwatch_model::{
    Alarm, AlarmSource, AlarmState, annotations, fingerprint,
    wire::{Labels, List, Text, null_as_default, time},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::answer::value;

/// The answer of `/api/v1/alerts`.
#[derive(Deserialize)]
pub(super) struct Alerts {
    alerts: Vec<RuleAlert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleAlert {
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    state: String,
    #[serde(default, deserialize_with = "time")]
    active_at: Option<Timestamp>,
    #[serde(default)]
    value: Text,
}

/// What Alertmanager says of one alarm.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Held {
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    #[serde(default, deserialize_with = "time")]
    starts_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    ends_at: Option<Timestamp>,
    #[serde(default)]
    fingerprint: Text,
    #[serde(default, deserialize_with = "null_as_default")]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    silenced_by: List<Text>,
    inhibited_by: List<Text>,
}

/// Alarms of rules. What is inactive is none; a state of a later version counts as burning.
pub(super) fn of_rules(told: Alerts) -> Vec<Alarm> {
    let active = told.alerts.into_iter();
    active
        .filter(|alert| alert.state != "inactive")
        .map(|alert| {
            let state = match &*alert.state {
                "pending" => AlarmState::Pending,
                _ => AlarmState::Firing,
            };
            Alarm {
                annotations: annotations(&alert.annotations),
                state,
                since: alert.active_at,
                value: value(&alert.value),
                ..Alarm::firing(AlarmSource::Prometheus, alert.labels)
            }
        })
        .collect()
}

/// Alarms that an Alertmanager holds. While one burns its end lies ahead: it is the time at which it
/// counts as over unless it is told again.
pub(super) fn held(told: Vec<Held>, now: Timestamp) -> Vec<Alarm> {
    let told = told.into_iter();
    told.map(|alert| {
        let is_over = alert.ends_at.is_some_and(|end| is_time(end) && end <= now);
        let own = if alert.fingerprint.is_empty() {
            fingerprint(&alert.labels).into()
        } else {
            alert.fingerprint
        };
        Alarm {
            annotations: annotations(&alert.annotations),
            state: if is_over {
                AlarmState::Resolved
            } else {
                AlarmState::Firing
            },
            since: alert.starts_at,
            until: alert.ends_at.filter(|end| is_time(*end)),
            silenced_by: alert.status.silenced_by.to_vec(),
            inhibited_by: alert.status.inhibited_by.to_vec(),
            fingerprint: own,
            ..Alarm::firing(AlarmSource::Alertmanager, alert.labels)
        }
    })
    .collect()
}

/// The year 1 stands for "no time".
fn is_time(at: Timestamp) -> bool {
    at > Timestamp::UNIX_EPOCH
}
