//! The real kubectl against `dogwatch replay` of a captured bundle.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::path::Path;

use super::controlplane::ControlPlane;
use super::kubectl::Kubectl;
use super::scenario::Scenario;
use super::verdict::Dogwatch;

/// The scenario whose bundle is replayed for kubectl: it has old and new Pods, events and logs.
pub(crate) const SCENARIO: &str = "status-rollout-blocked";

/// Runs the reading commands of kubectl against the live cluster and against the replay.
///
/// The live cluster comes first: what fails there is a mistake of this check, not of the replay.
pub(crate) fn check(
    dogwatch: &Dogwatch,
    scenario: &Scenario,
    plane: &ControlPlane,
    folder: &Path,
) -> Result<()> {
    let replay = dogwatch.replay(folder)?;
    let sessions = [
        ("the live cluster", plane.kubectl()),
        ("the replay", plane.kubectl_with(&replay.kubeconfig)),
    ];
    for (name, kubectl) in sessions {
        let session = Session {
            is_live: name == "the live cluster",
            kubectl,
            namespace: scenario.namespace(),
            subject: scenario.subject(),
            name: scenario.script.target.name.clone(),
        };
        session
            .gets()
            .with_context(|| format!("kubectl get against {name}"))?;
        session
            .selections()
            .with_context(|| format!("kubectl selectors against {name}"))?;
        session
            .reads()
            .with_context(|| format!("kubectl reading commands against {name}"))?;
    }
    Ok(())
}

struct Session {
    kubectl: Kubectl,
    is_live: bool,
    namespace: String,
    subject: String,
    name: String,
}

impl Session {
    fn run(&self, line: &str) -> Result<String> {
        let mut arguments = vec!["-n", self.namespace.as_str()];
        arguments.extend(line.split_whitespace());
        self.kubectl.run(&arguments)
    }

    fn says(&self, line: &str, wanted: &str) -> Result<String> {
        let output = self.run(line)?;
        ensure!(
            output.contains(wanted),
            "kubectl {line} does not say {wanted:?}:\n{output}"
        );
        Ok(output)
    }

    fn gets(&self) -> Result<()> {
        let Self { subject, name, .. } = self;
        let json = self.run(&format!("get {subject} -o json"))?;
        let object: Value = serde_json::from_str(&json).context("parse the JSON of kubectl get")?;
        let seen = object.pointer("/metadata/name").and_then(Value::as_str);
        ensure!(seen == Some(name), "kubectl get -o json names {seen:?}");
        self.says(&format!("get {subject} -o yaml"), "kind: Deployment")?;
        self.says(&format!("get {subject}"), "UP-TO-DATE")?;
        self.says("get pods", "RESTARTS")?;
        let wide = self.says("get pods -o wide", "NODE")?;
        ensure!(
            wide.lines().count() > 2,
            "kubectl get pods -o wide shows too few pods:\n{wide}"
        );
        self.says("get replicasets,pods", name)?;
        Ok(())
    }

    fn selections(&self) -> Result<()> {
        let count = |line: &str| -> Result<usize> {
            Ok(self
                .run(&format!("get pods -o name {line}"))?
                .lines()
                .count())
        };
        let all = count("")?;
        ensure!(all >= 2, "the replay shows {all} pods");
        ensure!(
            count(&format!("-l app={}", self.name))? == all,
            "-l app=NAME loses pods"
        );
        ensure!(count("-l app=another")? == 0, "-l app=another finds pods");
        let pending = count("--field-selector=status.phase=Pending")?;
        let running = count("--field-selector=status.phase=Running")?;
        ensure!(
            pending + running == all,
            "{pending} Pending and {running} Running of {all}"
        );
        ensure!(
            pending > 0 && running > 0,
            "{pending} Pending and {running} Running"
        );
        ensure!(count("--chunk-size=1")? == all, "--chunk-size=1 loses pods");
        Ok(())
    }

    /// The log of a healthy Pod: the kubelet has it; the capture did not need it, and its replay
    /// says so instead of showing an empty log.
    fn logs(&self, pod: &str) -> Result<()> {
        let answer = self.run(&format!("logs {pod}"));
        if self.is_live {
            return answer.map(drop);
        }
        let refusal = answer
            .err()
            .context("a log that was not recorded is shown")?;
        let refusal = format!("{refusal:#}");
        ensure!(
            refusal.contains("was not recorded"),
            "kubectl logs says {refusal}"
        );
        Ok(())
    }

    fn reads(&self) -> Result<()> {
        let Self { subject, name, .. } = self;
        self.says(&format!("describe {subject}"), "OldReplicaSets")?;
        let pods = self.run("get pods -o name --field-selector=status.phase=Pending")?;
        let pod = pods.lines().next().context("a Pending pod")?.to_owned();
        self.says(&format!("describe {pod}"), "Failed to pull image")?;
        self.says("events", "Failed to pull image")?;
        self.says(&format!("events --for {pod}"), "Failed to pull image")?;
        let serving = self.run("get pods -o name --field-selector=status.phase=Running")?;
        let serving = serving.lines().next().context("a Running pod")?.to_owned();
        self.logs(&serving)?;
        let waiting = self.run(&format!("rollout status {subject} --timeout=2s"));
        let waiting = waiting
            .err()
            .context("rollout status of a blocked rollout succeeds")?;
        let waiting = format!("{waiting:#}");
        ensure!(
            waiting.contains("timed out") || waiting.contains("exceeded its progress deadline"),
            "rollout status says {waiting}"
        );
        // The watch ends without an error when the request reaches its timeout.
        self.says("get pods --watch --request-timeout=2s", name)?;
        Ok(())
    }
}
