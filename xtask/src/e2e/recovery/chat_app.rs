//! The story of the on-duty document: chat-app is short of CPU.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::{Crew, Plans};
use super::load;
use super::pools::Provider;

const NAMESPACE: &str = "recovery-story";

/// A Node of the pool: three Pods of the application fit on one.
const NODE: &str = "
apiVersion: v1
kind: Node
metadata:
  name: NAME
  labels: {pool: story, kubernetes.io/hostname: NAME}
  annotations: {play.dogwatch.io/cpu: '2'}
";

const APPLICATION: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat-app}
spec:
  replicas: 2
  selector: {matchLabels: {app: chat-app}}
  template:
    metadata: {labels: {app: chat-app}}
    spec:
      nodeSelector: {pool: story}
      containers:
      - name: app
        image: chat:1
        resources:
          requests: {cpu: 600m, memory: 64Mi}
          limits: {cpu: '1', memory: 64Mi}
";

/// Short times, so that the suite does not wait as people would.
const TIMES: &str = "\
verification: {settle: 3s, hold: 5s, giveUp: 60s, lookEvery: 1s}
thresholds: {cpuWindow: 10s}
";

pub(super) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    fs::create_dir_all(work)?;
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    kubectl.run(&["create", "namespace", NAMESPACE])?;
    let provider = Provider::start(plane.kubectl(), "story-pool", NODE, 3)?;
    kubectl.feed(&["apply", "-n", NAMESPACE, "-f", "-"], APPLICATION)?;
    let load = load::start(&work.join("prometheus"), plane.kubectl(), NAMESPACE)?;
    let more = format!("{TIMES}nodePools: {{url: '{}'}}\n", provider.url);
    let mut crew = Crew::new(work, plane, dogwatch, &more)?;
    crew.prometheus.clone_from(&load.url);
    wait_alarm(&crew)?;
    let (incident, next) = first_round(&crew, &kubectl)?;
    ensure!(next.incident == incident, "it is the same incident");
    second_round(&crew, &kubectl, &provider, &next)?;
    tells(&kubectl)?;
    archive(&crew, work, &incident)
}

/// The alarm fires when the first Pods have run for a while.
fn wait_alarm(crew: &Crew<'_>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let said = crew.run(
            "alice",
            &[
                "action",
                "huawei_get_observability_context",
                "region=e2e",
                "cluster_id=e2e",
                &format!("namespace={NAMESPACE}"),
            ],
        )?;
        if said.out.contains(load::ALARM) && said.out.contains("\"firing\"") {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "the alarm does not fire: {}{}",
            said.out,
            said.err
        );
        sleep(Duration::from_millis(500));
    }
}

/// Two replicas become four; one of them stays Pending, as was predicted. What the end leads to by
/// itself is the second round.
fn first_round(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<(String, Plans)> {
    let made = crew.plans("alice", &["deployment/chat-app", "-n", NAMESPACE])?;
    let scale = made.of("scale-workload")?;
    ensure!(
        scale.letter == "A",
        "scaling is option A: {}",
        made.document
    );
    ensure!(made.options.len() == 3, "three options: {}", made.document);
    let fit = &scale.option["fit"];
    ensure!(
        fit["asked"] == 2
            && fit["fits"] == 1
            && fit["shortfall"]
                .as_str()
                .is_some_and(|words| words.contains("cpu")),
        "one of two new Pods stays Pending for CPU, and the preview says so: {fit}"
    );
    let pool = made.of("resize-node-pool")?;
    ensure!(
        pool.option["impact"]["cost"]
            .as_str()
            .is_some_and(|cost| cost.contains("0.42")),
        "the price is told: {}",
        pool.option
    );
    // The person who asked is not the one who approves, and a wrong digest is no approval.
    let own = crew.approve("alice", &scale.id, &scale.typed)?;
    ensure!(own.code == 6, "alice asked for it: {}", own.out);
    let wrong = crew.approve("bob", &scale.id, "00000000")?;
    ensure!(wrong.code == 6, "a wrong digest: {}", wrong.out);
    crew.expect("alice", &["plan", "execute", &scale.id], 6)?;
    ensure!(
        replicas(kubectl)? == 2,
        "nothing was changed without an approval"
    );
    crew.approves("bob", scale)?;
    let ended = crew.execute("bob", &scale.id, 7)?;
    ensure!(ended["state"] == "failed", "one Pod is Pending: {ended}");
    let words = ended["words"].as_str().unwrap_or_default();
    ensure!(words.contains("Insufficient cpu"), "it says why: {words}");
    ensure!(replicas(kubectl)? == 4, "four replicas are wanted now");
    // An approval counts once.
    crew.expect("bob", &["plan", "execute", &scale.id], 6)?;
    Ok((made.incident, Plans::after(&ended)?))
}

/// A Node more, approved by two people; the Pod is placed and the alarm clears.
fn second_round(
    crew: &Crew<'_>,
    kubectl: &Kubectl,
    provider: &Provider,
    made: &Plans,
) -> Result<()> {
    ensure!(
        provider.changes() == 0,
        "the next plan only waits for people"
    );
    let pool = made.of("resize-node-pool")?;
    ensure!(
        pool.letter == "B",
        "the letter keeps its meaning: {}",
        made.document
    );
    ensure!(
        made.options
            .iter()
            .all(|plan| plan.remedy != "scale-workload"),
        "more Pods would wait too: {}",
        made.document
    );
    let first = crew.approve("bob", &pool.id, &pool.typed)?;
    ensure!(
        first.code == 6,
        "one approval is not enough for high risk: {}",
        first.out
    );
    crew.expect("bob", &["plan", "execute", &pool.id], 6)?;
    crew.approves("carol", pool)?;
    let ended = crew.execute("carol", &pool.id, 0)?;
    ensure!(ended["state"] == "succeeded", "the loop is closed: {ended}");
    ensure!(provider.changes() == 1, "the pool was changed once");
    let pending = kubectl.run(&[
        "get",
        "pods",
        "-n",
        NAMESPACE,
        "--field-selector=status.phase=Pending",
        "-o",
        "name",
    ])?;
    ensure!(pending.trim().is_empty(), "no Pod is Pending: {pending}");
    Ok(())
}

/// The changed objects say who changed them, and the next installation need not wait.
fn tells(kubectl: &Kubectl) -> Result<()> {
    let path = "jsonpath={range .items[*]}{.reportingController}/{.reason}/{.regarding.name} {end}";
    let words = ["get", "events.events.k8s.io", "-n", NAMESPACE, "-o", path];
    let told = kubectl.run(&words)?;
    for reason in [
        "StepStarted",
        "StepSucceeded",
        "VerificationFailed",
        "VerificationPassed",
    ] {
        let wanted = format!("dogwatch.io/remediator/{reason}/chat-app ");
        ensure!(told.contains(&wanted), "{reason} is told: {told}");
    }
    let lease = kubectl.run(&[
        "get",
        "lease",
        "dogwatch-remediation",
        "-n",
        "kube-system",
        "-o",
        "jsonpath={.spec.holderIdentity}/{.spec.leaseDurationSeconds}",
    ])?;
    ensure!(lease == "/15", "the Lease is released: {lease}");
    Ok(())
}

fn replicas(kubectl: &Kubectl) -> Result<u32> {
    let text = kubectl.run(&[
        "get",
        "deployment",
        "chat-app",
        "-n",
        NAMESPACE,
        "-o",
        "jsonpath={.spec.replicas}",
    ])?;
    Ok(text.trim().parse()?)
}

/// The incident is resolved, the chain holds, and the case file replays offline.
fn archive(crew: &Crew<'_>, work: &Path, incident: &str) -> Result<()> {
    let shown = crew.expect("alice", &["incidents", "show", incident, "-o", "json"], 0)?;
    let shown: Value = serde_json::from_str(&shown.out)?;
    ensure!(
        shown["state"] == "resolved",
        "the incident is closed: {}",
        shown["state"]
    );
    for action in [
        "plan.proposed",
        "approval.given",
        "approval.refused",
        "step.started",
        "step.done",
        "incident.resolved",
    ] {
        let records = shown["records"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        ensure!(
            records.iter().any(|record| record["action"] == action),
            "{action} is recorded"
        );
    }
    crew.expect("alice", &["audit", "verify"], 0)?;
    let file = work.join("case.json");
    let path = file.display().to_string();
    crew.expect("alice", &["case", "export", incident, &path], 0)?;
    crew.expect("alice", &["case", "verify", &path], 0)?;
    crew.expect("alice", &["case", "replay", &path], 0)?;
    let text = fs::read_to_string(&file)?;
    let forged = text.replace("recovery-story", "recovery-stori");
    if forged == text {
        bail!("the case file names its Namespace");
    }
    fs::write(&file, forged)?;
    crew.expect("alice", &["case", "verify", &path], 1)?;
    Ok(())
}
