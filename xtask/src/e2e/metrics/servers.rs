//! Prometheus with rules, and the Alertmanager that it tells.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::super::process::Process;

/// One rule that fires at once and one that has to wait.
const RULES: &str = r#"groups:
- name: suite
  rules:
  - alert: PodIsBusy
    expr: sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{pod="api-busy"}[2m])) > 0.5
    labels: {severity: critical}
    annotations: {description: 'a core is busy, token=hidden'}
  - alert: PodWillBeBusy
    expr: sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{pod="api-busy"}[2m])) > 0.5
    for: 1h
"#;

/// Starts Prometheus below a path, as Mimir, Thanos and clouds serve it.
pub(super) fn prometheus(
    root: &Path,
    work: &Path,
    port: u16,
    [exporter, alertmanager]: [u16; 2],
) -> Result<Process> {
    let rules = work.join("rules.yml");
    fs::write(&rules, RULES).context("write the rules")?;
    let config = work.join("prometheus.yml");
    let text = format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n\
         rule_files: [{}]\n\
         alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\n\
         scrape_configs:\n- job_name: suite\n  honor_labels: true\n  \
         static_configs: [{{targets: ['127.0.0.1:{exporter}']}}]\n",
        rules.display()
    );
    fs::write(&config, text).context("write the configuration of Prometheus")?;
    let data = work.join("data");
    let mut command = Command::new(root.join("prometheus"));
    command
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", data.display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--web.route-prefix=/metrics-of/suite")
        // The first word may come before the Alertmanager listens.
        .arg("--rules.alert.resend-delay=1s")
        .current_dir(work);
    Process::start("prometheus", &mut command, work)
}

/// Starts an Alertmanager that tells nobody.
pub(super) fn alertmanager(root: &Path, work: &Path, port: u16) -> Result<Process> {
    let config = work.join("alertmanager.yml");
    let text = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
    fs::write(&config, text).context("write the configuration of Alertmanager")?;
    // Debian's Alertmanager wants its templates in /usr/share, where nothing is installed: a mount
    // that only this process sees puts the unpacked ones there.
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg("mount --bind \"$0\" /usr/share && exec \"$@\"")
        .arg(root.join("../share"))
        .arg(root.join("prometheus-alertmanager"))
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.path={}", work.join("alarms").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        // Alone: no port for others of its kind.
        .arg("--cluster.listen-address=")
        .current_dir(work);
    Process::start("alertmanager", &mut command, work)
}
