//! A workload is deleted only by two people, and never by a preview.

use serde_json::Value;

use super::{OPEN, Sandbox};

impl Sandbox {
    fn json(&self, words: &[&str]) -> Value {
        let output = self.dogwatch(words);
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    /// Pods of the Namespace by name.
    fn pods(&self) -> Vec<String> {
        let said = self.json(&[
            "action",
            "huawei_get_cce_pods",
            "region=r",
            "cluster_id=c",
            "namespace=shop",
        ]);
        let pods = said["pods"].as_array().expect("a list of Pods");
        let names = pods.iter().map(|pod| pod["name"].as_str().expect("a name"));
        names.map(str::to_owned).collect()
    }
}

fn delete<'w>(more: &[&'w str]) -> Vec<&'w str> {
    let mut words = vec![
        "action",
        "huawei_delete_cce_workload",
        "region=r",
        "cluster_id=c",
        "workload_type=deployment",
        "name=checkout",
        "namespace=shop",
    ];
    words.extend(more);
    words
}

#[test]
fn a_preview_of_a_deletion_leaves_everything_in_place() {
    let sandbox = Sandbox::start(OPEN);
    let before = sandbox.pods();
    assert!(!before.is_empty());
    let preview = sandbox.json(&delete(&[]));
    assert_eq!(preview["requires_confirmation"], true, "{preview}");
    assert_eq!(preview["risk_class"], "R3");
    assert_eq!(preview["risk"], "high");
    assert_eq!(preview["blocked"], serde_json::json!([]));
    let warning = preview["warning"].as_str().expect("a sentence");
    assert!(
        warning.contains("delete Deployment/shop/checkout"),
        "{warning}"
    );
    let notes = preview["notes"].to_string();
    assert!(notes.contains("kubectl get deployment checkout"), "{notes}");
    assert_eq!(sandbox.pods(), before);
    let plan = preview["plan_id"].as_str().expect("an id");
    let digest = preview["plan_digest"].as_str().expect("a digest");
    sandbox.expect(&["plan", "approve", plan, "--approve", digest], 6);
    let again = sandbox.json(&delete(&["confirm=true"]));
    assert_eq!(again["reason"], "approval_required", "{again}");
    assert_eq!(sandbox.pods(), before);
    sandbox.expect(&["diagnose", "deploy/checkout", "-n", "shop"], 3);
}

#[test]
fn a_deletion_names_one_workload_exactly() {
    let sandbox = Sandbox::start(OPEN);
    let words = ["plan", "create", "deploy/checkout", "-n", "shop"];
    let asked = |more: &[&'static str]| [&words[..], &["--remedy"], more].concat();
    let said = sandbox.expect(&asked(&["delete-workload", "--set", "force=true"]), 2);
    assert!(said.contains("no parameter force"), "{said}");
    let fuzzy = delete(&[])
        .into_iter()
        .map(|word| word.replace("name=checkout", "name=check"))
        .collect::<Vec<_>>();
    let fuzzy: Vec<&str> = fuzzy.iter().map(String::as_str).collect();
    let said = sandbox.json(&fuzzy);
    assert_eq!(said["success"], false);
    let error = said["error"].as_str().expect("a sentence");
    assert!(error.contains("check does not exist"), "{error}");
    let raise = [
        "raise-quota",
        "--set",
        "quota=none",
        "--set",
        "raise=pods=9",
    ];
    let said = sandbox.expect(&asked(&raise), 6);
    assert!(
        said.contains("ResourceQuota/shop/none is not there"),
        "{said}"
    );
}
