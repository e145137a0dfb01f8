//! What the Pods of the suite use: two hours of history, and an exporter that goes on with it.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::package::done;

/// Seconds of history before the start, and between two samples of it.
const HISTORY: u64 = 2 * 3600;
const STEP: u64 = 15;

/// Seconds before the start at which the Pod with a step began to use more.
pub(super) const SHIFTED: u32 = 40 * 60;

/// A Pod of the exporter. Its limits or requests are 1 core and 1000 MiB.
struct Load {
    pod: &'static str,
    /// Share of a core that it used before the step.
    before: f64,
    /// Share of a core that it uses.
    cores: f64,
    /// Mebibytes that it uses.
    memory: u64,
    /// What it has: limits, requests, or neither.
    whole: &'static str,
}

const LIMITS: &str = "kube_pod_container_resource_limits";
const REQUESTS: &str = "kube_pod_container_resource_requests";
const NEITHER: &str = "";

/// What is told of every Pod, and as what.
const FAMILIES: &[(&str, &str)] = &[
    ("container_cpu_usage_seconds", "counter"),
    ("container_memory_working_set_bytes", "gauge"),
    (LIMITS, "gauge"),
    (REQUESTS, "gauge"),
];

/// What is told of nodes now: the one of the Pod with neither has 4 cores.
const NODES: &str = "\
kube_pod_info{namespace=\"metrics\",pod=\"api-unbound\",node=\"n1\"} 1
kube_node_status_allocatable{node=\"n1\",resource=\"cpu\"} 4
";

/// Share of its time that the only node is idle.
const IDLE: f64 = 0.25;

const PODS: &[Load] = &[
    Load {
        pod: "api-busy",
        before: 0.9,
        cores: 0.9,
        memory: 950,
        whole: LIMITS,
    },
    Load {
        pod: "api-idle",
        before: 0.1,
        cores: 0.1,
        memory: 100,
        whole: LIMITS,
    },
    Load {
        pod: "api-shifted",
        before: 0.2,
        cores: 0.8,
        memory: 300,
        whole: LIMITS,
    },
    Load {
        pod: "api-asking",
        before: 0.3,
        cores: 0.3,
        memory: 200,
        whole: REQUESTS,
    },
    Load {
        pod: "api-unbound",
        before: 0.4,
        cores: 0.4,
        memory: 200,
        whole: NEITHER,
    },
];

impl Load {
    /// Seconds of processor time that it has used when it has run so long.
    fn used(&self, age: u32) -> f64 {
        let calm = u32::try_from(HISTORY).unwrap_or(u32::MAX) - SHIFTED;
        let wild = age.saturating_sub(calm);
        self.before * f64::from(age.min(calm)) + self.cores * f64::from(wild)
    }
}

/// Writes two hours of samples as blocks, as Prometheus would have written them.
pub(super) fn backfill(root: &Path, work: &Path, now: u64) -> Result<()> {
    let mut text = String::new();
    for (family, kind) in FAMILIES {
        writeln!(text, "# TYPE {family} {kind}").context("write a type")?;
        for load in PODS {
            for at in (now - HISTORY..now).step_by(usize::try_from(STEP)?) {
                let age = at + HISTORY - now;
                samples(&mut text, family, load, age, &format!(" {at}"))?;
            }
        }
    }
    writeln!(text, "# TYPE node_cpu_seconds counter").context("write a type")?;
    for at in (now - HISTORY..now).step_by(usize::try_from(STEP)?) {
        node(&mut text, at + HISTORY - now, &format!(" {at}"))?;
    }
    text.push_str("# EOF\n");
    let file = work.join("history.om");
    fs::write(&file, text).context("write the history")?;
    let mut command = Command::new(root.join("promtool"));
    command
        .args(["tsdb", "create-blocks-from", "openmetrics"])
        .arg(&file)
        .arg(work.join("data"));
    done(&mut command, "write the blocks of Prometheus").map(drop)
}

/// The samples of one family about one Pod; `age` is the number of seconds it has run.
fn samples(text: &mut String, family: &str, load: &Load, age: u64, time: &str) -> Result<()> {
    let Load { pod, memory, .. } = load;
    // A scrape keeps these: else history and present would be two series, and sums would count twice.
    let own = "job=\"suite\",instance=\"exporter\"";
    let labels = format!("{own},namespace=\"metrics\",pod=\"{pod}\",container=\"app\"");
    let age = u32::try_from(age).context("the history is short")?;
    match family {
        "container_cpu_usage_seconds" => {
            let used = load.used(age);
            writeln!(text, "{family}_total{{{labels},image=\"i\"}} {used}{time}")
        }
        "container_memory_working_set_bytes" => {
            writeln!(
                text,
                "{family}{{{labels},image=\"i\"}} {}{time}",
                memory * 1024 * 1024
            )
        }
        _ if family != load.whole => Ok(()),
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

/// The sample of the node.
fn node(text: &mut String, age: u64, time: &str) -> Result<()> {
    let idle = IDLE * f64::from(u32::try_from(age).context("the history is short")?);
    let labels = "job=\"suite\",instance=\"10.0.0.7:9100\",cpu=\"0\",mode=\"idle\"";
    writeln!(text, "node_cpu_seconds_total{{{labels}}} {idle}{time}").context("write a sample")
}

/// Serves the samples of now on loopback for as long as the suite runs.
pub(super) fn export() -> Result<u16> {
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
    let age = HISTORY + begun.elapsed().as_secs();
    for (family, _) in FAMILIES {
        for load in PODS {
            samples(&mut text, family, load, age, "")?;
        }
    }
    node(&mut text, age, "")?;
    text.push_str(NODES);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream
        .write_all(head.as_bytes())
        .context("answer a scrape")?;
    stream.write_all(text.as_bytes()).context("answer a scrape")
}
