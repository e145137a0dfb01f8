//! A real Prometheus, from the Debian package: two hours of history and an exporter that it scrapes.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::controlplane::ControlPlane;
use super::process::Process;

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "metrics-real-prometheus";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "The metrics actions ask a real Prometheus (Debian package) that scrapes an exporter of the suite.";

const READY_WITHIN: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(300);

/// Seconds of history before the start, and between two samples of it.
const HISTORY: u64 = 2 * 3600;
const STEP: u64 = 15;

/// A Pod of the exporter. Its limits are 1 core and 1000 MiB.
struct Load {
    pod: &'static str,
    /// Share of a core that it uses.
    cores: f64,
    /// Mebibytes that it uses.
    memory: u64,
}

const PODS: &[Load] = &[
    Load {
        pod: "api-busy",
        cores: 0.9,
        memory: 950,
    },
    Load {
        pod: "api-idle",
        cores: 0.1,
        memory: 100,
    },
];

/// Starts Prometheus and compares what the actions say with what the Pods do.
pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let work = work.join(NAME);
    fs::create_dir_all(&work).context("create a folder for Prometheus")?;
    let root = unpack(&work)?;
    backfill(&root, &work)?;
    let exporter = export()?;
    let port = free_port()?;
    let _prometheus = start(&root, &work, port, exporter)?;
    let url = format!("http://127.0.0.1:{port}");
    wait_scraped(dogwatch, plane, &url)?;
    let top = ask(
        dogwatch,
        plane,
        &url,
        &["huawei_get_cce_pod_metrics_topN", "top_n=1"],
    )?;
    judge(&top)
}

/// Fetches the package and unpacks it without installing anything.
fn unpack(work: &Path) -> Result<PathBuf> {
    let root = work.join("root");
    done(
        Command::new("apt-get")
            .args(["download", "prometheus"])
            .current_dir(work),
        "fetch the package prometheus",
    )?;
    let package = fs::read_dir(work)
        .context("list the folder")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get left no package")?;
    done(
        Command::new("dpkg-deb").arg("-x").arg(&package).arg(&root),
        "unpack the package",
    )?;
    Ok(root.join("usr/bin"))
}

fn done(command: &mut Command, what: &str) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{what}: is this a Debian system?"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{what}: {}", errors.trim());
    Ok(())
}

/// Writes two hours of samples as blocks, as Prometheus would have written them.
fn backfill(root: &Path, work: &Path) -> Result<()> {
    let now = seconds()?;
    let mut text = String::new();
    for (family, kind) in [
        ("container_cpu_usage_seconds", "counter"),
        ("container_memory_working_set_bytes", "gauge"),
        ("kube_pod_container_resource_limits", "gauge"),
    ] {
        writeln!(text, "# TYPE {family} {kind}").context("write a type")?;
        for load in PODS {
            for at in (now - HISTORY..now).step_by(usize::try_from(STEP)?) {
                let age = at + HISTORY - now;
                samples(&mut text, family, load, age, &format!(" {at}"))?;
            }
        }
    }
    text.push_str("# EOF\n");
    let file = work.join("history.om");
    fs::write(&file, text).context("write the history")?;
    let mut command = Command::new(root.join("promtool"));
    command
        .args(["tsdb", "create-blocks-from", "openmetrics"])
        .arg(&file)
        .arg(work.join("data"));
    done(&mut command, "write the blocks of Prometheus")
}

/// The samples of one family about one Pod; `age` is the number of seconds it has run.
fn samples(text: &mut String, family: &str, load: &Load, age: u64, time: &str) -> Result<()> {
    let Load { pod, cores, memory } = load;
    let labels = format!("namespace=\"metrics\",pod=\"{pod}\",container=\"app\"");
    let age = u32::try_from(age).context("the history is short")?;
    match family {
        "container_cpu_usage_seconds" => {
            let used = cores * f64::from(age);
            writeln!(text, "{family}_total{{{labels},image=\"i\"}} {used}{time}")
        }
        "container_memory_working_set_bytes" => {
            writeln!(
                text,
                "{family}{{{labels},image=\"i\"}} {}{time}",
                memory * 1024 * 1024
            )
        }
        _ => {
            writeln!(text, "{family}{{{labels},resource=\"cpu\"}} 1{time}").context("write")?;
            let limit = 1000_u64 * 1024 * 1024;
            writeln!(
                text,
                "{family}{{{labels},resource=\"memory\"}} {limit}{time}"
            )
        }
    }
    .context("write a sample")
}

/// Serves the samples of now on loopback for as long as the suite runs.
fn export() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("bind the exporter")?;
    let port = listener.local_addr().context("read the port")?.port();
    let begun = Instant::now();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A scrape that breaks off is repeated.
            drop(serve(stream, begun));
        }
    });
    Ok(port)
}

fn serve(mut stream: std::net::TcpStream, begun: Instant) -> Result<()> {
    let mut request = [0_u8; 2048];
    let _read = stream.read(&mut request).context("read a scrape")?;
    let mut text = String::new();
    for family in [
        "container_cpu_usage_seconds",
        "container_memory_working_set_bytes",
        "kube_pod_container_resource_limits",
    ] {
        for load in PODS {
            let age = HISTORY + begun.elapsed().as_secs();
            samples(&mut text, family, load, age, "")?;
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream
        .write_all(head.as_bytes())
        .context("answer a scrape")?;
    stream.write_all(text.as_bytes()).context("answer a scrape")
}

fn start(root: &Path, work: &Path, port: u16, exporter: u16) -> Result<Process> {
    let config = work.join("prometheus.yml");
    let text = format!(
        "global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: suite\n  honor_labels: true\n  static_configs: [{{targets: ['127.0.0.1:{exporter}']}}]\n"
    );
    fs::write(&config, text).context("write the configuration of Prometheus")?;
    let mut command = Command::new(root.join("prometheus"));
    command
        .arg(format!("--config.file={}", config.display()))
        .arg(format!(
            "--storage.tsdb.path={}",
            work.join("data").display()
        ))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .current_dir(work);
    Process::start("prometheus", &mut command, work)
}

/// Waits until the exporter was scraped: then the newest samples are there as well.
fn wait_scraped(dogwatch: &Path, plane: &ControlPlane, url: &str) -> Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let query = "cpu_query=sum by (pod,namespace) (up{job=\"suite\"}) or vector(0)";
        let said = ask(
            dogwatch,
            plane,
            url,
            &["huawei_get_cce_pod_metrics_topN", query],
        );
        match said {
            Ok(answer) if answer.to_string().contains("\"value\":1") => return Ok(()),
            _ if Instant::now() < deadline => thread::sleep(POLL),
            Ok(answer) => bail!("the exporter was not scraped: {answer}"),
            Err(error) => return Err(error.context("Prometheus does not answer")),
        }
    }
}

fn ask(dogwatch: &Path, plane: &ControlPlane, url: &str, words: &[&str]) -> Result<Value> {
    let kubeconfig = format!("kubeconfig={}", plane.kubeconfig().display());
    let output = Command::new(dogwatch)
        .arg("action")
        .args(words)
        .args([
            "region=e2e",
            "cluster_id=e2e",
            "namespace=metrics",
            &kubeconfig,
        ])
        .env("DOGWATCH_PROMETHEUS_URL", url)
        .stdin(Stdio::null())
        .output()
        .context("start dogwatch")?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .with_context(|| format!("no JSON: {text}{}", String::from_utf8_lossy(&output.stderr)))
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

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port")?;
    Ok(listener.local_addr().context("read the port")?.port())
}

fn seconds() -> Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(now.context("the clock is after 1970")?.as_secs())
}
