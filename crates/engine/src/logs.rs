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
const VARIES: &[u8] = b"<*>";

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
    let mut shape = Vec::new();
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
    known: IndexMap<Vec<u8>, LogTemplate, FixedState>,
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

    fn add(&mut self, line: &str, shape: &mut Vec<u8>) {
        self.lines += 1;
        let line = clip(line.trim_ascii_end());
        if line.is_empty() {
            return;
        }
        shape.clear();
        mask(line, shape);
        if let Some(template) = self.known.get_mut(shape.as_slice()) {
            template.count += 1;
            template.last_line = self.lines;
        } else if self.known.len() < MAX_TEMPLATES {
            let template = LogTemplate {
                template: String::from_utf8_lossy(shape).into_owned(),
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
    let mut shape = Vec::new();
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

/// Writes the line with every varying word replaced: one that holds a digit behind its key. The key is
/// what stands before the first `=` or `:` of a word, has no digit itself, and stays. Several varying
/// words in a row, such as date and time, are one.
fn mask(line: &str, into: &mut Vec<u8>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    let mut was_varying = false;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let mut key_end = 0;
        let mut varies = false;
        while at < bytes.len() {
            match CLASSES[usize::from(bytes[at])] {
                Class::Digit => varies = true,
                Class::Mark if key_end == 0 && !varies => key_end = at + 1 - start,
                Class::Plain | Class::Mark => {}
                Class::Space => break,
            }
            at += 1;
        }
        let word = &bytes[start..at];
        // A word that ends with its mark is no key.
        let key = if varies && key_end < word.len() {
            key_end
        } else {
            0
        };
        if varies && key == 0 && was_varying {
            continue;
        }
        if !into.is_empty() {
            into.push(b' ');
        }
        if varies {
            into.extend_from_slice(&word[..key]);
            into.extend_from_slice(VARIES);
        } else {
            into.extend_from_slice(word);
        }
        was_varying = varies && key == 0;
    }
}

/// What a byte means inside a line.
#[derive(Clone, Copy)]
enum Class {
    Plain,
    Digit,
    /// Ends a key.
    Mark,
    Space,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0_usize;
    while byte < 128 {
        classes[byte] = match byte {
            0x30..=0x39 => Class::Digit,
            0x3a | 0x3d => Class::Mark,
            0x09..=0x0d | 0x20 => Class::Space,
            _ => Class::Plain,
        };
        byte += 1;
    }
    classes
};

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
