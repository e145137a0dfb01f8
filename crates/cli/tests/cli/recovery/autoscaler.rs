//! A workload without an autoscaler gets one by the action that configures it, and loses only that one.

use serde_json::Value;

use super::{OPEN, Sandbox};

/// What the action answers.
fn configure(sandbox: &Sandbox, more: &[&str]) -> Value {
    let mut words = vec![
        "action",
        "huawei_configure_cce_hpa",
        "region=r",
        "cluster_id=c",
        "workload_name=checkout",
        "namespace=shop",
        "min_replicas=2",
        "max_replicas=5",
    ];
    words.extend(more);
    let output = sandbox.dogwatch(&words);
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

/// How a change of the autoscaler is answered, with the exit code.
fn change(sandbox: &Sandbox, code: i32) -> String {
    let words = ["plan", "create", "hpa/checkout", "-n", "shop"];
    let more = ["--remedy", "bound-autoscaler", "--set", "max=6"];
    sandbox.expect(&[&words[..], &more].concat(), code)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().expect("a text")
}

#[test]
fn an_autoscaler_is_made_for_a_workload_and_taken_away_again() {
    let sandbox = Sandbox::start(OPEN);
    let preview = configure(&sandbox, &[]);
    assert_eq!(preview["requires_confirmation"], true, "{preview}");
    let warning = text(&preview, "warning");
    assert!(
        warning.contains("create HorizontalPodAutoscaler/shop/checkout"),
        "{warning}"
    );
    let absent = change(&sandbox, 1);
    assert!(absent.contains("does not exist"), "{absent}");
    let (plan, digest) = (text(&preview, "plan_id"), text(&preview, "plan_digest"));
    sandbox.expect(&["plan", "approve", plan, "--approve", digest], 0);
    let done = configure(&sandbox, &["confirm=true"]);
    assert_eq!(done["state"], "succeeded", "{done}");
    let again = configure(&sandbox, &["confirm=true"]);
    assert_eq!(again["reason"], "nothing_to_do", "{again}");
    let second = configure(&sandbox, &["hpa_name=other"]);
    assert_eq!(second["reason"], "owned_by_autoscaler", "{second}");
    let said = sandbox.expect(&["plan", "rollback", plan], 6);
    assert!(said.contains("which this plan made"), "{said}");
    let mut words = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let back = words.find(|word| word.starts_with("plan-") && *word != plan);
    let back = back.expect("a plan is named");
    let shown = sandbox.expect(&["plan", "show", back, "-o", "json"], 0);
    let shown: Value = serde_json::from_str(&shown).expect("one JSON document");
    let digest = text(&shown["plans"][0], "digest");
    sandbox.expect(&["plan", "approve", back, "--approve", digest], 0);
    sandbox.expect(&["plan", "execute", back], 0);
    change(&sandbox, 1);
    let twice = sandbox.expect(&["plan", "rollback", plan], 6);
    assert!(twice.contains("gone already"), "{twice}");
}
