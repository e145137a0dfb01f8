//! The arithmetic of a rolling update.

use serde_json::Value;

use crate::fields::text;

/// How many pods a Deployment may have above and miss below its replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Margins {
    pub(super) surge: i64,
    pub(super) unavailable: i64,
}

impl Margins {
    /// Resolves the strategy: surge rounds up, unavailable down, and not both are zero.
    pub(super) fn of(deployment: &Value, replicas: i64) -> Self {
        if text(deployment, "/spec/strategy/type") == "Recreate" {
            return Self {
                surge: 0,
                unavailable: replicas,
            };
        }
        let field = |name: &str| {
            let pointer = format!("/spec/strategy/rollingUpdate/{name}");
            deployment
                .pointer(&pointer)
                .cloned()
                .unwrap_or_else(|| "25%".into())
        };
        let surge = resolve(&field("maxSurge"), replicas, true);
        let unavailable = resolve(&field("maxUnavailable"), replicas, false);
        if surge == 0 && unavailable == 0 {
            return Self {
                surge: 0,
                unavailable: 1,
            };
        }
        Self {
            surge,
            unavailable: unavailable.min(replicas),
        }
    }
}

fn resolve(value: &Value, replicas: i64, up: bool) -> i64 {
    let percent = value.as_str().and_then(|text| text.strip_suffix('%'));
    match percent.and_then(|percent| percent.parse::<i64>().ok()) {
        Some(percent) if up => (percent.clamp(0, 1000) * replicas + 99) / 100,
        Some(percent) => percent.clamp(0, 100) * replicas / 100,
        None => value.as_i64().unwrap_or(0).clamp(0, super::MOST_REPLICAS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(surge: &Value, unavailable: &Value, replicas: i64, expected: (i64, i64)) {
        let deployment = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate":
            {"maxSurge": surge, "maxUnavailable": unavailable}}}});
        let margins = Margins::of(&deployment, replicas);
        assert_eq!((margins.surge, margins.unavailable), expected);
    }

    #[test]
    fn percentages_round_away_from_trouble() {
        check(&json!("25%"), &json!("25%"), 10, (3, 2));
        check(&json!("25%"), &json!("25%"), 1, (1, 0));
        check(&json!(0), &json!("10%"), 5, (0, 1));
        check(&json!(0), &json!(0), 5, (0, 1));
        check(&json!(2), &json!(9), 4, (2, 4));
    }
}
