//! Times in which nothing is changed: once, or every week.

use jiff::{SignedDuration, Timestamp, Zoned, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A time in which nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FreezeWindow {
    /// Begin.
    pub begins: Timestamp,
    /// End.
    pub ends: Timestamp,
    /// Namespaces; empty means everything.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Why.
    pub reason: String,
}

impl FreezeWindow {
    /// When it ends, if it lasts at that time.
    pub fn until(&self, at: Timestamp) -> Option<Timestamp> {
        (self.begins <= at && at < self.ends).then_some(self.ends)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    fn is(self, day: Weekday) -> bool {
        let own = match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        };
        own == day
    }
}

/// A time of the day from `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    /// Minutes after midnight, at most 1440.
    minutes: i64,
}

/// A text that is no part of a weekly window. One sentence that says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoWindow(String);

impl TryFrom<String> for TimeOfDay {
    type Error = NoWindow;

    fn try_from(text: String) -> Result<Self, NoWindow> {
        let number = |part: &str| {
            let is_plain = part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_digit());
            part.parse::<i64>().ok().filter(|_| is_plain)
        };
        let parts = text.split_once(':');
        let parts = parts.and_then(|(hours, minutes)| Some((number(hours)?, number(minutes)?)));
        match parts {
            Some((hours, minutes)) if minutes < 60 && hours * 60 + minutes <= 24 * 60 => Ok(Self {
                minutes: hours * 60 + minutes,
            }),
            _ => Err(NoWindow(format!(
                "\"{text}\" is no time of the day: write 08:00, or 24:00 for its end"
            ))),
        }
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.minutes / 60, time.minutes % 60)
    }
}

/// A time zone by its name: `Europe/Berlin`, `UTC`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl TryFrom<String> for Zone {
    type Error = NoWindow;

    fn try_from(name: String) -> Result<Self, NoWindow> {
        let zone = TimeZone::get(&name).map_err(|_| {
            NoWindow(format!(
                "\"{name}\" is no time zone that this machine knows: write Europe/Berlin or UTC"
            ))
        })?;
        Ok(Self { name, zone })
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

/// A time of every week in which nothing is changed. A window that ends before it begins ends on the
/// next day; one whose end is its begin lasts a whole day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WeeklyFreeze {
    /// Days on which it begins.
    pub days: Vec<Day>,
    /// Begin.
    pub from: TimeOfDay,
    /// End.
    pub to: TimeOfDay,
    /// Whose clocks count.
    pub zone: Zone,
    /// Namespaces; empty means everything.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Why.
    pub reason: String,
}

impl WeeklyFreeze {
    /// When it ends, if it lasts at that time.
    pub fn until(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_zoned(self.zone.zone.clone());
        // A window of yesterday may last until today.
        let yesterday = today.yesterday().ok();
        let begun = [Some(today), yesterday].into_iter().flatten();
        begun
            .filter(|day| self.days.iter().any(|known| known.is(day.weekday())))
            .filter_map(|day| self.window(&day))
            .find(|(begins, ends)| *begins <= at && at < *ends)
            .map(|(_, ends)| ends)
    }

    /// The window that begins on that day. Where clocks are put forward or back, it begins and ends
    /// when they show its times.
    fn window(&self, day: &Zoned) -> Option<(Timestamp, Timestamp)> {
        let at = |minutes: i64| {
            let midnight = day.date().to_datetime(jiff::civil::Time::midnight());
            let local = midnight
                .checked_add(SignedDuration::from_mins(minutes))
                .ok()?;
            Some(local.to_zoned(self.zone.zone.clone()).ok()?.timestamp())
        };
        let ends = if self.from < self.to {
            self.to.minutes
        } else {
            self.to.minutes + 24 * 60
        };
        Some((at(self.from.minutes)?, at(ends)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(text: &str) -> WeeklyFreeze {
        serde_json::from_str(text).unwrap()
    }

    #[track_caller]
    fn check(freeze: &WeeklyFreeze, at: &str, until: Option<&str>) {
        let until = until.map(|until| until.parse().unwrap());
        assert_eq!(freeze.until(at.parse().unwrap()), until, "{at}");
    }

    #[test]
    fn a_night_lasts_until_the_morning_of_the_next_day() {
        let nights = weekly(
            r#"{"days": ["fri"], "from": "22:00", "to": "06:30", "zone": "UTC", "reason": "batch"}"#,
        );
        // 2026-11-20 is a Friday.
        check(&nights, "2026-11-20T21:59:59Z", None);
        check(
            &nights,
            "2026-11-20T22:00:00Z",
            Some("2026-11-21T06:30:00Z"),
        );
        check(
            &nights,
            "2026-11-21T06:29:59Z",
            Some("2026-11-21T06:30:00Z"),
        );
        check(&nights, "2026-11-21T06:30:00Z", None);
        check(&nights, "2026-11-21T22:00:00Z", None);
    }

    #[test]
    fn the_clocks_of_the_zone_count_also_when_they_are_put_back() {
        let sundays = weekly(
            r#"{"days": ["sun"], "from": "00:00", "to": "24:00", "zone": "Europe/Berlin", "reason": "rest"}"#,
        );
        // In the night to 2026-10-25 the clocks are put back: that Sunday has 25 hours.
        check(&sundays, "2026-10-24T21:59:59Z", None);
        check(
            &sundays,
            "2026-10-24T22:00:00Z",
            Some("2026-10-25T23:00:00Z"),
        );
        check(
            &sundays,
            "2026-10-25T22:59:59Z",
            Some("2026-10-25T23:00:00Z"),
        );
        check(&sundays, "2026-10-25T23:00:00Z", None);
    }

    #[test]
    fn a_window_that_ends_where_it_begins_lasts_a_day() {
        let all = weekly(
            r#"{"days": ["mon", "tue"], "from": "08:00", "to": "08:00", "zone": "UTC", "reason": "r"}"#,
        );
        check(&all, "2026-11-23T07:59:00Z", None);
        check(&all, "2026-11-23T08:00:00Z", Some("2026-11-24T08:00:00Z"));
        check(&all, "2026-11-25T07:59:00Z", Some("2026-11-25T08:00:00Z"));
        check(&all, "2026-11-25T08:00:00Z", None);
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for (field, value) in [
            ("from", "24:01"),
            ("from", "8:00"),
            ("to", "12:60"),
            ("to", "noon"),
            ("zone", "Europe/Atlantis"),
            ("zone", ""),
        ] {
            let mut window = serde_json::json!({"days": ["sat"], "from": "00:00", "to": "24:00",
                "zone": "UTC", "reason": "r"});
            window[field] = value.into();
            let read = serde_json::from_value::<WeeklyFreeze>(window);
            assert!(read.is_err(), "{field} {value}");
        }
        let day = r#"{"days": ["caturday"], "from": "00:00", "to": "24:00", "zone": "UTC", "reason": "r"}"#;
        assert!(serde_json::from_str::<WeeklyFreeze>(day).is_err());
    }

    #[test]
    fn a_window_is_written_as_it_was_read() {
        let text = r#"{"days":["sat"],"from":"08:05","to":"24:00","zone":"UTC","namespaces":[],"reason":"r"}"#;
        assert_eq!(serde_json::to_string(&weekly(text)).unwrap(), text);
    }
}
