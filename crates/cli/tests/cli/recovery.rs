//! From a stuck rollout in the sandbox to a closed incident, and what must not get through.

mod autoscaler;
mod cases;
mod late;
mod removal;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// A sandbox that serves the demo until the test ends.
struct Sandbox {
    server: Child,
    kubeconfig: PathBuf,
    state: TempDir,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A server that is already gone is what is wanted.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

impl Sandbox {
    fn start(config: &str) -> Self {
        let state = TempDir::new().expect("a folder");
        fs::write(state.path().join("dogwatch.yaml"), config).expect("a configuration");
        let mut server = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
            .args(["demo", "--keep"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let said = BufReader::new(server.stderr.take().expect("stderr was asked for"));
        let line = said
            .lines()
            .map(|line| line.expect("text"))
            .find(|line| line.contains("still serving"))
            .expect("the demo says where it serves");
        let mut words = line.split_whitespace();
        words.find(|word| *word == "--kubeconfig");
        let kubeconfig = PathBuf::from(words.next().expect("a path"));
        Self {
            server,
            kubeconfig,
            state,
        }
    }

    fn dogwatch(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("dogwatch starts")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
        command
            .args(words)
            .env("KUBECONFIG", &self.kubeconfig)
            .env("DOGWATCH_CONFIG", self.state.path().join("dogwatch.yaml"))
            .env("XDG_STATE_HOME", self.state.path())
            .env_remove("DOGWATCH_STORE_URL")
            .env_remove("DOGWATCH_PROMETHEUS_URL")
            .stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn expect(&self, words: &[&str], code: i32) -> String {
        let output = self.dogwatch(words);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{out}{err}");
        out + &err
    }

    /// The first option for the stuck rollout.
    fn plan(&self) -> (String, String, String) {
        let words = [
            "plan",
            "create",
            "deploy/checkout",
            "-n",
            "shop",
            "-o",
            "json",
        ];
        let output = self.dogwatch(&words);
        let made: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        let plan = &made["plans"][0];
        assert_eq!(plan["option"]["request"]["remedy"], "rollback-workload");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        (
            text(&plan["id"]),
            text(&plan["digest"]),
            text(&made["incident"]),
        )
    }
}

const OPEN: &str = "
remediation: {enabled: true}
approval: {grants: [{who: ['kubernetes:sandbox'], role: admin}], flagOnly: true, selfApproval: true}
verification: {settle: 0s, hold: 1s, giveUp: 30s, lookEvery: 1s}
";

#[test]
fn a_stuck_rollout_becomes_a_closed_incident_and_a_case_file() {
    let sandbox = Sandbox::start(OPEN);
    let (plan, digest, incident) = sandbox.plan();
    sandbox.expect(&["plan", "execute", &plan], 6);
    let short = &digest[..8];
    sandbox.expect(&["plan", "approve", &plan, "--approve", short], 2);
    let other = "0".repeat(64);
    sandbox.expect(&["plan", "approve", &plan, "--approve", &other], 6);
    sandbox.expect(&["plan", "approve", &plan, "--approve", &digest], 0);
    let said = sandbox.expect(&["plan", "execute", &plan], 0);
    assert!(said.contains("succeeded"), "{said}");
    sandbox.expect(&["plan", "execute", &plan], 6);
    let shown = sandbox.expect(&["incidents", "show", &incident], 0);
    assert!(
        shown.contains("resolved") && shown.contains("step.done"),
        "{shown}"
    );
    sandbox.expect(&["audit", "verify"], 0);
    let file = sandbox.state.path().join("case.json");
    case_file(&sandbox, &incident, &file);
    // Nothing of the template is written down, in no file of the state folder.
    for written in files(sandbox.state.path()) {
        let bytes = fs::read(&written).expect("a file");
        let secret = b"hunter2-of-the-demo";
        let has = bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!has, "{}", written.display());
    }
}

fn case_file(sandbox: &Sandbox, incident: &str, file: &Path) {
    let path = file.to_str().expect("a path");
    sandbox.expect(&["case", "export", incident, path], 0);
    sandbox.expect(&["case", "verify", path], 0);
    let said = sandbox.expect(&["case", "replay", path], 0);
    assert!(said.contains("byte for byte"), "{said}");
    let forged = fs::read_to_string(file)
        .expect("text")
        .replacen("checkout", "checkin", 1);
    fs::write(file, forged).expect("a file");
    sandbox.expect(&["case", "verify", path], 1);
    fs::write(file, "{}\n{}\n").expect("a file");
    let said = sandbox.expect(&["case", "verify", path], 1);
    assert!(said.contains("no case file"), "{said}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn an_incident_that_is_given_up_leaves_nothing_to_approve() {
    let sandbox = Sandbox::start(OPEN);
    let (plan, digest, incident) = sandbox.plan();
    sandbox.expect(&["incidents", "abandon", &incident], 2);
    let words = [
        "incidents",
        "abandon",
        &incident,
        "--reason",
        "another team",
    ];
    let said = sandbox.expect(&words, 0);
    assert!(said.contains("abandoned"), "{said}");
    let said = sandbox.expect(&words, 6);
    assert!(said.contains("has no place"), "{said}");
    let said = sandbox.expect(&["plan", "approve", &plan, "--approve", &digest], 6);
    assert!(said.contains("superseded"), "{said}");
    let said = sandbox.expect(&["incidents", "show", &incident], 0);
    // Lines are broken where they are long.
    let one_line = |said: &str| said.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = "given up by kubernetes:sandbox: another team";
    assert!(one_line(&said).contains(words), "{said}");
    let said = sandbox.expect(&["incidents", "recheck"], 0);
    assert!(said.contains("nothing is due"), "{said}");
    let (_, _, next) = sandbox.plan();
    let said = sandbox.expect(&["incidents", "show", &next], 0);
    let words = format!("after {incident}");
    assert!(one_line(&said).contains(&words), "{said}");
}

#[test]
fn the_first_act_of_a_day_leaves_a_checkpoint() {
    let marks = TempDir::new().expect("a folder");
    let config = format!(
        "{OPEN}audit: {{checkpointDir: '{}'}}\n",
        marks.path().display()
    );
    let sandbox = Sandbox::start(&config);
    sandbox.plan();
    let written = files(marks.path());
    assert_eq!(written.len(), 1, "{written:?}");
    sandbox.plan();
    assert_eq!(files(marks.path()), written, "one a day");
    let folder = marks.path().to_str().expect("a path");
    sandbox.expect(&["audit", "verify", "--checkpoints", folder], 0);
}

#[test]
fn a_watch_for_later_looks_stays_and_keeps_the_days_checkpoint() {
    let marks = TempDir::new().expect("a folder");
    let config = format!(
        "{OPEN}audit: {{checkpointDir: '{}'}}\n",
        marks.path().display()
    );
    let sandbox = Sandbox::start(&config);
    let watch = sandbox
        .command(&["incidents", "recheck", "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut watch = watch.expect("dogwatch starts");
    let patience = Instant::now() + Duration::from_secs(30);
    while files(marks.path()).is_empty() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(files(marks.path()).len(), 1);
    assert!(
        watch.try_wait().expect("it can be asked").is_none(),
        "it stays"
    );
    watch.kill().expect("it can be ended");
    watch.wait().expect("it ends");
    let wrong = "remediation: {enable: true}";
    fs::write(sandbox.state.path().join("dogwatch.yaml"), wrong).expect("a configuration");
    sandbox.expect(&["incidents", "recheck", "--watch"], 2);
    fs::write(sandbox.state.path().join("dogwatch.yaml"), OPEN).expect("a configuration");
    let nowhere = [
        "incidents",
        "recheck",
        "--watch",
        "--kubeconfig",
        "/nowhere",
    ];
    sandbox.expect(&nowhere, 1);
}

#[test]
fn without_a_grant_nobody_approves_and_without_the_switch_nothing_runs() {
    let closed = "approval: {flagOnly: true, selfApproval: true}";
    let sandbox = Sandbox::start(closed);
    let (plan, digest, _) = sandbox.plan();
    let said = sandbox.expect(&["plan", "approve", &plan, "--approve", &digest], 6);
    assert!(said.contains("may not approve"), "{said}");
    let said = sandbox.expect(&["plan", "execute", &plan], 6);
    assert!(said.contains("not enabled"), "{said}");
    let said = sandbox.expect(&["plan", "approve", &plan], 6);
    assert!(said.contains("terminal"), "{said}");
}

#[test]
fn a_wrong_configuration_and_unknown_names_get_one_sentence() {
    let sandbox = Sandbox::start("remediation: {enable: true}");
    let said = sandbox.expect(&["incidents", "list"], 2);
    assert!(said.contains("configuration"), "{said}");
    fs::write(sandbox.state.path().join("dogwatch.yaml"), OPEN).expect("a configuration");
    sandbox.expect(&["incidents", "list"], 0);
    sandbox.expect(&["incidents", "show", "inc-0"], 1);
    sandbox.expect(&["plan", "show", "plan-0"], 1);
    let words = [
        "plan",
        "create",
        "deploy/checkout",
        "-n",
        "shop",
        "--remedy",
        "delete-namespace",
    ];
    let said = sandbox.expect(&words, 2);
    assert!(said.contains("no remedy"), "{said}");
}
