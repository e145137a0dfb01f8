//! The load of the story: an exporter that shares it among the Ready Pods, and a real Prometheus.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::super::kubectl::Kubectl;
use super::super::metrics::package::{free_port, unpack};
use super::super::process::Process;

/// Cores that the users ask for, all Pods together.
const DEMAND: f64 = 2.6;

/// A Pod uses no more than this of its limit of one core.
const MOST: f64 = 0.95;

/// The alarm of the story.
pub(super) const ALARM: &str = "ContainerCpuHigh";

/// What every Pod has used since the start, in core seconds.
type Used = Arc<Mutex<Vec<(String, f64)>>>;

/// Prometheus, scraping an exporter of ours.
pub(super) struct Load {
    pub(super) url: String,
    _prometheus: Process,
}

/// Starts exporter and Prometheus.
pub(super) fn start(work: &Path, kubectl: Kubectl, namespace: &str) -> Result<Load> {
    fs::create_dir_all(work).context("create a folder for Prometheus")?;
    let root = unpack(work, "prometheus")?;
    let used = Used::default();
    let listener = TcpListener::bind("127.0.0.1:0").context("listen for Prometheus")?;
    let exporter = listener.local_addr().context("read the port")?.port();
    let (namespace, counted) = (namespace.to_owned(), Arc::clone(&used));
    let place = namespace.clone();
    // Both end with the suite.
    thread::spawn(move || count(&kubectl, &place, &counted));
    thread::spawn(move || serve(&listener, &namespace, &used));
    let port = free_port()?;
    let rules = work.join("rules.yml");
    fs::write(&rules, rule()).context("write the rule")?;
    let config = work.join("prometheus.yml");
    let text = format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n\
         rule_files: [{}]\n\
         scrape_configs:\n- job_name: suite\n  honor_labels: true\n  \
         static_configs: [{{targets: ['127.0.0.1:{exporter}']}}]\n",
        rules.display()
    );
    fs::write(&config, text).context("write the configuration")?;
    let mut command = Command::new(root.join("prometheus"));
    command
        .arg(format!("--config.file={}", config.display()))
        .arg(format!(
            "--storage.tsdb.path={}",
            work.join("data").display()
        ))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .current_dir(work);
    Ok(Load {
        url: format!("http://127.0.0.1:{port}"),
        _prometheus: Process::start("prometheus", &mut command, work)?,
    })
}

fn rule() -> String {
    format!(
        "groups:
- name: story
  rules:
  - alert: {ALARM}
    expr: 100 * sum by (namespace, pod) (rate(container_cpu_usage_seconds_total[10s])) / on (namespace, pod) sum by (namespace, pod) (kube_pod_container_resource_limits{{resource=\"cpu\"}}) > 80
    for: 2s
    labels: {{severity: critical}}
"
    )
}

/// Adds what the Ready Pods use, as long as the suite runs.
fn count(kubectl: &Kubectl, namespace: &str, used: &Used) {
    let mut last = Instant::now();
    loop {
        let ready = ready(kubectl, namespace);
        let passed = last.elapsed().as_secs_f64();
        last = Instant::now();
        let share = f64::from(u32::try_from(ready.len().max(1)).unwrap_or(1));
        let each = (DEMAND / share).min(MOST) * passed;
        let mut all = used.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(pod, _)| ready.contains(pod));
        for pod in ready {
            match all.iter_mut().find(|(known, _)| *known == pod) {
                Some((_, sum)) => *sum += each,
                None => all.push((pod, 0.0)),
            }
        }
        drop(all);
        thread::sleep(Duration::from_millis(500));
    }
}

/// Names of the Ready Pods; none when the question fails.
fn ready(kubectl: &Kubectl, namespace: &str) -> Vec<String> {
    let path =
        "{range .items[?(@.status.containerStatuses[0].ready==true)]}{.metadata.name}{\" \"}{end}";
    let answer = kubectl.run(&[
        "get",
        "pods",
        "-n",
        namespace,
        "-o",
        &format!("jsonpath={path}"),
    ]);
    let names = answer.unwrap_or_default();
    names.split_whitespace().map(str::to_owned).collect()
}

fn serve(listener: &TcpListener, namespace: &str, used: &Used) {
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        // What is asked does not matter: there is one page.
        let mut asked = [0; 1024];
        if stream.read(&mut asked).is_err() {
            continue;
        }
        let page = page(namespace, used);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        // A scraper that went away comes back.
        drop(stream.write_all(answer.as_bytes()));
    }
}

fn page(namespace: &str, used: &Used) -> String {
    let all = used.lock().unwrap_or_else(PoisonError::into_inner);
    let mut page = String::from("# TYPE container_cpu_usage_seconds_total counter\n");
    for (pod, sum) in all.iter() {
        // Writing to a String cannot fail.
        writeln!(page, "container_cpu_usage_seconds_total{{namespace=\"{namespace}\",pod=\"{pod}\",container=\"app\",image=\"chat\"}} {sum:.4}").expect("infallible");
    }
    page.push_str("# TYPE kube_pod_container_resource_limits gauge\n");
    for (pod, _) in all.iter() {
        writeln!(page, "kube_pod_container_resource_limits{{namespace=\"{namespace}\",pod=\"{pod}\",container=\"app\",resource=\"cpu\"}} 1").expect("infallible");
    }
    page
}
