//! Resource quantities such as `100m`, `1.5`, `2Gi` and `1e3`.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Labels, Text};

/// An amount of a resource in thousandths of its unit (milli-CPU, milli-bytes), rounded up as the
/// API server does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    milli: i128,
}

/// The text is no Kubernetes quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no resource quantity")]
pub struct BadQuantity(String);

impl Quantity {
    /// A quantity of so many thousandths.
    pub const fn from_milli(milli: i128) -> Self {
        Self { milli }
    }

    /// Thousandths of the unit.
    pub const fn milli(self) -> i128 {
        self.milli
    }

    /// Whole units, rounded up.
    pub const fn units(self) -> i128 {
        self.milli.div_euclid(1000) + (self.milli.rem_euclid(1000) != 0) as i128
    }

    /// So many hundredths of it, rounded up to whole units once it is a unit or more.
    #[must_use]
    pub const fn scaled_percent(self, percent: i64) -> Self {
        let milli = self.milli.saturating_mul(percent as i128) / 100;
        if milli < 1000 {
            return Self { milli };
        }
        // Processor time is asked for in thousandths, bytes in whole ones.
        if self.milli % 1000 != 0 || milli < 1_000_000 {
            return Self { milli };
        }
        Self {
            milli: (milli + 999) / 1000 * 1000,
        }
    }

    /// The sum, at most the largest representable quantity.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            milli: self.milli.saturating_add(other.milli),
        }
    }
}

const SUFFIXES: &[(&str, i128, i128)] = &[
    ("Ki", 1 << 10, 1),
    ("Mi", 1 << 20, 1),
    ("Gi", 1 << 30, 1),
    ("Ti", 1 << 40, 1),
    ("Pi", 1 << 50, 1),
    ("Ei", 1 << 60, 1),
    ("n", 1, 1_000_000_000),
    ("u", 1, 1_000_000),
    ("m", 1, 1000),
    ("k", 1000, 1),
    ("M", 1_000_000, 1),
    ("G", 1_000_000_000, 1),
    ("T", 1_000_000_000_000, 1),
    ("P", 1_000_000_000_000_000, 1),
    ("E", 1_000_000_000_000_000_000, 1),
    ("", 1, 1),
];

impl FromStr for Quantity {
    type Err = BadQuantity;

    fn from_str(text: &str) -> Result<Self, BadQuantity> {
        let bad = || BadQuantity(text.chars().take(40).collect());
        let (number, multiply, divide) = split_suffix(text).ok_or_else(bad)?;
        let (negative, digits) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let sound = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !sound(whole) || !sound(fraction) {
            return Err(bad());
        }
        let fraction = &fraction[..fraction.len().min(12)];
        let scale = 10_i128.pow(u32::try_from(fraction.len()).map_err(|_| bad())?);
        let value: i128 = format!("{whole}{fraction}").parse().map_err(|_| bad())?;
        let thousandths = value
            .checked_mul(multiply)
            .and_then(|value| value.checked_mul(1000))
            .ok_or_else(bad)?;
        let denominator = divide * scale;
        let milli = thousandths / denominator + i128::from(thousandths % denominator != 0);
        Ok(Self {
            milli: if negative { -milli } else { milli },
        })
    }
}

/// Number, multiplier and divisor of a quantity text; decimal exponents included.
fn split_suffix(text: &str) -> Option<(&str, i128, i128)> {
    if let Some((number, exponent)) = text.split_once(['e', 'E'])
        && !exponent.is_empty()
    {
        let exponent: i32 = exponent.parse().ok()?;
        let power = 10_i128
            .checked_pow(exponent.unsigned_abs())
            .filter(|_| exponent < 30)?;
        return Some(if exponent < 0 {
            (number, 1, power)
        } else {
            (number, power, 1)
        });
    }
    let (suffix, multiply, divide) = SUFFIXES
        .iter()
        .find(|(suffix, _, _)| text.ends_with(suffix))?;
    Some((&text[..text.len() - suffix.len()], *multiply, *divide))
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.milli % 1000 != 0 {
            return write!(f, "{}m", self.milli);
        }
        let units = self.milli / 1000;
        for (suffix, factor) in [("Gi", 1_i128 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
            if units != 0 && units % factor == 0 {
                return write!(f, "{}{suffix}", units / factor);
            }
        }
        write!(f, "{units}")
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Amounts by resource name. An amount that is no quantity is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resources(Box<[(Text, Quantity)]>);

impl Resources {
    /// The amount of one resource.
    pub fn get(&self, name: &str) -> Option<Quantity> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, amount)| *amount)
    }

    /// Names and amounts, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Quantity)> {
        self.0.iter().map(|(name, amount)| (&**name, *amount))
    }

    /// True when nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Text, Quantity)> for Resources {
    /// Of several amounts of one resource, the first stays.
    fn from_iter<I: IntoIterator<Item = (Text, Quantity)>>(amounts: I) -> Self {
        let mut amounts: Vec<(Text, Quantity)> = amounts.into_iter().collect();
        amounts.sort_by(|one, other| one.0.cmp(&other.0));
        amounts.dedup_by(|later, earlier| later.0 == earlier.0);
        Self(amounts.into_boxed_slice())
    }
}

impl Serialize for Resources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Labels::deserialize(deserializer)?;
        let amounts = map
            .iter()
            .filter_map(|(name, text)| Some((Text::from(name), text.parse().ok()?)));
        Ok(Self(amounts.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_compare_by_value() {
        for (text, milli) in [
            ("100m", 100),
            ("0.1", 100),
            ("1", 1000),
            ("1.5", 1500),
            ("2Ki", 2_048_000),
            ("1e3", 1_000_000),
            ("1E", 1_000_000_000_000_000_000_000),
            ("1n", 1),
            ("5M", 5_000_000_000),
            ("-1", -1000),
            ("1Gi", 1_073_741_824_000),
        ] {
            assert_eq!(text.parse::<Quantity>().unwrap().milli(), milli, "{text}");
        }
        for text in ["", "abc", "1x", "--1", "1..2", "Gi", "9e99"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
