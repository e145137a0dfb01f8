//! Ids under which an analysis is filed: prefix, time and a fingerprint of what was asked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;

/// `RCA-20260101120000-1a2b3c4d`. Equal questions at equal times have equal ids.
pub(super) fn id(prefix: &str, at: Timestamp, asked: &str) -> String {
    let mut hasher = DefaultHasher::new();
    asked.hash(&mut hasher);
    at.as_second().hash(&mut hasher);
    let time = at.strftime("%Y%m%d%H%M%S");
    format!("{prefix}-{time}-{:08x}", hasher.finish() & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_the_time_and_differs_by_question() {
        let at: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let one = id("RCA", at, "shop/api");
        assert!(
            one.starts_with("RCA-20260101120000-") && one.len() == 27,
            "{one}"
        );
        assert_ne!(one, id("RCA", at, "shop/web"));
    }
}
