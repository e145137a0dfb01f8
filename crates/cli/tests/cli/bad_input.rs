//! Bad input: one clear sentence, the right exit code, JSON where JSON was asked for.

use serde_json::Value;

use crate::{dogwatch, exits, shop, stderr, stdout};

#[track_caller]
fn refused(arguments: &[&str], code: i32, words: &[&str]) {
    let output = dogwatch(arguments);
    exits(&output, code);
    let message = stderr(&output);
    for word in words {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert!(
        message.trim_end().lines().count() <= 3,
        "one sentence: {message}"
    );
    assert!(stdout(&output).is_empty(), "{}", stdout(&output));
}

#[test]
fn names_and_kinds_that_do_not_exist() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    let near = ["diagnose", "deploy/apu", "-n", "shop", "--from", path];
    refused(&near, 1, &["does not exist", "did you mean \"api\""]);
    refused(
        &["diagnose", "deploymnt/api", "--from", path],
        2,
        &["deployments"],
    );
    refused(&["diagnose", "api", "--from", path], 2, &["TYPE/NAME"]);
    refused(&["diagnose", "deploy/", "--from", path], 2, &["empty"]);
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    let output = dogwatch(&[
        "diagnose",
        "deploy/nope",
        "-n",
        "shop",
        "--from",
        path,
        "-o",
        "json",
    ]);
    exits(&output, 1);
    let error: Value = serde_json::from_str(&stdout(&output)).expect("one JSON object");
    assert_eq!(error["success"], false);
    assert!(
        error["error"]
            .as_str()
            .expect("a sentence")
            .contains("does not exist")
    );
}

#[test]
fn recordings_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a path");
    refused(
        &["inspect", "--from", "/nonexistent/bundle.tar.gz"],
        1,
        &["bundle.tar.gz"],
    );
    refused(&["inspect", "--from", path], 1, &["no Kubernetes object"]);
    let broken = folder.path().join("broken.tar.gz");
    std::fs::write(&broken, b"\x1f\x8b\x08\x00 this is no archive").expect("written");
    refused(
        &["inspect", "--from", broken.to_str().expect("a path")],
        1,
        &["broken.tar.gz"],
    );
}

#[test]
fn flags_that_do_not_fit() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    refused(
        &["inspect", "--from", path, "-o", "toml"],
        2,
        &["toml", "markdown"],
    );
    refused(
        &["inspect", "--from", path, "-o", "text", "-o", "yaml"],
        2,
        &["FORMAT=FILE"],
    );
    exits(
        &dogwatch(&["inspect", "--from", path, "--since", "yesterday"]),
        2,
    );
    // Longer than time itself: everything is looked at.
    let short = dogwatch(&["inspect", "--from", path, "-A", "-o", "json"]);
    let long = dogwatch(&[
        "inspect",
        "--from",
        path,
        "-A",
        "-o",
        "json",
        "--since",
        "200000000h",
    ]);
    assert_eq!(
        (long.status.code(), &long.stdout),
        (short.status.code(), &short.stdout)
    );
    assert!(!long.stdout.is_empty());
    exits(&dogwatch(&["frobnicate"]), 2);
}

#[test]
fn clusters_that_cannot_be_reached() {
    refused(&["inspect", "-A"], 1, &["--kubeconfig"]);
    refused(
        &["inspect", "--kubeconfig", "/nonexistent/config"],
        1,
        &["/nonexistent/config"],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
                clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\n\
                users: [{name: u, user: {}}]\n\
                contexts: [{name: here, context: {cluster: c, user: u}}]\n";
    std::fs::write(&config, text).expect("written");
    let config = config.to_str().expect("a path");
    refused(&["inspect", "--kubeconfig", config], 1, &["127.0.0.1:9"]);
    let wrong = ["inspect", "--kubeconfig", config, "--context", "her"];
    refused(&wrong, 1, &["\"her\" does not exist", "here"]);
}
