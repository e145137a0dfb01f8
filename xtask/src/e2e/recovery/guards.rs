//! Short stories: what must go through, and what must be stopped.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::{Crew, Plan};
use super::prompt;

pub(super) const NAMESPACE: &str = "recovery-guards";

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 40s, lookEvery: 1s}\n";

pub(super) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    kubectl.run(&["create", "namespace", NAMESPACE])?;
    let crew = Crew::new(work, plane, dogwatch, TIMES)?;
    rollback(&crew, &kubectl).context("rollback of a bad release")?;
    drift(&crew, &kubectl).context("drift between approval and execution")?;
    super::quota::run(&crew, &kubectl).context("a quota stops a scale-out in the preview")?;
    autoscaler(&crew, &kubectl).context("an autoscaler would undo a scale-out")?;
    let other = Crew::new(&work.join("autoscaler"), plane, dogwatch, TIMES)?;
    super::actions::configure_autoscaler(&other, &kubectl)
        .context("an autoscaler is configured")?;
    super::actions::make_autoscaler(&other, &kubectl).context("an autoscaler is made")?;
    budget(&crew, &kubectl).context("a drain against a budget")?;
    prompt::run(&work.join("prompt"), plane, dogwatch).context("a verdict without delay")?;
    super::sibling::run(&work.join("sibling"), plane, dogwatch)
        .context("a pool that cannot grow gets a sibling")?;
    super::actions::scale(&crew, &kubectl)
        .context("an action previews, waits, and does it once")?;
    paused(&crew).context("the switch that stops everything")?;
    crew.expect("alice", &["audit", "verify"], 0)?;
    Ok(())
}

pub(super) fn application(name: &str, image: &str, replicas: u32, more: &str) -> String {
    format!(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}, annotations: {{{more}}}}}
    spec:
      nodeSelector: {{pool: shared}}
      containers:
      - name: app
        image: {image}
        resources: {{requests: {{cpu: 10m}}, limits: {{cpu: 20m}}}}
"
    )
}

pub(super) fn apply(kubectl: &Kubectl, manifest: &str) -> Result<()> {
    kubectl.feed(&["apply", "-n", NAMESPACE, "-f", "-"], manifest)?;
    Ok(())
}

pub(super) fn get(kubectl: &Kubectl, object: &str, path: &str) -> Result<String> {
    let path = format!("jsonpath={{{path}}}");
    Ok(kubectl
        .run(&["get", object, "-n", NAMESPACE, "-o", &path])?
        .trim()
        .to_owned())
}

pub(super) fn wait(kubectl: &Kubectl, object: &str, path: &str, value: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        let now = get(kubectl, object, path)?;
        if now == value {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "{object} {path} stays {now} and does not become {value}"
        );
        sleep(Duration::from_millis(300));
    }
}

/// A release with an image that nobody has is rolled back, and the plan back is refused to nobody.
fn rollback(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    apply(kubectl, &application("shop", "shop:1", 2, ""))?;
    wait(kubectl, "deployment/shop", ".status.availableReplicas", "2")?;
    let broken = application(
        "shop",
        "shop:2",
        2,
        "play.dogwatch.io/fault: err-image-not-found",
    );
    apply(kubectl, &broken)?;
    let deadline = Instant::now() + Duration::from_secs(40);
    let made = loop {
        // Until the failed pull is reported there is nothing to plan.
        let made = crew.plans("alice", &["deployment/shop", "-n", NAMESPACE]);
        match made {
            Ok(made) if made.of("rollback-workload").is_ok() => break made,
            _ if Instant::now() < deadline => sleep(Duration::from_millis(500)),
            other => bail!("no rollback is offered: {other:?}"),
        }
    };
    let plan = made.of("rollback-workload")?;
    crew.approves("bob", plan)?;
    let ended = crew.execute("bob", &plan.id, 0)?;
    ensure!(
        ended["state"] == "succeeded",
        "the old release is back: {ended}"
    );
    let image = get(
        kubectl,
        "deployment/shop",
        ".spec.template.spec.containers[0].image",
    )?;
    ensure!(image == "shop:1", "the image of the first release: {image}");
    let mark = get(
        kubectl,
        "deployment/shop",
        ".metadata.annotations.dogwatch\\.io/plan-id",
    )?;
    ensure!(mark == plan.id, "the object names the plan: {mark}");
    Ok(())
}

/// What changes after the approval voids it.
fn drift(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    apply(kubectl, &application("drift", "drift:1", 2, ""))?;
    wait(
        kubectl,
        "deployment/drift",
        ".status.availableReplicas",
        "2",
    )?;
    let words = [
        "deployment/drift",
        "-n",
        NAMESPACE,
        "--remedy",
        "scale-workload",
        "--set",
        "replicas=3",
    ];
    let made = crew.plans("alice", &words)?;
    let plan = made.of("scale-workload")?;
    crew.approves("bob", plan)?;
    kubectl.run(&["scale", "deployment/drift", "-n", NAMESPACE, "--replicas=1"])?;
    let ended = crew.execute("bob", &plan.id, 6)?;
    ensure!(
        ended["state"] == "drifted",
        "somebody else scaled it: {ended}"
    );
    let now = get(kubectl, "deployment/drift", ".spec.replicas")?;
    ensure!(now == "1", "nothing was written over it: {now}");
    Ok(())
}

/// What an autoscaler would undo within seconds is not offered.
fn autoscaler(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    apply(kubectl, &application("auto", "auto:1", 2, ""))?;
    kubectl
        .run(&[
            "autoscale",
            "deployment/auto",
            "-n",
            NAMESPACE,
            "--min=1",
            "--max=2",
            "--cpu=80%",
        ])
        .or_else(|_| {
            kubectl.run(&[
                "autoscale",
                "deployment/auto",
                "-n",
                NAMESPACE,
                "--min=1",
                "--max=2",
                "--cpu-percent=80",
            ])
        })?;
    let words = [
        "plan",
        "create",
        "deployment/auto",
        "-n",
        NAMESPACE,
        "--remedy",
        "scale-workload",
        "--set",
        "replicas=4",
    ];
    let said = crew.expect("alice", &words, 6)?;
    ensure!(
        said.err.contains("HorizontalPodAutoscaler auto"),
        "it is named: {}",
        said.err
    );
    Ok(())
}

/// A budget that allows nothing ever is named, and nothing is evicted; one that allows one after the
/// other is waited for.
fn budget(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    let nodes = "
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: drain-1, labels: {pool: drain, kubernetes.io/hostname: drain-1}}}
- {apiVersion: v1, kind: Node, metadata: {name: drain-2, labels: {pool: drain, kubernetes.io/hostname: drain-2}}}
";
    kubectl.feed(&["apply", "-f", "-"], nodes)?;
    let manifest = application("held", "held:1", 2, "").replace("pool: shared", "pool: drain");
    apply(kubectl, &manifest)?;
    wait(kubectl, "deployment/held", ".status.availableReplicas", "2")?;
    kubectl.run(&[
        "create",
        "poddisruptionbudget",
        "held",
        "-n",
        NAMESPACE,
        "--selector=app=held",
        "--min-available=2",
    ])?;
    wait(
        kubectl,
        "poddisruptionbudget/held",
        ".status.expectedPods",
        "2",
    )?;
    let node = get(
        kubectl,
        "pods",
        ".items[?(@.metadata.labels.app==\"held\")].spec.nodeName",
    )?;
    let node = node
        .split_whitespace()
        .next()
        .context("a Pod has a Node")?
        .to_owned();
    let object = format!("node/{node}");
    let words = ["plan", "create", &object, "--remedy", "drain-node"];
    let said = crew.expect("alice", &words, 6)?;
    ensure!(
        said.err.contains("held"),
        "the budget is named: {}",
        said.err
    );
    kubectl.run(&[
        "patch",
        "poddisruptionbudget",
        "held",
        "-n",
        NAMESPACE,
        "-p",
        "{\"spec\":{\"minAvailable\":1}}",
    ])?;
    wait(
        kubectl,
        "poddisruptionbudget/held",
        ".status.disruptionsAllowed",
        "1",
    )?;
    let made = crew.plans("alice", &[&object, "--remedy", "drain-node"])?;
    let plan = made.of("drain-node")?;
    agree(crew, plan)?;
    let ended = crew.execute("carol", &plan.id, 0)?;
    ensure!(ended["state"] == "succeeded", "the node is empty: {ended}");
    wait(kubectl, "deployment/held", ".status.availableReplicas", "2")?;
    // Others share the cluster.
    kubectl.run(&["uncordon", &node])?;
    Ok(())
}

/// Two people, who both name what is drained.
fn agree(crew: &Crew<'_>, plan: &Plan) -> Result<()> {
    let first = crew.approve("bob", &plan.id, &plan.typed)?;
    ensure!(first.code == 6, "two people: {}", first.out);
    let unnamed = crew.approve("carol", &plan.id, &plan.digest[..8])?;
    ensure!(
        unnamed.code == 6 && unnamed.out.contains("drain-node"),
        "what is drained has to be named: {}",
        unnamed.out
    );
    crew.approves("carol", plan)
}

/// One person stops everything; two let it go on.
fn paused(crew: &Crew<'_>) -> Result<()> {
    crew.expect("alice", &["pause", "the network is being changed"], 6)?;
    crew.expect("bob", &["pause", "the network is being changed"], 0)?;
    let words = [
        "deployment/shop",
        "-n",
        NAMESPACE,
        "--remedy",
        "scale-workload",
        "--set",
        "replicas=3",
    ];
    let made = crew.plans("alice", &words)?;
    let plan = made.of("scale-workload")?;
    let said = crew.approve("bob", &plan.id, &plan.typed)?;
    ensure!(
        said.code == 6 && said.out.contains("paused"),
        "nothing is approved now: {}",
        said.out
    );
    crew.expect("bob", &["resume", "1"], 6)?;
    crew.expect("bob", &["resume", "1"], 6)?;
    crew.expect("carol", &["resume", "1"], 0)?;
    Ok(())
}
