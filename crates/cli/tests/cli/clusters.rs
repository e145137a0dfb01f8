//! Two clusters at once: one capture of both, their past, and combinations that make no sense.

mod live;

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{dogwatch, exits, stderr, stdout};

const CLUSTER: &str = "cluster/dm-nkp-workload-1";
const NAMESPACE: &str = "dm-dev-workspace";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/incidents/helm-addons");

fn path(folder: &Path) -> &str {
    folder.to_str().expect("a path")
}

/// The recordings of both clusters as flags.
fn recordings() -> Vec<String> {
    let folder = Path::new(FOLDER);
    let of = |name: &str| path(&folder.join(name)).to_owned();
    vec![
        "--from".to_owned(),
        of("workload"),
        "--management-from".to_owned(),
        of("management"),
    ]
}

fn asked(command: &str, from: &[String], extra: &[&str]) -> std::process::Output {
    let mut words = vec!["--quiet", command, CLUSTER, "-n", NAMESPACE];
    words.extend(from.iter().map(String::as_str));
    words.extend(extra);
    dogwatch(&words)
}

/// A capture of both clusters, and what was said when it was made.
fn captured(name: &str) -> (TempDir, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let target = path(&folder.path().join(name)).to_owned();
    let capture = ["-o", "json", "--capture", &target];
    let made = asked("diagnose", &recordings(), &capture);
    exits(&made, 3);
    (folder, target, stdout(&made))
}

fn from(target: &str) -> Vec<String> {
    vec!["--from".to_owned(), target.to_owned()]
}

fn json_of(output: &std::process::Output) -> Value {
    exits(output, 3);
    serde_json::from_str(&stdout(output)).expect("JSON")
}

#[test]
fn one_capture_holds_both_clusters_and_leads_to_the_same_verdict() {
    for name in ["both.tar.gz", "both"] {
        let (_folder, target, said) = captured(name);
        let again = asked("diagnose", &from(&target), &["-o", "json"]);
        exits(&again, 3);
        assert_eq!(said, stdout(&again), "{name}");
        let unnamed = ["diagnose", CLUSTER, "-o", "json", "--from", &target];
        let unnamed = dogwatch(&unnamed);
        assert_eq!(said, stdout(&unnamed), "the capture knows the Namespace");
        let report = asked("report", &from(&target), &["-o", "json"]);
        assert_eq!(
            json_of(&report)["scope"],
            json!("cluster dm-nkp-workload-1")
        );
    }
}

#[test]
fn a_capture_of_a_capture_is_the_same_again() {
    let (folder, target, said) = captured("both.tar.gz");
    let second = path(&folder.path().join("second")).to_owned();
    let copied = ["-o", "json", "--capture", &second];
    let copied = asked("diagnose", &from(&target), &copied);
    exits(&copied, 3);
    let again = asked("diagnose", &from(&second), &["-o", "json"]);
    assert_eq!(said, stdout(&again));
    for half in ["management", "workload"] {
        let file = Path::new(&second).join(half).join("dogwatch/capture.json");
        assert!(file.exists(), "each half is a capture of its own");
    }
    let halves = format!("{second}/workload");
    let there = format!("{second}/management");
    let halves = ["--from", &halves, "--management-from", &there].map(str::to_owned);
    let apart = asked("diagnose", &halves, &["-o", "json"]);
    assert_eq!(said, stdout(&apart), "the halves say the same");
}

#[test]
fn other_questions_are_asked_of_the_workload_cluster() {
    let (_folder, target, _) = captured("both.tar.gz");
    let output = dogwatch(&["inspect", "--from", &target, "-o", "json"]);
    let found = json_of(&output);
    let modes = found["findings"].to_string();
    assert!(modes.contains("cni-agent-down"), "{modes}");
    assert!(!modes.contains("hrp-helm-failed"), "{modes}");
    let words = stderr(&output);
    assert!(words.contains("holds two clusters"), "{words}");
}

#[test]
fn a_cluster_that_the_capture_does_not_hold_is_refused() {
    let (_folder, target, _) = captured("both.tar.gz");
    let words = |arguments: &[&str], code: i32| {
        let output = dogwatch(arguments);
        exits(&output, code);
        let words = stderr(&output);
        assert_eq!(words.trim_end().lines().count(), 1, "{words}");
        words
    };
    let other = ["diagnose", "cluster/other", "--from", &target];
    assert!(words(&other, 1).contains("cluster/dm-nkp-workload-1 in namespace dm-dev-workspace"));
    let watched = [&other[..], &["--watch"]].concat();
    words(&watched, 1);
    let twice = [
        &["diagnose", CLUSTER][..],
        &["--from", &target, "--management-from", &target],
    ];
    assert!(words(&twice.concat(), 2).contains("leave out --management-from"));
    let alone = [
        "diagnose",
        CLUSTER,
        "-n",
        NAMESPACE,
        "--from",
        FOLDER,
        "--selector",
        "a=b",
    ];
    let alone = [&alone[..], &["--management-from", FOLDER]].concat();
    assert!(words(&alone, 2).contains("--selector and --alert belong to one object"));
}

#[test]
fn flags_that_exclude_each_other_are_refused() {
    for flags in [
        &["--watch", "--capture", "x.tar.gz", "--from", "y"][..],
        &["--management-context", "c", "--from", "y"],
        &["--management-context", "c", "--before", "y"],
        &["--kubeconfig", "c", "--before", "y"],
        &["--before", "y"],
    ] {
        let output = dogwatch(&[&["diagnose", CLUSTER][..], flags].concat());
        exits(&output, 2);
        let words = stderr(&output);
        assert!(
            words.contains("cannot be used") || words.contains("--from"),
            "{words}"
        );
    }
}

#[test]
fn releases_that_no_recording_holds_are_said() {
    let found = json_of(&asked(
        "diagnose",
        &recordings(),
        &["-o", "json", "--helm-releases"],
    ));
    let gaps = found["data_gaps"].to_string();
    assert!(gaps.contains("Helm releases"), "{gaps}");
}

fn audited(group: &str, resource: &str, name: &str) -> String {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete",
        "verb": "patch", "user": {"username": "alice"}, "userAgent": "kubectl",
        "objectRef": {"resource": resource, "namespace": "kube-system", "name": name,
            "apiGroup": group, "apiVersion": "v1"},
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": "2026-03-04T08:42:00Z",
        "requestObject": {"spec": {"replicas": 3}},
    })
    .to_string()
}

#[test]
fn an_audit_log_is_that_of_the_workload_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit.jsonl");
    let lines = [
        audited("apps", "daemonsets", "cilium"),
        audited("cluster.x-k8s.io", "machinedeployments", "md-0"),
    ];
    fs::write(&log, lines.join("\n")).expect("written");
    for command in ["diagnose", "report"] {
        let log = ["-o", "json", "--audit-log", path(&log)];
        let found = json_of(&asked(command, &recordings(), &log));
        let changes = found["changes"].to_string();
        assert!(changes.contains("alice"), "{changes}");
    }
    let kept = folder.path().join("both");
    let keep = ["--audit-log", path(&log), "--capture", path(&kept)];
    exits(&asked("diagnose", &recordings(), &keep), 3);
    let kept = fs::read_to_string(kept.join("workload/dogwatch/capture.json")).expect("text");
    assert!(kept.contains("daemonsets"), "{kept}");
    assert!(
        !kept.contains("md-0"),
        "objects of Cluster API there are others: {kept}"
    );
}

/// The incident a day earlier: other times, another version of an operator, and of the Cluster.
fn earlier() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(Path::new(FOLDER), folder.path());
    let change = |file: &str, changes: &[(&str, &str)]| {
        let file = folder.path().join(file);
        let mut text = fs::read_to_string(&file).expect("there");
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        fs::write(&file, text).expect("written");
    };
    let operator = [
        ("operator-generic:v1.19.6", "operator-generic:v1.18.0"),
        ("uid: dep-op, generation: 2", "uid: dep-op, generation: 1"),
    ];
    change("workload/deployments.yaml", &operator);
    change(
        "management/clusters.yaml",
        &[("generation: 4", "generation: 3")],
    );
    folder
}

/// Copies a folder and moves every time in it a day back.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            let text = fs::read_to_string(&path).expect("text");
            fs::write(&target, text.replace("2026-03-04T", "2026-03-03T")).expect("written");
        }
    }
}

/// What was captured of both clusters a day earlier.
fn captured_earlier() -> (TempDir, String) {
    let old = earlier();
    let target = path(&old.path().join("old.tar.gz")).to_owned();
    let of = |name: &str| path(&old.path().join(name)).to_owned();
    let flags = [
        "--from",
        &of("workload"),
        "--management-from",
        &of("management"),
    ];
    let flags = flags.map(str::to_owned);
    exits(&asked("diagnose", &flags, &["--capture", &target]), 3);
    (old, target)
}

#[test]
fn an_earlier_capture_of_both_tells_what_differs_in_both() {
    let (_old, target) = captured_earlier();
    let before = ["-o", "json", "--before", &target];
    let found = json_of(&asked("diagnose", &recordings(), &before));
    let changes = found["changes"].to_string();
    assert!(changes.contains("operator-generic:v1.18.0"), "{changes}");
    let cluster = |change: &&Value| change["object"]["kind"] == "Cluster.cluster.x-k8s.io";
    let list = found["changes"].as_array().expect("a list");
    let cluster = list
        .iter()
        .find(cluster)
        .unwrap_or_else(|| panic!("{changes}"));
    assert_eq!(cluster["fields"][0]["from"], "3", "{cluster}");
    let gaps = found["data_gaps"].to_string();
    assert!(!gaps.contains("earlier recording"), "{gaps}");
}

#[test]
fn an_earlier_recording_of_the_workload_alone_says_what_it_lacks() {
    let old = earlier();
    let workload = path(&old.path().join("workload")).to_owned();
    let before = ["-o", "json", "--before", &workload];
    let found = json_of(&asked("diagnose", &recordings(), &before));
    let changes = found["changes"].to_string();
    assert!(changes.contains("operator-generic:v1.18.0"), "{changes}");
    assert!(!changes.contains("Cluster.cluster"), "{changes}");
    let gaps = found["data_gaps"].to_string();
    assert!(
        gaps.contains("earlier recording of the management cluster: no source holds"),
        "{gaps}"
    );
    let management = path(&old.path().join("management")).to_owned();
    let flags = ["--from", &workload, "--management-from", &management].map(str::to_owned);
    let before = format!("{FOLDER}/workload");
    let output = asked("diagnose", &flags, &["--before", &before]);
    exits(&output, 2);
    assert!(
        stderr(&output).contains("not earlier"),
        "{}",
        stderr(&output)
    );
}
