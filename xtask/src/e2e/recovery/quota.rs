//! A quota stops a scale-out in the preview.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::super::kubectl::Kubectl;
use super::crew::Crew;
use super::guards::application;

/// A quota that lets one of two new Pods through is told before anything is done; one that lets
/// none through ends the plan.
pub(super) fn run(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    kubectl.run(&["create", "namespace", "recovery-quota"])?;
    kubectl.run(&[
        "create",
        "quota",
        "small",
        "-n",
        "recovery-quota",
        "--hard=pods=3",
    ])?;
    let manifest = application("small", "small:1", 2, "");
    kubectl.feed(&["apply", "-n", "recovery-quota", "-f", "-"], &manifest)?;
    counted(kubectl)?;
    let words = [
        "deployment/small",
        "-n",
        "recovery-quota",
        "--remedy",
        "scale-workload",
        "--set",
        "replicas=4",
    ];
    let made = crew.plans("alice", &words)?;
    let fit = &made.of("scale-workload")?.option["fit"];
    ensure!(
        fit["fits"] == 1
            && fit["shortfall"]
                .as_str()
                .is_some_and(|words| words.contains("small")),
        "the quota is told: {fit}"
    );
    kubectl.run(&[
        "patch",
        "quota",
        "small",
        "-n",
        "recovery-quota",
        "-p",
        "{\"spec\":{\"hard\":{\"pods\":\"2\"}}}",
    ])?;
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let said = crew.run("alice", &[&["plan", "create"], &words[..]].concat())?;
        if said.code == 6 && said.err.contains("small") {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "no Pod would be let through: {} {}",
            said.out,
            said.err
        );
        sleep(Duration::from_millis(300));
    }
}

/// Waits until the quota has counted the first two Pods.
fn counted(kubectl: &Kubectl) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    let words = [
        "get",
        "quota",
        "small",
        "-n",
        "recovery-quota",
        "-o",
        "jsonpath={.status.used.pods}",
    ];
    loop {
        let used = kubectl.run(&words)?;
        if used.trim() == "2" {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the quota counts {used}");
        sleep(Duration::from_millis(300));
    }
}
