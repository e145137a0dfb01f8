//! The binary as a person or a script meets it: commands, formats, exit codes, bad input.

mod action;
mod around;
mod bad_input;
mod checkpoints;
mod clusters;
mod formats;
mod incident;
mod live;
mod metrics;
mod past;
mod recovery;
mod rounds;
mod shop;

use std::process::{Command, Output, Stdio};

/// Runs the binary in an environment without any cluster.
fn dogwatch(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .args(arguments);
    command.output().expect("the binary starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}{}",
        stdout(output),
        stderr(output)
    );
}

#[test]
fn the_demo_finds_its_fault_without_a_cluster() {
    let output = dogwatch(&["--quiet", "demo"]);
    exits(&output, 0);
    let text = stdout(&output);
    assert!(text.contains("PAYMENT_URL"), "{text}");
    assert!(text.contains("first failing layer"), "{text}");
    assert!(text.contains("still serve"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert_eq!(
        text,
        stdout(&dogwatch(&["--quiet", "demo"])),
        "the same bytes every time"
    );
}

#[test]
fn every_check_can_be_explained() {
    let list = stdout(&dogwatch(&["explain"]));
    let ids: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(ids.len() > 100, "{}", ids.len());
    let page = dogwatch(&["explain", "image/image-not-found"]);
    exits(&page, 0);
    assert!(stdout(&page).contains("## Remedy"));
    assert!(
        !stdout(&page).contains("## Cases"),
        "cases are for developers"
    );
    exits(&dogwatch(&["explain", "no/such-check"]), 2);
}

#[test]
fn completion_and_version() {
    assert!(stdout(&dogwatch(&["completion", "bash"])).contains("dogwatch"));
    let version = stdout(&dogwatch(&["version", "-o", "json"]));
    let version: serde_json::Value = serde_json::from_str(&version).expect("JSON");
    assert!(version["checks"].as_u64() > Some(100));
}

#[test]
fn as_a_kubectl_plugin_the_help_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = folder.path().join("kubectl-dogwatch");
    std::fs::copy(env!("CARGO_BIN_EXE_dogwatch"), &plugin).expect("it can be copied");
    let output = Command::new(plugin)
        .arg("--help")
        .output()
        .expect("it starts");
    assert!(
        stdout(&output).contains("Usage: kubectl dogwatch"),
        "{}",
        stdout(&output)
    );
}
