//! Schedules of CronJobs: how often one should have fired.

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

/// Days looked back at most: a schedule that fires less often is not judged.
const MAX_DAYS: i32 = 60;

/// A schedule of five fields, as sets of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Either field alone decides when the other one is `*`; else one of both is enough.
    any_day: bool,
}

const EVERY_HOUR: u64 = (1 << 24) - 1;

impl Schedule {
    /// Reads five fields or one of the common short forms; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let long = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            other => other,
        };
        let fields: Vec<&str> = long.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return None;
        };
        let weekdays = set(weekday, 0, 7)?;
        Some(Self {
            minutes: set(minute, 0, 59)?,
            hours: set(hour, 0, 23)?,
            days: set(day, 1, 31)?,
            months: set(month, 1, 12)?,
            weekdays: weekdays | (weekdays >> 7 & 1),
            any_day: !is_star(day) && !is_star(weekday),
        })
    }

    /// True when every hour of a day is alike: the time zone does not matter then.
    pub(crate) fn is_hourly(&self) -> bool {
        self.hours == EVERY_HOUR
    }

    /// How often it fires after `from` and not after `until`, read in UTC and counted up to `most`.
    pub(crate) fn fires(&self, from: Timestamp, until: Timestamp, most: usize) -> usize {
        let start = from.to_zoned(TimeZone::UTC).date();
        let end = until.to_zoned(TimeZone::UTC).date();
        let Ok(oldest) = end.checked_sub(MAX_DAYS.days()) else {
            return 0;
        };
        let mut count = 0;
        let mut day = start.max(oldest);
        while day <= end && count < most {
            if self.is_on(day) {
                count += self.on_day(day, from, until).take(most - count).count();
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        count
    }

    fn is_on(&self, date: Date) -> bool {
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        let is_day = if self.any_day {
            day || weekday
        } else {
            day && weekday
        };
        is_day && has(self.months, date.month())
    }

    fn on_day(
        &self,
        date: Date,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = Timestamp> + '_ {
        let times = (0..24_i8)
            .filter(|hour| has(self.hours, *hour))
            .flat_map(|hour| (0..60_i8).map(move |minute| (hour, minute)))
            .filter(|(_, minute)| has(self.minutes, *minute));
        times
            .filter_map(move |(hour, minute)| {
                let zoned = date.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC);
                Some(zoned.ok()?.timestamp())
            })
            .filter(move |at| *at > from && *at <= until)
    }
}

fn has(set: u64, number: i8) -> bool {
    u32::try_from(number).is_ok_and(|number| set >> number & 1 == 1)
}

fn is_star(field: &str) -> bool {
    matches!(field, "*" | "?")
}

/// The numbers of one field: `*`, `1-5`, `*/15`, `1,2`; names of months and days are not read.
fn set(field: &str, low: u32, high: u32) -> Option<u64> {
    let mut numbers = 0_u64;
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok()?),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if is_star(range) => (low, high),
            Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
            None if part.contains('/') => (range.parse().ok()?, high),
            None => {
                let number = range.parse().ok()?;
                (number, number)
            }
        };
        if step == 0 || first < low || last > high || first > last {
            return None;
        }
        let step = usize::try_from(step).ok()?;
        for number in (first..=last).step_by(step) {
            numbers |= 1 << number;
        }
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(schedule: &str, from: &str, until: &str) -> Option<usize> {
        let schedule = Schedule::parse(schedule)?;
        Some(schedule.fires(from.parse().unwrap(), until.parse().unwrap(), 100))
    }

    #[test]
    fn schedules_fire_as_often_as_they_should() {
        let (from, until) = ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z");
        assert_eq!(fires("*/5 * * * *", from, until), Some(12));
        assert_eq!(fires("@hourly", from, until), Some(1));
        assert_eq!(fires("30 0 * * *", from, until), Some(1));
        assert_eq!(fires("0 3 * * *", from, until), Some(0));
        assert_eq!(fires("0,30 * * * 4", from, until), Some(2), "a Thursday");
        assert_eq!(fires("0 * * * 1-3", from, until), Some(0));
        assert_eq!(fires("0 * 1 * 1", from, until), Some(1), "either day");
        assert_eq!(fires("0 0 * * *", from, "2026-01-08T00:00:00Z"), Some(7));
        assert_eq!(fires("every minute", from, until), None);
        assert_eq!(fires("61 * * * *", from, until), None);
        assert_eq!(fires("*/0 * * * *", from, until), None);
    }
}
