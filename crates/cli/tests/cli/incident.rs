//! The add-on incident: two clusters, one graph, and what must not be done.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use super::{dogwatch, exits, stderr, stdout};

const CLUSTER: &str = "cluster/dm-nkp-workload-1";
const NAMESPACE: &str = "dm-dev-workspace";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/incidents/helm-addons");

fn report(folder: &Path, format: &str) -> String {
    let (workload, management) = (folder.join("workload"), folder.join("management"));
    let output = dogwatch(&[
        "--quiet",
        "report",
        CLUSTER,
        "-n",
        NAMESPACE,
        "--from",
        workload.to_str().expect("the path is UTF-8"),
        "--management-from",
        management.to_str().expect("the path is UTF-8"),
        "-o",
        format,
    ]);
    exits(&output, 3);
    stdout(&output)
}

fn json(folder: &Path) -> Value {
    serde_json::from_str(&report(folder, "json")).expect("the report is JSON")
}

fn modes(report: &Value, role: &str) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings are a list");
    let of_role = findings.iter().filter(|entry| entry["role"] == role);
    of_role
        .map(|entry| entry["mode"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The incident with changed files: `(file, from, to)`.
fn changed(changes: &[(&str, &str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    copy(Path::new(FOLDER), folder.path());
    for (file, from, to) in changes {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert!(text.contains(from), "{file} holds {from}");
        fs::write(&path, text.replace(from, to)).expect("the file can be written");
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

#[test]
fn the_chain_leads_from_the_agents_to_the_charts() {
    let report = json(Path::new(FOLDER));
    assert_eq!(modes(&report, "cause")[0], "startup-failing");
    let symptoms = modes(&report, "symptom");
    for mode in [
        "cni-agent-down",
        "cluster-vip-unreachable",
        "ccm-not-running",
        "node-uninitialized-cloud",
        "node-uninitialized-capi",
        "untolerated-taint",
        "helm-hook-timeout",
        "hrp-helm-failed",
        "hcp-not-ready",
        "hcp-updating-stuck",
    ] {
        assert!(
            symptoms.iter().any(|known| known == mode),
            "{mode}: {symptoms:?}"
        );
    }
    let chain = report["chains"][0].as_str().expect("there is a chain");
    assert!(chain.starts_with("startup-failing → "), "{chain}");
}

#[test]
fn one_running_operator_keeps_the_circle_open() {
    let report = json(Path::new(FOLDER));
    assert_eq!(report["cycles"]["proven"], serde_json::json!([]));
    let open = &report["cycles"]["would_be"][0];
    let missing = open["missing_proofs"][0].as_str().expect("what is missing");
    assert!(
        missing.contains("no replica of cilium-operator runs (1 of 2 now)"),
        "{missing}"
    );
    assert!(
        open["cuts"][0].as_str().expect("a cut").contains("cilium"),
        "{open}"
    );
}

#[test]
fn without_an_operator_and_with_the_agents_own_words_the_circle_closes() {
    let running = "nodeName: w1-cp-a\n  hostNetwork: true\n  tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}, {key: node.cloudprovider.kubernetes.io/uninitialized, operator: Exists}, {key: node.kubernetes.io/not-ready";
    let folder = changed(&[(
        "workload/pods.yaml",
        running,
        &running["nodeName: w1-cp-a\n  ".len()..],
    )]);
    let pods = folder.path().join("workload/pods.yaml");
    let text = fs::read_to_string(&pods).expect("pods");
    let at = text
        .find("name: cilium-operator-7f-1")
        .expect("the first replica");
    let (before, after) = text.split_at(at);
    let end = after.find("---").expect("another Pod follows");
    let status = after[..end].find("status:").expect("a status");
    let pending = "status:\n  phase: Pending\n  conditions:\n  - {type: PodScheduled, status: \"False\", reason: Unschedulable, lastTransitionTime: \"2026-03-04T08:42:05Z\", message: \"0/4 nodes are available: 4 node(s) had untolerated taint {node.cluster.x-k8s.io/uninitialized: }.\"}\n";
    let text = format!("{before}{}{pending}{}", &after[..status], &after[end..]);
    fs::write(&pods, text).expect("pods");
    let logs = folder.path().join("workload/logs/kube-system");
    for agent in ["cilium-1", "cilium-2", "cilium-3", "cilium-4"] {
        let place = logs.join(agent);
        fs::create_dir_all(&place).expect("a folder");
        let line = "level=info msg=\"Still waiting for Cilium Operator to register the following CRDs: [crd:ciliumnodes.cilium.io]\" subsys=k8s\n";
        fs::write(place.join("cilium-agent.previous.log"), line).expect("a log");
        fs::write(place.join("cilium-agent.log"), line).expect("a log");
    }
    let report = json(folder.path());
    let proven = report["cycles"]["proven"].as_array().expect("a list");
    assert_eq!(proven.len(), 1, "{proven:?}");
    let members = proven[0]["members"].to_string();
    for mode in [
        "cni-operator-missing",
        "ccm-not-running",
        "node-uninitialized-capi",
    ] {
        assert!(members.contains(mode), "{mode}: {members}");
    }
}

#[test]
fn what_would_do_harm_is_refused_with_the_reason() {
    let report = json(Path::new(FOLDER));
    let refused = report["refused"].to_string();
    for words in [
        "Delete the HelmReleaseProxy",
        "uninstalls the release",
        "Remove the uninitialized taints",
    ] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let steps = report["recovery"].to_string();
    assert!(
        !steps.contains("kubectl delete") && !steps.contains("taint nodes"),
        "{steps}"
    );
    assert_eq!(report["recovery"][0]["mode"], "startup-failing");
}

#[test]
fn an_object_of_the_same_name_in_the_other_cluster_is_no_witness() {
    // A cluster that manages itself has a Machine of its own with trouble of its own.
    let folder = changed(&[]);
    let own = "apiVersion: cluster.x-k8s.io/v1beta1\nkind: Machine\nmetadata: {name: w1-cp-a, namespace: dm-dev-workspace, uid: other, creationTimestamp: \"2026-03-01T07:55:00Z\"}\nspec: {clusterName: dm-nkp-workload-1}\nstatus:\n  phase: Running\n  conditions:\n  - {type: HealthCheckSucceeded, status: \"False\", reason: UnhealthyNode, message: \"x\", lastTransitionTime: \"2026-03-04T08:00:00Z\"}\n";
    fs::write(folder.path().join("workload/machines.yaml"), own).expect("a file");
    assert_eq!(
        json(folder.path())["findings"],
        json(Path::new(FOLDER))["findings"]
    );
}

#[test]
fn the_report_is_one_page_without_a_script() {
    let page = report(Path::new(FOLDER), "html");
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<svg"),
        "a page with a picture"
    );
    assert!(!page.contains("<script") && !page.contains("http-equiv=\"refresh\""));
    assert!(!page.contains("src=\"http"), "nothing is fetched");
    let text = report(Path::new(FOLDER), "markdown");
    assert!(
        text.contains("```mermaid") && text.contains("## Not to be done"),
        "{text}"
    );
    let terminal = report(Path::new(FOLDER), "text");
    for line in terminal.lines().filter(|line| !line.contains("kubectl")) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn a_cluster_that_is_not_there_and_flags_that_do_not_fit() {
    let folder = Path::new(FOLDER);
    let (workload, management) = (folder.join("workload"), folder.join("management"));
    let from = ["--from", workload.to_str().expect("UTF-8")];
    let there = ["--management-from", management.to_str().expect("UTF-8")];
    let asked = [
        &["diagnose", "cluster/dm-nkp-workload-2", "-n", NAMESPACE][..],
        &from,
        &there,
    ]
    .concat();
    let output = dogwatch(&asked);
    assert!(
        stderr(&output).contains("did you mean \"dm-nkp-workload-1\"?"),
        "{}",
        stderr(&output)
    );
    let output = dogwatch(&[&["diagnose", "deploy/web"][..], &from, &there].concat());
    exits(&output, 2);
    assert!(
        stderr(&output).contains("belong to cluster/NAME"),
        "{}",
        stderr(&output)
    );
}
