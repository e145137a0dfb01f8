//! Output formats, and that they say the same.

use serde_json::Value;

use crate::{dogwatch, exits, shop, stdout};

fn diagnose(folder: &str, format: &str) -> std::process::Output {
    dogwatch(&[
        "diagnose",
        "deploy/api",
        "-n",
        "shop",
        "--from",
        folder,
        "-o",
        format,
    ])
}

#[test]
fn the_cause_is_on_top_and_the_deadline_is_its_symptom() {
    let folder = shop::folder();
    let output = diagnose(folder.path().to_str().expect("a path"), "json");
    exits(&output, 3);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("one JSON document");
    assert_eq!(report["summary"]["status"], "rollout_blocked");
    assert_eq!(report["summary"]["top_cause"], "ImagePullBackOff");
    let causes = report["top_causes"].as_array().expect("a list");
    assert_eq!(causes[0]["mode"], "image-not-found");
    let timeout = causes
        .iter()
        .find(|cause| cause["type"] == "RolloutTimeout")
        .expect("listed");
    assert_eq!(timeout["role"], "symptom");
    assert_eq!(timeout["caused_by"][0], 1);
    assert_eq!(report["version"]["new_rs"]["name"], "api-2");
    assert_eq!(report["events"]["filtered_count"], 1);
    let headline = report["summary"]["headline"].as_str().expect("a sentence");
    assert!(headline.contains("old version still serve"), "{headline}");
}

#[test]
fn every_format_names_the_cause() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    for format in ["text", "json", "yaml", "markdown", "junit", "sarif"] {
        let output = diagnose(path, format);
        exits(&output, 3);
        let text = stdout(&output);
        assert!(text.contains("image-not-found"), "{format}: {text}");
        assert!(text.contains("reg.example/api:v2"), "{format}: {text}");
        assert!(!text.contains('\u{1b}'), "{format}: no colour into a pipe");
    }
    let sarif: Value = serde_json::from_str(&stdout(&diagnose(path, "sarif"))).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "error");
}

#[test]
fn several_formats_in_one_run() {
    let folder = shop::folder();
    let file = folder.path().join("report.xml");
    let both = format!("junit={}", file.display());
    let path = folder.path().to_str().expect("a path");
    let output = dogwatch(&["inspect", "--from", path, "-o", "json", "-o", &both]);
    exits(&output, 3);
    assert!(stdout(&output).starts_with('{'));
    let xml = std::fs::read_to_string(file).expect("it was written");
    assert!(xml.contains("<testsuite "), "{xml}");
}

#[test]
fn type_and_name_may_stand_apart() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    let one = diagnose(path, "json");
    let apart = [
        "diagnose",
        "Deployment",
        "api",
        "--namespace",
        "shop",
        "--from",
        path,
        "-o",
        "json",
    ];
    assert_eq!(stdout(&one), stdout(&dogwatch(&apart)));
}

#[test]
fn thresholds_and_exit_zero() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    let base = ["diagnose", "deploy/api", "-n", "shop", "--from", path];
    exits(&dogwatch(&[&base[..], &["--exit-zero"]].concat()), 0);
    exits(&dogwatch(&[&base[..], &["--fail-on", "none"]].concat()), 0);
    exits(
        &dogwatch(&[&base[..], &["--fail-on", "critical"]].concat()),
        3,
    );
}
