//! Reads audit logs of an API server: one JSON event per line, or an `EventList`.
//!
//! Of each write that counts a lean record is kept: who, when, which object, and which fields differ.
//! Whole objects are forgotten at once. Payloads of Secrets and values of ConfigMaps are never kept.

mod fields;
mod wire;

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use dogwatch_model::{LedgerEntry, ReadOutcome, Source, ports::History, snapshot::AuditRecord};

use crate::quote::quote;
use fields::Known;
use wire::Line;

/// Lines that are read of one log: a busy cluster writes that many in an hour.
const MAX_LINES: u64 = 5_000_000;

/// Longest line: two objects as large as etcd takes them.
const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// Largest `EventList` that spans several lines.
const MAX_LIST_BYTES: usize = 64 * 1024 * 1024;

/// Files of one folder.
const MAX_FILES: usize = 100;

/// Records that are kept, the newest ones.
const MAX_RECORDS: usize = 20_000;

/// Reads the audit log in a file, or in the files of a folder in the order of their names.
///
/// # Errors
/// When it cannot be opened. What is wrong inside is an entry of the ledger.
pub fn open(path: &Path) -> io::Result<History> {
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = path.read_dir()?.collect::<io::Result<Vec<_>>>()?;
        files = entries.iter().map(std::fs::DirEntry::path).collect();
        files.retain(|file| file.is_file());
        files.sort();
    }
    let mut reading = Reading::default();
    if files.len() > MAX_FILES {
        reading.limit = Some(format!("the limit of {MAX_FILES} files"));
        // Names of rotated logs hold their time: the last ones are the newest.
        files.drain(..files.len() - MAX_FILES);
    }
    for file in files {
        let ended = reading.run(&mut BufReader::new(File::open(file)?));
        reading.end(ended);
    }
    Ok(reading.history())
}

/// Reads an audit log.
pub fn read(mut log: impl BufRead) -> History {
    let mut reading = Reading::default();
    let ended = reading.run(&mut log);
    reading.end(ended);
    reading.history()
}

#[derive(Default)]
struct Reading {
    records: VecDeque<AuditRecord>,
    known: Known,
    /// Events that were understood.
    items: u64,
    unreadable: u64,
    /// True when older records had to go.
    dropped: bool,
    limit: Option<String>,
}

impl Reading {
    /// Notes how a log ended.
    fn end(&mut self, ended: io::Result<()>) {
        if let Err(error) = ended {
            let words = quote(&error.to_string());
            self.limit = Some(format!("an error while reading: {words}"));
        }
    }

    /// What was read, with its entry in the ledger.
    fn history(mut self) -> History {
        let (items, unreadable) = (self.items, self.unreadable);
        let dropped = self
            .dropped
            .then(|| format!("the limit of {MAX_RECORDS} writes"));
        let damaged = (unreadable > 0).then(|| "lines that are no audit events".to_owned());
        let outcome = match self.limit.take().or(dropped).or(damaged) {
            Some(limit) => ReadOutcome::Truncated {
                items,
                unreadable,
                limit,
            },
            None => ReadOutcome::Ok { items },
        };
        History {
            audit: self.records.into(),
            entries: vec![LedgerEntry {
                source: Source::AuditLog,
                namespace: None,
                selected: false,
                outcome,
            }],
            ..History::default()
        }
    }

    fn run(&mut self, log: &mut impl BufRead) -> io::Result<()> {
        let mut line = Vec::new();
        for number in 0..MAX_LINES {
            line.clear();
            match next_line(log, &mut line)? {
                Length::End => return Ok(()),
                Length::TooLong => self.unreadable += 1,
                Length::Whole if line.trim_ascii().is_empty() => {}
                Length::Whole => match serde_json::from_slice::<Line>(&line) {
                    Ok(found) => self.take(found),
                    Err(_) if number == 0 => return self.whole(log, line),
                    Err(_) => self.unreadable += 1,
                },
            }
        }
        self.limit = Some(format!("the limit of {MAX_LINES} lines"));
        Ok(())
    }

    /// A list that spans several lines, of which the first was read already.
    fn whole(&mut self, log: &mut impl BufRead, mut text: Vec<u8>) -> io::Result<()> {
        let left = u64::try_from(MAX_LIST_BYTES).unwrap_or(u64::MAX);
        io::Read::read_to_end(&mut io::Read::take(log, left), &mut text)?;
        match serde_json::from_slice::<Line>(&text) {
            Ok(found) => self.take(found),
            Err(_) => self.unreadable += 1,
        }
        Ok(())
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::List { items } => items.into_iter().for_each(|event| self.event(&event)),
            Line::Event(event) => self.event(&event),
        }
    }

    fn event(&mut self, event: &wire::Event) {
        if !event.is_one() {
            self.unreadable += 1;
            return;
        }
        self.items += 1;
        let Some(record) = event.record(&mut self.known) else {
            return;
        };
        if record.is_noise() {
            return;
        }
        if self.records.len() == MAX_RECORDS {
            self.records.pop_front();
            self.dropped = true;
        }
        self.records.push_back(record);
    }
}

/// How a line ended.
enum Length {
    Whole,
    TooLong,
    End,
}

/// The next line without its end; of one that is too long nothing is kept.
fn next_line(log: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Length> {
    let mut is_long = false;
    let mut seen = false;
    loop {
        let chunk = log.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        seen = true;
        let end = memchr::memchr(b'\n', chunk);
        let part = &chunk[..end.unwrap_or(chunk.len())];
        is_long |= line.len() + part.len() > MAX_LINE_BYTES;
        if is_long {
            line.clear();
        } else {
            line.extend_from_slice(part);
        }
        let used = end.map_or(chunk.len(), |at| at + 1);
        log.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(match (seen, is_long) {
        (false, _) => Length::End,
        (true, true) => Length::TooLong,
        (true, false) => Length::Whole,
    })
}

#[cfg(test)]
mod tests;
