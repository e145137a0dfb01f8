//! String maps: labels and annotations.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Text;

/// A sorted string map without spare capacity; `null` reads as empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Box<[(Text, Text)]>);

impl Labels {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self
            .0
            .binary_search_by(|(known, _)| (**known).cmp(key))
            .ok()?;
        Some(&self.0[found].1)
    }

    /// True when nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

impl FromIterator<(Text, Text)> for Labels {
    fn from_iter<I: IntoIterator<Item = (Text, Text)>>(entries: I) -> Self {
        let mut entries: Vec<(Text, Text)> = entries.into_iter().collect();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries.dedup_by(|later, earlier| later.0 == earlier.0);
        Self(entries.into_boxed_slice())
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_some(deserializer, |_| true)
    }
}

impl Labels {
    /// Decodes a map and keeps the entries whose key is wanted; the values of others are skipped.
    ///
    /// # Errors
    /// When the value is neither a map nor `null`.
    pub(crate) fn deserialize_some<'de, D: Deserializer<'de>>(
        deserializer: D,
        is_wanted: fn(&str) -> bool,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor { is_wanted })
    }
}

struct Visitor {
    is_wanted: fn(&str) -> bool,
}

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings or null")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Labels, E> {
        Ok(Labels::default())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Text>()? {
            if (self.is_wanted)(&key) {
                entries.push((key, map.next_value()?));
            } else {
                map.next_value::<de::IgnoredAny>()?;
            }
        }
        Ok(entries.into_iter().collect())
    }
}
