//! Whole-process figures of the release binary against the sandbox on loopback, each with the ratio
//! to a baseline of the same run:
//!
//! - start to first output against starting a process that does nothing;
//! - one workload against the slowest of its requests;
//! - a whole cluster of 10,000 Pods against a bare download of the same pages, compressed as an API
//!   server sends them, and plain as the sandbox does by default. The sandbox answers from memory:
//!   its plain pages come many times faster than any API server makes them.

#![allow(clippy::print_stdout)] // a bench prints its figures

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use dogwatch_sandbox::{Clock, Sandbox, Server, load};

const PODS: usize = 10_000;
const SEED: u64 = 11;
const ROUNDS: usize = 7;

/// Lists that an inspection makes, in the size that matters.
const LISTS: &[&str] = &[
    "/api/v1/pods",
    "/api/v1/events",
    "/apis/apps/v1/replicasets",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/statefulsets",
    "/apis/apps/v1/daemonsets",
    "/apis/apps/v1/controllerrevisions",
    "/apis/batch/v1/jobs",
    "/apis/batch/v1/cronjobs",
    "/api/v1/services",
    "/apis/discovery.k8s.io/v1/endpointslices",
    "/api/v1/persistentvolumeclaims",
    "/api/v1/resourcequotas",
    "/api/v1/limitranges",
    "/apis/autoscaling/v2/horizontalpodautoscalers",
    "/apis/policy/v1/poddisruptionbudgets",
    "/api/v1/namespaces",
    "/api/v1/nodes",
    "/api/v1/persistentvolumes",
    "/apis/storage.k8s.io/v1/storageclasses",
    "/apis/storage.k8s.io/v1/volumeattachments",
];

fn main() {
    // The HTTP client of the baseline wants a TLS provider, even for plain HTTP.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime starts");
    start();
    runtime.block_on(async {
        let sandbox = Sandbox::builder()
            .clock(Clock::Frozen(
                "2026-03-02T00:00:00Z".parse().expect("a time"),
            ))
            .objects(load::cluster(PODS, SEED))
            .build();
        let server = sandbox
            .serve((Ipv4Addr::LOCALHOST, 0).into())
            .await
            .expect("it serves");
        let kubeconfig = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(kubeconfig.path(), server.kubeconfig()).expect("it can be written");
        let path = kubeconfig.path().to_path_buf();
        workload(&sandbox, &server, &path).await;
        whole(&server, &path, Transfer::Plain).await;
        let compressed = server
            .kubeconfig()
            .replace("disable-compression: true", "disable-compression: false");
        std::fs::write(&path, compressed).expect("it can be written");
        whole(&server, &path, Transfer::Gzip).await;
    });
}

fn dogwatch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .arg("--quiet");
    command
}

/// The median of several runs.
fn median(mut runs: Vec<Duration>) -> Duration {
    runs.sort();
    runs[runs.len() / 2]
}

fn line(what: &str, took: Duration, baseline: Duration) {
    let ratio = took.as_secs_f64() / baseline.as_secs_f64();
    println!(
        "{what:<44} {:>8.1} ms   {ratio:>6.2}",
        took.as_secs_f64() * 1000.0
    );
}

fn start() {
    let run = |mut command: Command| {
        let begun = Instant::now();
        command.stdout(Stdio::null()).status().expect("it starts");
        begun.elapsed()
    };
    let nothing = median((0..ROUNDS).map(|_| run(Command::new("true"))).collect());
    let ours = median(
        (0..ROUNDS)
            .map(|_| {
                let mut command = dogwatch();
                command.arg("version");
                run(command)
            })
            .collect(),
    );
    line("baseline: a process that does nothing", nothing, nothing);
    line("start to first output", ours, nothing);
}

/// Runs the binary, follows its peak memory, and gives wall time and kilobytes.
async fn run(arguments: Vec<String>) -> (Duration, u64) {
    tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let mut child = dogwatch()
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut peak = 0;
        while child.try_wait().expect("it can be waited for").is_none() {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with("VmHWM:"));
            let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
            peak = peak.max(kilobytes.unwrap_or(0));
            std::thread::sleep(Duration::from_millis(1));
        }
        (begun.elapsed(), peak)
    })
    .await
    .expect("the measuring thread ends")
}

async fn workload(sandbox: &Sandbox, server: &Server, kubeconfig: &std::path::Path) {
    let deployment = load::cluster(PODS, SEED)
        .find(|object| object["kind"] == "Deployment")
        .expect("the generated cluster has Deployments");
    let text = |pointer: &str| {
        deployment
            .pointer(pointer)
            .and_then(|value| value.as_str())
            .expect("named")
            .to_owned()
    };
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    assert!(sandbox.get("deployments.apps", &namespace, &name).is_some());
    let arguments: Vec<String> = [
        "diagnose",
        &format!("deployment/{name}"),
        "-n",
        &namespace,
        "--kubeconfig",
        &kubeconfig.display().to_string(),
        "-o",
        "json",
    ]
    .map(str::to_owned)
    .to_vec();
    run(arguments.clone()).await;
    let before = server.request_count();
    run(arguments.clone()).await;
    let requests = server.request_count() - before;
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        runs.push(run(arguments.clone()).await.0);
    }
    let urls = [
        format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}"),
        format!("/api/v1/namespaces/{namespace}/events?limit=500"),
        format!("/api/v1/namespaces/{namespace}/pods?limit=500&labelSelector=app%3D{name}"),
    ];
    let mut slowest = Duration::ZERO;
    for url in urls {
        let begun = Instant::now();
        let answer = reqwest::get(format!("{}{url}", server.url()))
            .await
            .expect("it answers");
        answer.bytes().await.expect("a body");
        slowest = slowest.max(begun.elapsed());
    }
    line("baseline: slowest single request", slowest, slowest);
    line(
        "diagnose one workload, whole process",
        median(runs),
        slowest,
    );
    println!("{:<44} {requests:>8}", "requests of it (at most 8)");
}

/// How pages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transfer {
    Plain,
    Gzip,
}

/// Downloads every page of every list, one after the other, and throws it away.
async fn download(server: &Server, transfer: Transfer) -> (Duration, usize) {
    let client = reqwest::Client::builder()
        .gzip(transfer == Transfer::Gzip)
        .build()
        .expect("a client");
    let begun = Instant::now();
    let mut bytes = 0;
    for list in LISTS {
        let mut token = String::new();
        loop {
            let url = format!("{}{list}?limit=500&continue={token}", server.url());
            let body = client.get(url).send().await.expect("it answers");
            let body = body.bytes().await.expect("a body");
            bytes += body.len();
            token = next(&body);
            if token.is_empty() {
                break;
            }
        }
    }
    (begun.elapsed(), bytes)
}

/// The continue token, found without decoding the page.
fn next(body: &[u8]) -> String {
    let head = &body[..body.len().min(600)];
    let text = String::from_utf8_lossy(head);
    let start = text.find("\"continue\":\"").map(|at| at + 12);
    let token = start.and_then(|at| text[at..].split('"').next());
    token.unwrap_or_default().to_owned()
}

async fn whole(server: &Server, kubeconfig: &std::path::Path, transfer: Transfer) {
    let arguments: Vec<String> = [
        "inspect",
        "-A",
        "--kubeconfig",
        &kubeconfig.display().to_string(),
        "-o",
        "json",
    ]
    .map(str::to_owned)
    .to_vec();
    download(server, transfer).await;
    run(arguments.clone()).await;
    let (mut bare, mut ours, mut peak, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        let (took, size) = download(server, transfer).await;
        bare.push(took);
        bytes = size;
        let (took, memory) = run(arguments.clone()).await;
        ours.push(took);
        peak = peak.max(memory);
    }
    let bare = median(bare);
    let megabytes = bytes / 1_000_000;
    line(
        &format!("baseline: bare download of {megabytes} MB, {transfer:?}"),
        bare,
        bare,
    );
    line("inspect 10,000 Pods, whole process", median(ours), bare);
    println!(
        "{:<44} {:>8} MB",
        "peak memory of it (below 120 MB)",
        peak / 1000
    );
}
