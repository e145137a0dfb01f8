//! How soon a verification sees that the condition holds.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::Crew;
use super::guards::{NAMESPACE, application, apply, wait};

/// Between the condition and the verdict.
const LATEST: Duration = Duration::from_secs(1);

/// Nothing is looked at by the clock within the story: only a watch can be in time.
const LOOKS: Duration = Duration::from_secs(50);

/// Scales out while the only Node takes no Pods, lets it take them, and measures how long after the
/// Deployment is available the verdict is there.
pub(super) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    let config = format!(
        "cluster: e2e
remediation: {{enabled: true, kubeconfig: {}}}
approval:
  grants:
  - {{who: ['kubernetes:bob'], role: admin}}
verification: {{settle: 0s, hold: 0s, giveUp: 100s, lookEvery: {}s}}
",
        plane.kubeconfig_of("remediator").display(),
        LOOKS.as_secs()
    );
    let crew = Crew::with_config(work, plane, dogwatch, &config)?;
    prepare(&kubectl)?;
    let words = [
        "deployment/late",
        "-n",
        NAMESPACE,
        "--remedy",
        "scale-workload",
        "--set",
        "replicas=2",
    ];
    let made = crew.plans("alice", &words)?;
    let plan = made.of("scale-workload")?;
    crew.approves("bob", plan)?;
    kubectl.run(&["cordon", "late-1"])?;
    let executing = crew.spawn("bob", &["plan", "execute", &plan.id, "--quiet"])?;
    let begin = Instant::now();
    wait(&kubectl, "deployment/late", ".spec.replicas", "2")?;
    // The first look finds a Pending Pod.
    sleep(Duration::from_secs(4));
    kubectl.run(&["uncordon", "late-1"])?;
    kubectl.run(&[
        "wait",
        "deployment/late",
        "-n",
        NAMESPACE,
        "--for=jsonpath={.status.availableReplicas}=2",
        "--timeout=40s",
    ])?;
    let available = Instant::now();
    let output = executing.wait_with_output().context("wait for dogwatch")?;
    let took = available.elapsed();
    ensure!(
        output.status.success(),
        "it is verified: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    println!(
        "recovery: the verdict came {} ms after the Deployment was available",
        took.as_millis()
    );
    ensure!(begin.elapsed() < LOOKS, "the clock has not helped");
    ensure!(took < LATEST, "the verdict is late");
    Ok(())
}

fn prepare(kubectl: &Kubectl) -> Result<()> {
    let node = "{apiVersion: v1, kind: Node, metadata: {name: late-1, labels: {pool: late, kubernetes.io/hostname: late-1}}}";
    kubectl.feed(&["apply", "-f", "-"], node)?;
    let manifest = application("late", "late:1", 1, "").replace("pool: shared", "pool: late");
    apply(kubectl, &manifest)?;
    wait(kubectl, "deployment/late", ".status.availableReplicas", "1")
}
