//! Sentences about what was measured.

use dogwatch_model::{Basis, Resource};
use jiff::Timestamp;

use super::UsageEntry;
use crate::{
    metrics::{ChangePoint, Word, thresholds},
    report::document::place,
};

/// What is worth saying of one object: changes of level, a threshold, and where it goes.
pub(super) fn sentences(entry: &UsageEntry) -> Vec<String> {
    let changes = entry.analysis.change_points.iter();
    let mut said: Vec<String> = changes.map(|one| change(entry, one)).collect();
    let subject = subject(entry);
    let last = entry.analysis.summary.map_or(0.0, |said| said.last);
    match entry.word {
        Some(Word::Critical) => said.push(format!(
            "{subject} is at {} {}: critical, the threshold is {} %",
            percent(last),
            basis(entry.basis),
            thresholds(entry.resource).critical
        )),
        Some(Word::Warning | Word::Normal) => said.extend(ahead(entry)),
        None => {}
    }
    said
}

/// When a rising series will be critical.
fn ahead(entry: &UsageEntry) -> Option<String> {
    let left = entry.hours_to_critical?;
    let trend = entry.analysis.trend?;
    let critical = thresholds(entry.resource).critical;
    Some(format!(
        "{} rises by {:.1} points per hour and reaches {critical} % in {left:.1} h if it goes on so",
        subject(entry),
        trend.slope_per_hour,
    ))
}

/// A change of level with its time.
pub(super) fn change(entry: &UsageEntry, change: &ChangePoint) -> String {
    let verb = if change.after > change.before {
        "rose"
    } else {
        "fell"
    };
    let newest = entry.analysis.summary.map_or(change.until, |said| said.at);
    let when = if change.until > change.at {
        let (from, to) = (clock(change.at, newest), clock(change.until, newest));
        format!("between {from} and {to}")
    } else {
        format!("at {}", clock(change.at, newest))
    };
    format!(
        "{} {verb} from {} to {} {} {when}",
        subject(entry),
        percent(change.before),
        percent(change.after),
        basis(entry.basis),
    )
}

fn subject(entry: &UsageEntry) -> String {
    format!("{} of {}", capital(entry.resource), place(&entry.object))
}

/// The name of a resource at the beginning of a sentence.
pub(super) fn capital(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU",
        Resource::Memory => "Memory",
        Resource::Disk => "Disk",
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Limit => "of its limit",
        Basis::Request => "of its request (it has no limit)",
        Basis::Node => "of the node",
    }
}

/// Small shares keep a digit: 0.4 % is not nothing.
fn percent(value: f64) -> String {
    if value.abs() < 10.0 {
        format!("{value:.1} %")
    } else {
        format!("{value:.0} %")
    }
}

/// The time of day, with the day where it is another one than that of the newest sample.
fn clock(at: Timestamp, newest: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    if day(at) == day(newest) {
        at.strftime("%H:%M UTC").to_string()
    } else {
        at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }
}
