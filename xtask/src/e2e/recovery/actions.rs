//! The remediation actions: a preview, a person, a confirmation, and nothing twice.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::super::kubectl::Kubectl;
use super::crew::Crew;
use super::guards::{NAMESPACE, application, apply, get, wait};

/// Scales through the dispatcher.
pub(super) fn scale(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    apply(kubectl, &application("acted", "acted:1", 2, ""))?;
    wait(
        kubectl,
        "deployment/acted",
        ".status.availableReplicas",
        "2",
    )?;
    let preview = call(crew, &[], 1)?;
    ensure!(
        preview["requires_confirmation"] == true && preview["reason"] == "confirmation_required",
        "a first call only previews: {preview}"
    );
    for field in [
        "plan_id",
        "plan_digest",
        "risk_class",
        "expires_at",
        "observed_state",
        "impact",
        "rollback",
        "verification",
    ] {
        ensure!(!preview[field].is_null(), "{field} is there: {preview}");
    }
    let unapproved = call(crew, &["confirm=true"], 1)?;
    ensure!(
        unapproved["reason"] == "approval_required" && unapproved["plan_id"] == preview["plan_id"],
        "a flag is no person: {unapproved}"
    );
    ensure!(
        get(kubectl, "deployment/acted", ".spec.replicas")? == "2",
        "nothing was changed"
    );
    let plan = preview["plan_id"].as_str().context("a plan has an id")?;
    let typed = preview["typed"].as_str().context("a plan is approved")?;
    let said = crew.approve("bob", plan, typed)?;
    ensure!(said.code == 0, "bob approves: {}", said.out);
    let done = call(crew, &["confirm=true"], 0)?;
    ensure!(
        done["success"] == true && done["state"] == "succeeded",
        "it was carried out: {done}"
    );
    ensure!(
        get(kubectl, "deployment/acted", ".spec.replicas")? == "3",
        "three replicas"
    );
    let misspelt = crew.expect("alice", &words(&["confrim=true"]), 2)?;
    ensure!(
        misspelt.out.contains("confrim"),
        "it is named: {}",
        misspelt.out
    );
    let again = call(crew, &["confirm=true"], 1)?;
    ensure!(
        again["requires_confirmation"] == false && again["reason"] == "nothing_to_do",
        "it is so already: {again}"
    );
    Ok(())
}

fn words<'w>(more: &[&'w str]) -> Vec<&'w str> {
    let mut words = vec![
        "action",
        "huawei_scale_cce_workload",
        "region=e2e",
        "cluster_id=e2e",
        "workload_type=deployment",
        "name=acted",
        "namespace=recovery-guards",
        "replicas=3",
    ];
    debug_assert!(words.iter().any(|word| word.ends_with(NAMESPACE)));
    words.extend(more);
    words
}

fn call(crew: &Crew<'_>, more: &[&str], code: i32) -> Result<Value> {
    let said = crew.expect("alice", &words(more), code)?;
    serde_json::from_str(&said.out).with_context(|| format!("no JSON: {}{}", said.out, said.err))
}

/// What the action for autoscalers answers.
fn configure(crew: &Crew<'_>, more: &[&str], code: i32) -> Result<Value> {
    let mut words = vec![
        "action",
        "huawei_configure_cce_hpa",
        "region=e2e",
        "cluster_id=e2e",
        "namespace=recovery-guards",
    ];
    words.extend(more);
    let said = crew.expect("alice", &words, code)?;
    serde_json::from_str(&said.out).with_context(|| format!("no JSON: {}", said.out))
}

/// Changes bounds and aim of the autoscaler that is there. The store must be of its own: within an hour
/// one begins five plans at most.
pub(super) fn configure_autoscaler(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    let wanted = [
        "workload_name=auto",
        "min_replicas=1",
        "max_replicas=3",
        "target_cpu_utilization=60",
        "behavior={\"scaleDown\":{\"stabilizationWindowSeconds\":60}}",
    ];
    let call = |more: &[&str], code| configure(crew, &[&wanted[..], more].concat(), code);
    let aim = ".spec.maxReplicas}{.spec.metrics[0].resource.target.averageUtilization";
    let preview = call(&[], 1)?;
    let text = |field: &str| preview[field].as_str().unwrap_or_default().to_owned();
    ensure!(
        get(kubectl, "hpa/auto", aim)? == "280",
        "nothing was changed"
    );
    let said = crew.approve("bob", &text("plan_id"), &text("typed"))?;
    ensure!(said.code == 0, "bob approves: {preview} {}", said.out);
    let done = call(&["confirm=true"], 0)?;
    ensure!(done["state"] == "succeeded", "it was carried out: {done}");
    ensure!(get(kubectl, "hpa/auto", aim)? == "360", "bounds and aim");
    let pace = ".spec.behavior.scaleDown.stabilizationWindowSeconds";
    ensure!(get(kubectl, "hpa/auto", pace)? == "60", "and how fast");
    let back = crew.way_back(&text("plan_id"))?;
    crew.approves("bob", &back)?;
    let ended = crew.execute("bob", &back.id, 0)?;
    ensure!(ended["state"] == "succeeded", "the way back: {ended}");
    ensure!(get(kubectl, "hpa/auto", aim)? == "280", "as before");
    ensure!(get(kubectl, "hpa/auto", pace)? != "60", "as fast as before");
    Ok(())
}

/// Makes an autoscaler for a workload that has none, and takes it away again.
pub(super) fn make_autoscaler(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    apply(kubectl, &application("grows", "grows:1", 2, ""))?;
    wait(
        kubectl,
        "deployment/grows",
        ".status.availableReplicas",
        "2",
    )?;
    let wanted = ["workload_name=grows", "min_replicas=2", "max_replicas=4"];
    let call = |more: &[&str], code| configure(crew, &[&wanted[..], more].concat(), code);
    let names = || -> Result<String> {
        let path = ".items[?(@.spec.scaleTargetRef.name==\"grows\")].metadata.name";
        get(kubectl, "hpa", path)
    };
    let preview = call(&[], 1)?;
    let text = |field: &str| preview[field].as_str().unwrap_or_default().to_owned();
    ensure!(names()?.is_empty(), "a preview makes nothing: {preview}");
    let said = crew.approve("bob", &text("plan_id"), &text("typed"))?;
    ensure!(said.code == 0, "bob approves: {preview} {}", said.out);
    let done = call(&["confirm=true"], 0)?;
    ensure!(done["state"] == "succeeded", "it was carried out: {done}");
    let aim = ".spec.maxReplicas}{.spec.metrics[0].resource.target.averageUtilization";
    ensure!(get(kubectl, "hpa/grows", aim)? == "470", "bounds and aim");
    let again = call(&["confirm=true"], 1)?;
    ensure!(
        again["reason"] == "nothing_to_do",
        "it is so already: {again}"
    );
    let back = crew.way_back(&text("plan_id"))?;
    crew.approves("bob", &back)?;
    let ended = crew.execute("bob", &back.id, 0)?;
    ensure!(ended["state"] == "succeeded", "the way back: {ended}");
    ensure!(names()?.is_empty(), "it is gone again");
    Ok(())
}
