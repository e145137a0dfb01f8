//! Kubernetes quantities as whole thousandths.

use serde_json::Value;

/// A quantity in thousandths of its unit: `100m` is 100, `1Gi` is 1024³ · 1000. Nonsense is 0.
pub(super) fn parse(value: &Value) -> i128 {
    let owned;
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Number(number) => {
            owned = number.to_string();
            &owned
        }
        _ => return 0,
    };
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: i128 = match unit {
        "" => 1000,
        "m" => 1,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "T" => 1_000_000_000_000_000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        _ => return 0,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.parse::<i64>().unwrap_or(0);
    let digits: String = fraction.chars().take(9).collect();
    let scale = 10_i128.pow(u32::try_from(digits.len()).unwrap_or(0));
    let fraction = digits.parse::<i128>().unwrap_or(0);
    i128::from(whole) * factor + fraction * factor / scale
}

/// A count of thousandths as text: whole when possible, else with `m`.
pub(super) fn format(thousandths: i128) -> String {
    if thousandths % 1000 != 0 {
        return format!("{thousandths}m");
    }
    let whole = thousandths / 1000;
    for (unit, size) in [("Gi", 1_i128 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
        if whole >= size && whole % size == 0 {
            return format!("{}{unit}", whole / size);
        }
    }
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_read_and_written() {
        for (text, expected, written) in [
            (json!("100m"), 100, "100m"),
            (json!("2"), 2000, "2"),
            (json!(2), 2000, "2"),
            (json!("1.5"), 1500, "1500m"),
            (json!("1Gi"), 1000 << 30, "1Gi"),
            (json!("0.5Mi"), 1000 << 19, "512Ki"),
            (json!("nonsense"), 0, "0"),
        ] {
            assert_eq!(parse(&text), expected, "{text}");
            assert_eq!(format(expected), written);
        }
    }
}
