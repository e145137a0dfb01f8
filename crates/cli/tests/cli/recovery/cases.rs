//! A case file in the place of a recording.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{OPEN, Sandbox, files};
use crate::{dogwatch, exits, stderr, stdout};

/// A sandbox with an incident of one round, its case file, and the recording of that round.
fn exported() -> (Sandbox, String, String) {
    let sandbox = Sandbox::start(OPEN);
    let (_, _, incident) = sandbox.plan();
    let file = sandbox.state.path().join("case.json");
    let file = file.to_str().expect("a path").to_owned();
    sandbox.expect(&["case", "export", &incident, &file], 0);
    let all = files(sandbox.state.path());
    let round = all.iter().find(|path| path.ends_with("round-0.tar.gz"));
    let round = round.expect("a recording").to_str().expect("a path");
    let round = round.to_owned();
    (sandbox, file, round)
}

#[test]
fn a_case_file_is_read_like_the_recording_that_it_holds() {
    let (sandbox, file, round) = exported();
    let diagnose = ["diagnose", "deploy/checkout", "-n", "shop", "-o", "json"];
    let questions: [&[&str]; 3] = [
        &diagnose,
        &["inspect", "-o", "json"],
        &["report", "-o", "json"],
    ];
    for question in questions {
        let of_case = dogwatch(&[question, &["--from", &file]].concat());
        exits(&of_case, 3);
        let of_round = dogwatch(&[question, &["--from", &round]].concat());
        assert_eq!(stdout(&of_case), stdout(&of_round), "{question:?}");
        let words = stderr(&of_case);
        assert!(
            words.contains("round 0 of inc-") && words.contains("signed with"),
            "{words}"
        );
    }
    let found: Value = serde_json::from_str(&stdout(&dogwatch(
        &[&diagnose[..], &["--from", &file]].concat(),
    )))
    .expect("JSON");
    assert_eq!(found["summary"]["status"], "rollout_blocked");
    exits(&dogwatch(&["doctor", "--from", &file]), 0);
    let create = [
        "plan",
        "create",
        "deploy/checkout",
        "-n",
        "shop",
        "--from",
        &file,
    ];
    let said = sandbox.expect(&create, 2);
    assert!(said.contains("a recording cannot be changed"), "{said}");
}

#[test]
fn a_case_file_is_replayed_as_an_api() {
    let (sandbox, file, _) = exported();
    let config = sandbox.state.path().join("replay.kubeconfig");
    let config = config.to_str().expect("a path");
    let mut server = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--quiet", "replay", &file, "--kubeconfig-out", config])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let said = BufReader::new(server.stdout.take().expect("piped"));
    let serving = said.lines().map(|line| line.expect("text"));
    let is_up = serving.take(2).any(|line| line.contains("serving"));
    let asked = [
        "diagnose",
        "deploy/checkout",
        "-n",
        "shop",
        "--kubeconfig",
        config,
    ];
    let output = dogwatch(&asked);
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    assert!(is_up);
    exits(&output, 3);
}

#[test]
fn a_case_file_that_was_changed_is_refused_with_one_sentence() {
    let (_sandbox, file, _) = exported();
    let good = std::fs::read_to_string(&file).expect("text");
    let (seal, body) = good.split_once('\n').expect("two lines");
    let other = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let signature: Value = serde_json::from_str(seal).expect("JSON");
    let count = format!("\"count\":{}", signature["signed"]["checkpoint"]["count"]);
    let changed = [
        // The content, and the content with a hash that fits, and what the signature covers besides.
        (
            format!("{seal}\n{}", other(body, "checkout", "checkin")),
            "not what was signed",
        ),
        (
            resealed(seal, &other(body, "checkout", "checkin")),
            "signature",
        ),
        (
            format!("{}\n{body}", other(seal, &count, "\"count\":99")),
            "signature",
        ),
        (
            format!("{}\n{body}", other(seal, "case/v1", "case/v7")),
            "no version that is understood",
        ),
        (format!("{seal}\n"), "not what was signed"),
    ];
    for (text, words) in changed {
        std::fs::write(&file, text).expect("written");
        for question in [
            &["inspect"][..],
            &["diagnose", "deploy/checkout"],
            &["report"],
        ] {
            let output = dogwatch(&[question, &["--from", &file]].concat());
            exits(&output, 1);
            let said = stderr(&output);
            assert!(said.contains(words), "{words}: {said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{said}");
            assert_eq!(stdout(&output), "", "nothing is said of what it holds");
        }
        exits(&dogwatch(&["replay", &file]), 1);
    }
}

/// The content with the hash of it in the first line, which somebody without the key can write.
fn resealed(seal: &str, body: &str) -> String {
    let body = body.trim_end_matches('\n');
    let mut seal: Value = serde_json::from_str(seal).expect("JSON");
    let hash = dogwatch_model::canonical::sha256_hex(body.as_bytes());
    seal["sha256"] = hash.clone().into();
    seal["signed"]["checkpoint"]["last_hash"] = hash.into();
    format!("{seal}\n{body}\n")
}
