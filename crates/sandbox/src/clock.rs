//! What the sandbox calls "now".

use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};

/// The clock of a sandbox. Every answer carries it in the `Date` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Always this instant, apart from [`crate::Sandbox::advance`]. For recordings and tests.
    Frozen(Timestamp),
    /// The clock of the machine, plus what [`crate::Sandbox::advance`] added.
    Running,
}

/// A clock with the virtual time that controllers have played.
#[derive(Debug)]
pub(crate) struct Time {
    clock: Clock,
    advanced: Mutex<SignedDuration>,
}

impl Time {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            advanced: Mutex::new(SignedDuration::ZERO),
        }
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        let base = match self.clock {
            Clock::Frozen(at) => at,
            Clock::Running => Timestamp::now(),
        };
        let advanced = *self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        base.saturating_add(advanced).unwrap_or(base)
    }

    /// Moves virtual time forward.
    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        *advanced = advanced.saturating_add(by);
    }
}

/// RFC 3339 in whole seconds, the form of `metav1.Time`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The form of an HTTP `Date` header.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Parses a `metav1.Time` or `metav1.MicroTime`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// An age as `kubectl` prints it: `5m`, `3h12m`, `2d`.
pub(crate) fn human(seconds: i64) -> String {
    let pair = |big: i64, unit: char, small: i64, small_unit: char| {
        if small == 0 {
            format!("{big}{unit}")
        } else {
            format!("{big}{unit}{small}{small_unit}")
        }
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..=-2 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, 'm', seconds % 60, 's'),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, 'h', minutes % 60, 'm'),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, 'd', hours % 24, 'h'),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => pair(days / 365, 'y', days % 365, 'd'),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_in_kubectl() {
        let cases = [
            (-5, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (599, "9m59s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (12_000, "3h20m"),
            (28_800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (180_000, "2d2h"),
            (691_200, "8d"),
            (63_072_000, "2y"),
            (63_158_400, "2y1d"),
            (252_288_000, "8y"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(human(seconds), expected, "{seconds} seconds");
        }
    }

    #[test]
    fn a_frozen_clock_moves_only_by_advance() {
        let start: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let time = Time::new(Clock::Frozen(start));
        assert_eq!(rfc3339(time.now()), "2026-03-01T10:00:00Z");
        time.advance(SignedDuration::from_secs(90));
        assert_eq!(http_date(time.now()), "Sun, 01 Mar 2026 10:01:30 GMT");
    }
}
