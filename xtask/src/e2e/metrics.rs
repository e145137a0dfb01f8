//! A real Prometheus and a real Alertmanager, from the Debian packages: two hours of history with a
//! step in it, an exporter that is scraped, rules that fire, a silence.

mod history;
pub(crate) mod package;
mod servers;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use serde_json::Value;

use self::package::{done, free_port, unpack};
use super::controlplane::ControlPlane;

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "metrics-real-prometheus";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "The metrics actions ask a real Prometheus and Alertmanager (Debian packages) about an exporter of the suite.";

const READY_WITHIN: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(300);

/// How far a step may be from where it was planted: the rate looks two minutes back, and the points
/// are one minute apart.
const STEP_WITHIN_SECONDS: i64 = 180;

/// Who is asked, and where.
struct Asking<'a> {
    dogwatch: &'a Path,
    plane: &'a ControlPlane,
    prometheus: String,
    alertmanager: String,
}

/// Starts both and compares what the actions say with what the Pods do.
pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let work = work.join(NAME);
    fs::create_dir_all(&work).context("create a folder for Prometheus")?;
    let root = unpack(&work, "prometheus")?;
    let alarms = unpack(&work, "prometheus-alertmanager")?;
    let begin = seconds()?;
    history::backfill(&root, &work, begin)?;
    let exporter = history::export()?;
    let [port, told] = [free_port()?, free_port()?];
    let _alertmanager = servers::alertmanager(&alarms, &work, told)?;
    let _prometheus = servers::prometheus(&root, &work, port, [exporter, told])?;
    let asking = Asking {
        dogwatch,
        plane,
        prometheus: format!("http://127.0.0.1:{port}/metrics-of/suite/"),
        alertmanager: format!("http://127.0.0.1:{told}"),
    };
    asking.wait_scraped()?;
    judge(&asking.ask(&["huawei_get_cce_pod_metrics_topN", "top_n=1"])?)?;
    judge_bases(&asking.ask(&["huawei_get_cce_pod_metrics_topN"])?)?;
    judge_nodes(&asking.ask(&["huawei_get_cce_node_metrics_topN"])?)?;
    judge_nodes(&asking.ask(&["huawei_get_cce_node_metrics", "node_ip=10.0.0.7"])?)?;
    judge_step(&asking.shifted()?, begin)?;
    judge_alarms(&asking.wait_told()?)?;
    silence(&alarms, &asking)
}

impl Asking<'_> {
    /// Waits until the exporter was scraped: then the newest samples are there as well.
    fn wait_scraped(&self) -> Result<()> {
        let query = "cpu_query=sum by (pod,namespace) (up{job=\"suite\"}) or vector(0)";
        let call = ["huawei_get_cce_pod_metrics_topN", query];
        let is_up = |answer: &Value| {
            let rows = answer["cpu"]["pods"].as_array();
            rows.is_some_and(|rows| rows.iter().any(|row| row["value"] == 1.0))
        };
        self.wait(&call, is_up)
            .context("wait for the first scrape")?;
        Ok(())
    }

    /// The Pod with a step, in percent of its limit.
    fn shifted(&self) -> Result<Value> {
        let query = "query=sum by (pod) (rate(container_cpu_usage_seconds_total{pod=\"api-shifted\"}[2m])) \
                     / on (pod) sum by (pod) (kube_pod_container_resource_limits{resource=\"cpu\"}) * 100";
        self.ask(&[
            "huawei_get_aom_metrics",
            "aom_instance_id=suite",
            "hours=2",
            query,
        ])
    }

    /// Waits until both sources tell of the rule that fires.
    fn wait_told(&self) -> Result<Value> {
        let is_told = |answer: &Value| {
            let fires =
                |source: &&Value| source["name"] == "PodIsBusy" && source["state"] == "firing";
            alarms(answer).filter(fires).count() >= 2
        };
        self.wait(&["huawei_get_observability_context"], is_told)
            .context("wait for the alarms")
    }

    /// Repeats a question until its answer is as wanted.
    fn wait(&self, words: &[&str], is_enough: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match self.ask(words) {
                Ok(answer) if is_enough(&answer) => return Ok(answer),
                _ if Instant::now() < deadline => thread::sleep(POLL),
                Ok(answer) => bail!("the answer did not become what it should: {answer}"),
                Err(error) => return Err(error.context("no answer")),
            }
        }
    }

    fn ask(&self, words: &[&str]) -> Result<Value> {
        let kubeconfig = format!("kubeconfig={}", self.plane.kubeconfig().display());
        let output = Command::new(self.dogwatch)
            .arg("action")
            .args(words)
            .args([
                "region=e2e",
                "cluster_id=e2e",
                "namespace=metrics",
                &kubeconfig,
            ])
            .env("DOGWATCH_PROMETHEUS_URL", &self.prometheus)
            .env("DOGWATCH_ALERTMANAGER_URL", &self.alertmanager)
            .stdin(Stdio::null())
            .output()
            .context("start dogwatch")?;
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text)
            .with_context(|| format!("no JSON: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// The step is found where it was planted, and nothing else.
fn judge_step(answer: &Value, begin: u64) -> Result<()> {
    let series = &answer["series"][0];
    let changes = series["change_points"].as_array();
    let [change] = changes.map(Vec::as_slice).unwrap_or_default() else {
        bail!("there is not one change of level: {answer}");
    };
    let at = change["at"].as_str().context("a change has a time")?;
    let at: Timestamp = at.parse().context("its time is one")?;
    let planted = i64::try_from(begin)? - i64::from(history::SHIFTED);
    let off = at.as_second() - planted;
    ensure!(
        (0..=STEP_WITHIN_SECONDS).contains(&off),
        "the step is {off} s from where it was planted: {series}"
    );
    let near = |part: &str, wanted: f64| {
        let level = change[part].as_f64();
        level.is_some_and(|level| (level - wanted).abs() < 2.0)
    };
    ensure!(
        near("before", 20.0) && near("after", 80.0),
        "other levels: {change}"
    );
    ensure!(
        series.get("points").is_none(),
        "whole series are not handed on"
    );
    Ok(())
}

fn alarms(answer: &Value) -> impl Iterator<Item = &Value> {
    let list = answer["signals"]["alarms"].as_array();
    list.into_iter().flatten()
}

/// Prometheus tells of both rules and Alertmanager of the one that fires, by the same fingerprint.
fn judge_alarms(answer: &Value) -> Result<()> {
    let one = |name: &str, source: &str| {
        let is_it = |alarm: &&Value| alarm["name"] == name && alarm["source"] == source;
        alarms(answer)
            .find(is_it)
            .with_context(|| format!("{name} of {source} is missing: {answer}"))
    };
    let rule = one("PodIsBusy", "prometheus")?;
    let held = one("PodIsBusy", "alertmanager")?;
    ensure!(
        rule["fingerprint"] == held["fingerprint"],
        "the computed fingerprint is another one: {rule} {held}"
    );
    ensure!(rule["object"]["name"] == "api-busy", "no object: {rule}");
    ensure!(
        rule["value"].as_f64().is_some_and(|value| value > 0.5),
        "no value: {rule}"
    );
    let waiting = one("PodWillBeBusy", "prometheus")?;
    ensure!(waiting["state"] == "pending", "it waits: {waiting}");
    ensure!(!answer.to_string().contains("hidden"), "a token is shown");
    Ok(())
}

/// A silenced alarm stays in the list and says what keeps it quiet.
fn silence(programs: &Path, asking: &Asking<'_>) -> Result<()> {
    let mut command = Command::new(programs.join("amtool"));
    command
        .arg(format!("--alertmanager.url={}", asking.alertmanager))
        .args(["silence", "add", "alertname=PodIsBusy"])
        .args(["--author=suite", "--comment=suite", "--duration=1h"]);
    let id = done(&mut command, "add a silence")?;
    let is_quiet = |answer: &Value| {
        alarms(answer).any(|alarm| {
            let by = alarm["silenced_by"].as_array();
            let is_by = |known: &Value| known.as_str() == Some(id.trim());
            alarm["state"] == "firing" && by.is_some_and(|by| by.iter().any(is_by))
        })
    };
    asking
        .wait(&["huawei_get_observability_context"], is_quiet)
        .context("wait for the silence")?;
    Ok(())
}

/// The busy Pod is first with 90 % of its CPU and 95 % of its memory.
fn judge(answer: &Value) -> Result<()> {
    let mut found = Vec::new();
    rows(answer, &mut found);
    let near = |wanted: f64| {
        found
            .iter()
            .any(|(pod, value)| pod == "api-busy" && (value - wanted).abs() < 2.0)
    };
    ensure!(near(90.0), "CPU of 90 % is missing: {answer}");
    ensure!(near(95.0), "memory of 95 % is missing: {answer}");
    ensure!(
        found.iter().all(|(pod, _)| pod == "api-busy"),
        "only the first was asked for: {answer}"
    );
    Ok(())
}

/// Pods without limits are listed, and what their share is a share of is said.
fn judge_bases(answer: &Value) -> Result<()> {
    let pods = answer["cpu"]["pods"].as_array().context("there are Pods")?;
    for (pod, basis, wanted) in [
        ("api-busy", "limit", 90.0),
        ("api-asking", "request", 30.0),
        ("api-unbound", "node", 10.0),
    ] {
        let row = pods.iter().find(|row| row["pod"] == pod);
        let row = row.with_context(|| format!("{pod} is missing: {answer}"))?;
        let value = row["value"].as_f64().context("a share is a number")?;
        ensure!(
            row["basis"] == basis && (value - wanted).abs() < 2.0,
            "{pod} has another share: {row}"
        );
    }
    ensure!(pods.len() == 5, "each Pod is listed once: {answer}");
    Ok(())
}

/// The only node is three quarters busy; of its memory nothing is known.
fn judge_nodes(answer: &Value) -> Result<()> {
    let node = &answer["cpu"]["nodes"][0];
    let value = node["value"].as_f64().context("a share is a number")?;
    ensure!(
        node["instance"] == "10.0.0.7:9100" && (value - 75.0).abs() < 2.0,
        "the node has another share: {answer}"
    );
    ensure!(node["status"] == "warning", "75 % is a warning: {node}");
    ensure!(
        answer["memory"]["state"] == "no data",
        "nothing is not zero: {answer}"
    );
    Ok(())
}

fn rows(value: &Value, into: &mut Vec<(String, f64)>) {
    match value {
        Value::Object(map) => {
            let row = map.get("pod").and_then(Value::as_str);
            if let (Some(pod), Some(share)) = (row, map.get("value").and_then(Value::as_f64)) {
                into.push((pod.to_owned(), share));
            }
            map.values().for_each(|value| rows(value, into));
        }
        Value::Array(list) => list.iter().for_each(|value| rows(value, into)),
        _ => {}
    }
}

fn seconds() -> Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(now.context("the clock is after 1970")?.as_secs())
}
