//! Readings: what the state of a Pod, its Events and logs say, classified once and shared by the
//! checks of one family. A reading re-checks every Event against the present state.

pub(crate) mod absence;
pub(crate) mod alerts;
pub(crate) mod autoscalers;
pub(crate) mod backends;
pub(crate) mod budgets;
pub(crate) mod callees;
pub(crate) mod certificates;
pub(crate) mod claims;
pub(crate) mod complaints;
pub(crate) mod components;
pub(crate) mod conditions;
pub(crate) mod configs;
pub(crate) mod contacts;
pub(crate) mod control_plane;
pub(crate) mod customs;
pub(crate) mod ends;
pub(crate) mod gangs;
pub(crate) mod gateways;
pub(crate) mod ingresses;
pub(crate) mod kinds;
pub(crate) mod leaders;
pub(crate) mod logs;
pub(crate) mod mentions;
pub(crate) mod mounts;
pub(crate) mod nodes;
pub(crate) mod notes;
pub(crate) mod notices;
pub(crate) mod objects;
pub(crate) mod placement;
pub(crate) mod policies;
pub(crate) mod probes;
pub(crate) mod problems;
pub(crate) mod pulls;
pub(crate) mod refusals;
pub(crate) mod rejections;
pub(crate) mod releases;
pub(crate) mod resolvers;
pub(crate) mod sandboxes;
pub(crate) mod scaleups;
pub(crate) mod schedules;
pub(crate) mod starts;
pub(crate) mod taints;
pub(crate) mod versions;
pub(crate) mod webhooks;

pub(crate) use pulls::is_pull_reason;

use std::sync::OnceLock;

use regex::Regex;

/// A pattern that is compiled once. The pattern tests compile every one of them.
pub(crate) struct Pattern {
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            Regex::new(self.text).expect("patterns are constants that a test compiles")
        })
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.get().is_match(text)
    }

    /// The text of a named group.
    pub(crate) fn capture<'t>(&self, text: &'t str, group: &str) -> Option<&'t str> {
        self.get()
            .captures(text)?
            .name(group)
            .map(|found| found.as_str())
    }
}

/// True when the lower-cased text holds any of the words.
pub(crate) fn has_any(text: &str, words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}
