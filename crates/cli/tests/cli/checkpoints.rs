//! Signed checkpoints of the audit chain, as an auditor meets them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::{
    ports::store::Store as _,
    record::{Actor, Entry},
};
use serde_json::Value;
use tempfile::TempDir;

/// A store with some records, and a folder for checkpoints.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let desk = Self { folder };
        let text = format!("store: {{url: '{}'}}\n", desk.url("store"));
        fs::write(desk.path("dogwatch.yaml"), text).expect("a configuration");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:{}", self.path(name).join("dogwatch.db").display())
    }

    /// Adds records to the store of that name.
    fn record(&self, name: &str, actions: &[&str]) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = SqlStore::open(&self.url(name)).await.expect("a store");
            for action in actions {
                let at = "2026-11-21T08:00:00Z".parse().expect("a time");
                let entry = Entry::new(at, Actor::system("test"), action, "shop/web");
                store.append(entry).await.expect("a record");
            }
            store.close().await;
        });
    }

    fn dogwatch(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dogwatch"))
            .args(words)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("DOGWATCH_CONFIG", self.path("dogwatch.yaml"))
            .stdin(Stdio::null())
            .output()
            .expect("dogwatch starts")
    }

    #[track_caller]
    fn expect(&self, words: &[&str], code: i32) -> String {
        let output = self.dogwatch(words);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{out}{err}");
        out + &err
    }

    /// Three records, a checkpoint, two more records, a second checkpoint. The public key.
    fn filled(&self) -> String {
        fs::create_dir(self.path("marks")).expect("a folder");
        self.record("store", &["one", "two", "three"]);
        self.mark();
        self.record("store", &["four", "five"]);
        let said = self.mark();
        let key = said.trim().rsplit(' ').next().expect("a key");
        key.to_owned()
    }

    fn mark(&self) -> String {
        let marks = self.path("marks");
        let to = marks.to_str().expect("a path");
        self.expect(&["audit", "checkpoint", "--to", to], 0)
    }

    fn verify(&self, more: &[&str], code: i32) -> String {
        let marks = self.path("marks");
        let mut words = vec!["audit", "verify", "--checkpoints"];
        words.push(marks.to_str().expect("a path"));
        words.extend(more);
        self.expect(&words, code)
    }

    /// The files of the checkpoints, the older one first.
    fn marks(&self) -> Vec<PathBuf> {
        let listed = fs::read_dir(self.path("marks")).expect("a folder");
        let mut marks: Vec<PathBuf> = listed.map(|entry| entry.expect("a file").path()).collect();
        marks.sort();
        marks
    }

    /// The records of the store as lines, without the last ones.
    fn exported(&self, lines: usize) -> PathBuf {
        let output = self.dogwatch(&["audit", "export"]);
        let text = String::from_utf8(output.stdout).expect("text");
        let kept: Vec<&str> = text.lines().take(lines).collect();
        let file = self.path("export.jsonl");
        fs::write(&file, kept.join("\n") + "\n").expect("a file");
        file
    }
}

fn edited(file: &Path, edit: impl FnOnce(&mut Value)) {
    let text = fs::read_to_string(file).expect("a file");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    edit(&mut value);
    fs::write(file, value.to_string()).expect("a file");
}

#[test]
fn a_whole_chain_agrees_with_its_checkpoints() {
    let desk = Desk::new();
    let key = desk.filled();
    let said = desk.verify(&[], 0);
    assert!(
        said.contains("5 records") && said.contains("2 signed"),
        "{said}"
    );
    desk.verify(&["--key", &key], 0);
    let marks = desk.marks();
    let second: Value = serde_json::from_str(&fs::read_to_string(&marks[1]).unwrap()).unwrap();
    assert_eq!(second["checkpoint"]["count"], 5);
    assert!(second["checkpoint"]["previous"].is_string(), "{second}");
    // A file of its own is never written over.
    let alone = desk.path("alone.json");
    let to = alone.to_str().unwrap();
    desk.expect(&["audit", "checkpoint", "--to", to], 0);
    desk.expect(&["audit", "checkpoint", "--to", to], 1);
}

#[test]
fn a_missing_end_and_an_edited_record_are_found() {
    let desk = Desk::new();
    let key = desk.filled();
    let cut = desk.exported(4);
    let path = cut.to_str().unwrap();
    desk.expect(&["audit", "verify", "--file", path], 0);
    let said = desk.verify(&["--key", &key, "--file", path], 1);
    assert!(
        said.contains("ends at record 4") && said.contains("counted 5"),
        "{said}"
    );

    let whole = desk.exported(5);
    let text = fs::read_to_string(&whole).unwrap();
    fs::write(&whole, text.replacen("two", "TWO", 1)).unwrap();
    let said = desk.verify(&["--key", &key, "--file", path], 1);
    assert!(said.contains("record 2 was changed"), "{said}");
}

#[test]
fn a_chain_that_was_written_anew_is_found() {
    let desk = Desk::new();
    let key = desk.filled();
    // The same number of records, hashed as they should be, with other content.
    desk.record("anew", &["one", "2", "three", "four", "five", "six"]);
    let text = format!("store: {{url: '{}'}}\n", desk.url("anew"));
    fs::write(desk.path("dogwatch.yaml"), text).unwrap();
    desk.expect(&["audit", "verify"], 0);
    let said = desk.verify(&["--key", &key], 1);
    assert!(
        said.contains("record 3") && said.contains("written anew"),
        "{said}"
    );
}

#[test]
fn checkpoints_by_another_key_edited_or_missing_are_found() {
    let desk = Desk::new();
    let key = desk.filled();
    let marks = desk.marks();
    let good = fs::read(&marks[1]).unwrap();

    edited(&marks[1], |signed| signed["checkpoint"]["count"] = 4.into());
    let said = desk.verify(&[], 1);
    assert!(said.contains("signature does not match"), "{said}");
    fs::write(&marks[1], &good).unwrap();

    // Somebody with a key of their own signs a shorter chain.
    desk.record("other", &["one"]);
    let text = format!("store: {{url: '{}'}}\n", desk.url("other"));
    fs::write(desk.path("dogwatch.yaml"), text).unwrap();
    let forged = desk.path("marks/checkpoint-9999.json");
    desk.expect(
        &["audit", "checkpoint", "--to", forged.to_str().unwrap()],
        0,
    );
    let said = desk.verify(&["--key", &key], 1);
    assert!(said.contains("another key"), "{said}");
    fs::remove_file(&forged).unwrap();

    fs::remove_file(&marks[0]).unwrap();
    let said = desk.verify(&["--key", &key], 1);
    assert!(
        said.contains("the one that it follows is missing"),
        "{said}"
    );
    fs::remove_file(&marks[1]).unwrap();
    let said = desk.verify(&["--key", &key], 1);
    assert!(said.contains("holds no checkpoint"), "{said}");
}
