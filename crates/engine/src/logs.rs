//! Logs as people want to read them: ten lines for ten thousand.
//!
//! Lines that differ only in numbers, addresses, times and ids are one template. What is rare and loud
//! comes first; what a healthy program says all day comes last.

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use serde::Serialize;

/// Templates kept of one log: a program that never says the same twice would fill the memory.
const MAX_TEMPLATES: usize = 2000;

/// Bytes of a line that are looked at.
const MAX_LINE: usize = 400;

/// Texts above this size are looked at on several threads.
const PARALLEL_BYTES: usize = 8 * 1024 * 1024;

/// Parts of a large text.
const PARTS: usize = 4;

/// What stands for a part that varies.
const VARIES: &str = "<*>";

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Loudness {
    /// The program ends, or something failed.
    Error,
    /// Something is odd.
    Warning,
    /// Everything else.
    Other,
}

/// Lines that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogTemplate {
    /// The line with `<*>` where its copies differ.
    pub template: String,
    /// How many lines.
    pub count: u64,
    /// How loud.
    pub loudness: Loudness,
    /// The first of them as it stands.
    pub first: String,
    /// Number of the last of them, from 1.
    pub last_line: u64,
}

/// Templates of the lines, the telling ones first: loud before quiet, rare before frequent, late before
/// early.
pub fn templates<'a>(lines: impl Iterator<Item = &'a str>, most: usize) -> Vec<LogTemplate> {
    let mut mined = Mined::default();
    let mut shape = String::new();
    for line in lines {
        mined.add(line, &mut shape);
    }
    ranked(mined, most)
}

/// Templates of a whole text. Large texts are cut into a fixed number of parts, each with a thread of
/// its own, so that the result does not depend on the machine.
pub fn templates_of(text: &str, most: usize) -> Vec<LogTemplate> {
    if text.len() < PARALLEL_BYTES {
        return ranked(mined(text), most);
    }
    let parts = parts(text, PARTS);
    let mined: Vec<Mined> = std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .iter()
            .map(|part| scope.spawn(|| mined(part)))
            .collect();
        let joined = running.into_iter().map(std::thread::ScopedJoinHandle::join);
        // A thread that panicked has lost its part; mining has no panic of its own.
        joined.map(Result::unwrap_or_default).collect()
    });
    let mut all = Mined::default();
    for part in mined {
        all.absorb(part);
    }
    ranked(all, most)
}

/// Cuts a text at line ends into about equal parts.
fn parts(text: &str, count: usize) -> Vec<&str> {
    let mut parts = Vec::with_capacity(count);
    let mut rest = text;
    for left in (1..=count).rev() {
        let wanted = rest.len() / left;
        let end = rest.as_bytes()[wanted..]
            .iter()
            .position(|byte| *byte == b'\n');
        let end = end.map_or(rest.len(), |at| wanted + at + 1);
        let (part, next) = rest.split_at(if left == 1 { rest.len() } else { end });
        parts.push(part);
        rest = next;
    }
    parts
}

/// Templates of a part of a text.
#[derive(Debug, Default)]
struct Mined {
    lines: u64,
    known: IndexMap<String, LogTemplate, FixedState>,
}

impl Mined {
    /// Adds what was found in the part that follows.
    fn absorb(&mut self, next: Mined) {
        for (shape, template) in next.known {
            let last_line = template.last_line + self.lines;
            if let Some(known) = self.known.get_mut(&shape) {
                known.count += template.count;
                known.last_line = last_line;
            } else if self.known.len() < MAX_TEMPLATES {
                self.known.insert(
                    shape,
                    LogTemplate {
                        last_line,
                        ..template
                    },
                );
            }
        }
        self.lines += next.lines;
    }

    fn add(&mut self, line: &str, shape: &mut String) {
        self.lines += 1;
        let line = clip(line.trim_ascii_end());
        if line.is_empty() {
            return;
        }
        shape.clear();
        mask(line, shape);
        if let Some(template) = self.known.get_mut(shape.as_str()) {
            template.count += 1;
            template.last_line = self.lines;
        } else if self.known.len() < MAX_TEMPLATES {
            let template = LogTemplate {
                template: shape.clone(),
                count: 1,
                loudness: loudness(line),
                first: line.to_owned(),
                last_line: self.lines,
            };
            self.known.insert(shape.clone(), template);
        }
    }
}

fn mined(text: &str) -> Mined {
    let mut mined = Mined::default();
    let mut shape = String::new();
    for line in text.lines() {
        mined.add(line, &mut shape);
    }
    mined
}

fn ranked(mined: Mined, most: usize) -> Vec<LogTemplate> {
    let mut all: Vec<LogTemplate> = mined.known.into_values().collect();
    all.sort_by(|one, other| {
        let key = |template: &LogTemplate| {
            (
                template.loudness,
                template.count,
                core::cmp::Reverse(template.last_line),
            )
        };
        key(one)
            .cmp(&key(other))
            .then_with(|| one.template.cmp(&other.template))
    });
    all.truncate(most);
    all
}

fn clip(line: &str) -> &str {
    &line[..line.floor_char_boundary(MAX_LINE)]
}

/// Writes the line with every varying word replaced. A word varies when it holds a digit, unless it is
/// a short name like `v1` or `web-2` would be: names of Pods vary too, so all of them count. What stands
/// before the first `=` or `:` of a word is its key and stays.
fn mask(line: &str, into: &mut String) {
    let mut is_first = true;
    let mut was_varying = false;
    for word in line.split_ascii_whitespace() {
        let cut = key_length(word);
        let (key, value) = word.split_at(cut);
        let varies = value.bytes().any(|byte| byte.is_ascii_digit());
        // Several varying words in a row, such as date and time, are one.
        if varies && key.is_empty() && was_varying {
            continue;
        }
        if !is_first {
            into.push(' ');
        }
        is_first = false;
        into.push_str(key);
        into.push_str(if varies { VARIES } else { value });
        was_varying = varies && key.is_empty();
    }
}

/// Bytes of a word up to and including its first `=` or `:` when a value follows and the key itself
/// holds no digit.
fn key_length(word: &str) -> usize {
    let end = word.bytes().position(|byte| matches!(byte, b'=' | b':'));
    match end {
        Some(at)
            if at + 1 < word.len() && !word.as_bytes()[..at].iter().any(u8::is_ascii_digit) =>
        {
            at + 1
        }
        _ => 0,
    }
}

/// How loud a line is, by the level that it names or the words that it uses.
fn loudness(line: &str) -> Loudness {
    const LOUD: &[&str] = &[
        "error",
        "fatal",
        "panic",
        "exception",
        "fail",
        "refused",
        "denied",
        "timeout",
        "timed out",
    ];
    const ODD: &[&str] = &["warn", "retry", "deprecated", "slow"];
    let lower = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // klog begins a line with the letter of its level.
    let bytes = line.as_bytes();
    let is_klog = bytes.len() > 5 && bytes[1..5].iter().all(u8::is_ascii_digit);
    match bytes.first() {
        Some(b'E' | b'F') if is_klog => Loudness::Error,
        Some(b'W') if is_klog => Loudness::Warning,
        Some(b'I') if is_klog => Loudness::Other,
        _ if has(LOUD) => Loudness::Error,
        _ if has(ODD) => Loudness::Warning,
        _ => Loudness::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_that_differ_in_numbers_are_one() {
        let lines = [
            "2026-01-01 10:00:01 GET /health 200 in 3ms",
            "2026-01-01 10:00:02 GET /health 200 in 5ms",
            "2026-01-01 10:00:03 ERROR cannot connect to db-7f9c:5432 after 3 tries",
            "2026-01-01 10:00:04 GET /health 200 in 4ms",
        ];
        let found = templates(lines.into_iter(), 10);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].loudness, Loudness::Error);
        assert_eq!(
            found[0].template,
            "<*> ERROR cannot connect to <*> after <*> tries"
        );
        assert_eq!((found[1].count, found[1].last_line), (3, 4));
    }

    #[test]
    fn keys_stay_and_values_vary() {
        let lines = [
            "level=info trace=a1 msg=done",
            "level=info trace=b2 msg=done",
        ];
        let found = templates(lines.into_iter(), 10);
        assert_eq!(found[0].template, "level=info trace=<*> msg=done");
        assert_eq!(found[0].count, 2);
    }

    #[test]
    fn levels_of_klog_are_known() {
        assert_eq!(
            loudness("I0304 09:26:00 error budget is fine"),
            Loudness::Other
        );
        assert_eq!(loudness("E0304 09:26:00 it broke"), Loudness::Error);
    }

    #[test]
    fn parts_change_nothing() {
        let line = |at: usize| {
            let said = ["ok", "error: refused"][at % 2];
            format!("2026-01-01 GET /item/{at} {said} took {at}ms")
        };
        let lines: Vec<String> = (0..4000).map(line).collect();
        let text = lines.join("\n");
        let mut whole = Mined::default();
        for part in parts(&text, 3) {
            whole.absorb(mined(part));
        }
        assert_eq!(parts(&text, 3).concat(), text);
        assert_eq!(ranked(whole, 10), templates(text.lines(), 10));
    }

    #[test]
    fn what_never_repeats_is_bounded() {
        let lines: Vec<String> = (0..5000).map(|at| "x".repeat(at % 3000 + 1)).collect();
        let found = templates(lines.iter().map(String::as_str), 10_000);
        assert!(found.len() <= MAX_TEMPLATES);
    }
}
