//! The add-on incident on two real control planes: a management cluster that leads to a workload
//! cluster by a Secret.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::binaries::Binaries;
use super::controlplane::ControlPlane;
use super::kubectl::Kubectl;
use super::play;

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "two-clusters-helm-addons";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "Agents of the Pod network fail, and add-ons of Cluster API fail with them. Two real control \
planes; real controllers make the Pods, the real scheduler refuses them. The suite plays the kubelet \
and sets the status of Cluster API objects.";

const SETTLED_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(500);

/// A word of the Secret and one of the chart values: neither may appear in any output.
const SECRETS: &[&str] = &["admin-of-a-throwaway-cluster", "never-to-be-read"];

/// Nodes may stay uninitialised for three minutes before anything is wrong: the suite plays other
/// scenarios meanwhile.
const AGED: Duration = Duration::from_secs(190);

/// Both control planes with the incident under way.
#[derive(Debug)]
pub(crate) struct Incident {
    management: ControlPlane,
    workload: ControlPlane,
    work: PathBuf,
    began: Instant,
}

impl Incident {
    /// Starts both control planes and plays the incident.
    pub(crate) fn play(work: &Path, root: &Path, binaries: &Binaries) -> Result<Self> {
        let folder = root.join("clusters/helm-addons");
        let work = work.join(NAME);
        let management = start(&work.join("management"), root, binaries, None)?;
        let log = folder.join("ccm.log");
        let workload = start(&work.join("workload"), root, binaries, Some(&log))?;
        play_workload(&workload.kubectl(), &folder)?;
        play_management(&management.kubectl(), &folder)?;
        hand_over(&management, &workload, &work)?;
        Ok(Self {
            management,
            workload,
            work,
            began: Instant::now(),
        })
    }

    /// Writes the report once the nodes are old enough, and judges it.
    pub(crate) fn judge(&self, dogwatch: &Path) -> Result<()> {
        sleep(AGED.saturating_sub(self.began.elapsed()));
        self.management.ensure_alive()?;
        self.workload.ensure_alive()?;
        judge(&report(dogwatch, &self.management, &self.work)?)
    }
}

fn start(
    directory: &Path,
    root: &Path,
    binaries: &Binaries,
    log: Option<&PathBuf>,
) -> Result<ControlPlane> {
    fs::create_dir_all(directory).context("create the folder of a control plane")?;
    let config = directory.join("kwok.yaml");
    play::write_config(&root.join("stages"), &[], &config)?;
    if let Some(log) = log {
        let logs = json!({
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "ClusterLogs",
            "metadata": {"name": "cloud-controller"},
            "spec": {
                "selector": {"matchNamespaces": ["kube-system"]},
                "logs": [
                    {"containers": ["cloud-controller"], "logsFile": log, "previousLogsFile": log},
                    {"logsFile": directory.join("silent.log"), "previousLogsFile": directory.join("silent.log")},
                ],
            },
        });
        let mut text = fs::read_to_string(&config).context("read kwok.yaml")?;
        writeln!(text, "---\n{logs}").context("write the logs")?;
        fs::write(&config, text).context("write kwok.yaml")?;
    }
    ControlPlane::start(directory, binaries.clone(), &config)
}

fn play_workload(kubectl: &Kubectl, folder: &Path) -> Result<()> {
    apply(kubectl, &folder.join("nodes.yaml"))?;
    apply(kubectl, &folder.join("workload.yaml"))?;
    for (query, path, count) in [
        (
            "pods -n kube-system -l k8s-app=cilium",
            "{.items[*].status.startTime}",
            4,
        ),
        (
            "events -n kube-system --field-selector=reason=BackOff",
            "{.items[*].reason}",
            1,
        ),
        (
            "events -A --field-selector=reason=FailedScheduling",
            "{.items[*].reason}",
            4,
        ),
        (
            "pods -n kube-system -l io.cilium/app=operator",
            "{.items[*].status.startTime}",
            1,
        ),
    ] {
        settle(kubectl, query, path, count)?;
    }
    Ok(())
}

/// Creates every object, then writes its status through the subresource, as a controller would.
fn play_management(kubectl: &Kubectl, folder: &Path) -> Result<()> {
    apply(kubectl, &folder.join("crds.yaml"))?;
    kubectl.run(&[
        "wait",
        "--for=condition=Established",
        "crd",
        "--all",
        "--timeout=30s",
    ])?;
    let path = folder.join("management.yaml");
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let objects: Vec<Value> =
        serde_saphyr::from_multiple(&text).context("parse management.yaml")?;
    for mut object in objects {
        let status = object.as_object_mut().and_then(|map| map.remove("status"));
        own(kubectl, &mut object)?;
        kubectl.feed(&["apply", "-f", "-"], &object.to_string())?;
        let Some(status) = status else { continue };
        let name = text_at(&object, "/metadata/name");
        let namespace = text_at(&object, "/metadata/namespace");
        let change = json!({"status": status}).to_string();
        let kind = text_at(&object, "/kind").to_lowercase();
        kubectl.run(&[
            "-n",
            &namespace,
            "patch",
            &kind,
            &name,
            "--subresource=status",
            "--type=merge",
            "-p",
            &change,
        ])?;
    }
    Ok(())
}

/// The chart proxy that a release proxy names becomes its controller.
fn own(kubectl: &Kubectl, object: &mut Value) -> Result<()> {
    let owner = object
        .pointer("/metadata/annotations/play.dogwatch.io~1owner")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let Some(owner) = owner else { return Ok(()) };
    let namespace = text_at(object, "/metadata/namespace");
    let uid = kubectl.run(&[
        "-n",
        &namespace,
        "get",
        "helmchartproxy",
        &owner,
        "-o",
        "jsonpath={.metadata.uid}",
    ])?;
    object["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "addons.cluster.x-k8s.io/v1alpha1", "kind": "HelmChartProxy",
        "name": owner, "uid": uid, "controller": true,
    }]);
    Ok(())
}

/// Keeps the kubeconfig of the workload cluster where Cluster API keeps it.
fn hand_over(management: &ControlPlane, workload: &ControlPlane, work: &Path) -> Result<()> {
    let path = work.join("w1.kubeconfig");
    let flat = workload
        .kubectl()
        .run(&["config", "view", "--flatten", "--raw"])?;
    fs::write(&path, flat).context("write the kubeconfig of the workload cluster")?;
    let value = format!("--from-file=value={}", path.display());
    management.kubectl().run(&[
        "-n",
        "fleet",
        "create",
        "secret",
        "generic",
        "w1-kubeconfig",
        &value,
    ])?;
    fs::remove_file(&path).context("remove the kubeconfig: only the Secret leads there")
}

fn report(dogwatch: &Path, management: &ControlPlane, work: &Path) -> Result<Value> {
    let page = work.join("report.html");
    let output = Command::new(dogwatch)
        .args([
            "report",
            "cluster/w1",
            "-n",
            "fleet",
            "--management-context",
            "e2e",
        ])
        .arg("--kubeconfig")
        .arg(management.kubeconfig())
        .args(["-o", "json", "-o", &format!("html={}", page.display())])
        .stdin(Stdio::null())
        .output()
        .context("start dogwatch")?;
    let (text, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let page = fs::read_to_string(&page).unwrap_or_default();
    for secret in SECRETS {
        let is_told = [&*text, &*errors, &page]
            .iter()
            .any(|said| said.contains(secret));
        ensure!(!is_told, "the report tells {secret}");
    }
    ensure!(
        output.status.code() == Some(3),
        "exit {:?}: {errors}",
        output.status.code()
    );
    fs::write(work.join("report.json"), &output.stdout).context("keep the report")?;
    serde_json::from_str(&text).with_context(|| format!("the report is no JSON: {errors}"))
}

fn judge(report: &Value) -> Result<()> {
    let findings = report["findings"]
        .as_array()
        .context("findings are a list")?;
    let has = |role: &str, mode: &str| {
        findings
            .iter()
            .any(|entry| entry["role"] == role && entry["mode"] == mode)
    };
    ensure!(
        has("cause", "startup-failing"),
        "the agents are the root: {}",
        head(report)
    );
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
        ensure!(
            has("symptom", mode),
            "{mode} is no symptom: {}",
            head(report)
        );
    }
    let circles = &report["cycles"];
    ensure!(
        circles["proven"] == json!([]),
        "no circle is proven while an operator runs"
    );
    let missing = circles["would_be"][0]["missing_proofs"].to_string();
    ensure!(
        missing.contains("no replica of cilium-operator runs"),
        "{missing}"
    );
    let refused = report["refused"].to_string();
    ensure!(refused.contains("Delete the HelmReleaseProxy"), "{refused}");
    let secret = report["ledger"].as_array().into_iter().flatten();
    let is_recorded = secret
        .into_iter()
        .any(|entry| entry["source"].to_string().contains("Secret"));
    ensure!(is_recorded, "reading the Secret stands in the ledger");
    Ok(())
}

fn head(report: &Value) -> String {
    let modes = report["findings"].as_array().into_iter().flatten();
    let modes: Vec<String> = modes
        .map(|entry| format!("{} {}", entry["role"], entry["mode"]))
        .collect();
    modes.join(", ")
}

fn apply(kubectl: &Kubectl, path: &Path) -> Result<()> {
    let path = path.to_str().context("the folder has a UTF-8 name")?;
    kubectl.run(&["apply", "-f", path]).map(drop)
}

/// Waits until a query prints at least so many words.
fn settle(kubectl: &Kubectl, query: &str, path: &str, count: usize) -> Result<()> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    let output = format!("jsonpath={path}");
    let mut arguments = vec!["get"];
    arguments.extend(query.split(' '));
    arguments.extend(["-o", &output]);
    loop {
        let said = kubectl.run(&arguments)?;
        if said.split_whitespace().count() >= count {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("{query} shows only \"{said}\" after a minute");
        }
        sleep(POLL);
    }
}

fn text_at(object: &Value, pointer: &str) -> String {
    let text = object.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
