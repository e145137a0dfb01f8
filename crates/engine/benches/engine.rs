//! The engine alone, on one core, over a generated cluster in memory.
//!
//! Prints its figures and their ratio to a baseline of the same run: decoding the same objects into
//! untyped JSON, which every reader of a cluster has to beat.

#![allow(clippy::print_stdout)] // a bench prints its figures
#![allow(clippy::cast_precision_loss)] // sizes are far below 2^52

use std::time::{Duration, Instant};

use dogwatch_engine::{
    View,
    capacity::{Ask, predict},
    circles, diagnose,
    logs::templates_of,
    planning::{Concern, Pressure, PressureOn, options},
    remedies::Ground,
    report::inspection,
};
use dogwatch_model::{
    CheckId, Edge, EdgeStrength, Finding, FindingKind, Kind, LedgerEntry, NodeFinding, ObjectRef,
    ReadOutcome, RuleId, Severity, Snapshot, Source,
    snapshot::{Pod, PodSpec, SnapshotBuilder},
};
use dogwatch_sandbox::load::{Faults, cluster_with};
use serde_json::Value;

const FAULTS: Faults = Faults {
    crash_loops: 40,
    out_of_memory: 40,
    image_pulls: 40,
    unschedulable: 40,
    unready: 40,
};
const SEED: u64 = 7;

/// Longest time for the options of one workload: somebody waits for them.
const OPTIONS_LIMIT: Duration = Duration::from_millis(200);

/// Edges of the graph with planted circles.
const EDGES: usize = 100_000;

/// Nodes on which Pods are to fit.
const NODES: usize = 500;

const PLAIN: &str = r#"{"containers":[{"resources":{"requests":{"cpu":"500m","memory":"1Gi"}}}]}"#;
const APART: &str = r#"{"containers":[{"resources":{"requests":{"cpu":"500m","memory":"1Gi"}}}],
    "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname",
        "whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"asked"}}}],
    "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
        {"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"asked"}}}]}}}"#;
const TOGETHER: &str = r#"{"containers":[{"resources":{"requests":{"cpu":"500m","memory":"1Gi"}}}],
    "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
        {"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"asked"}}}]}}}"#;

/// Bytes of the log that is mined.
const LOG_BYTES: usize = 1_000_000_000;

fn main() {
    cluster(100_000);
    cluster(10_000);
    fit();
    graph();
    logs();
}

/// Decodes and diagnoses a cluster with 200 planted faults.
fn cluster(pods: usize) {
    let objects: Vec<(Kind, Vec<u8>)> = cluster_with(pods, SEED, FAULTS)
        .filter_map(|object| {
            let kind = Kind::of_object(object["kind"].as_str()?)?;
            Some((kind, serde_json::to_vec(&object).ok()?))
        })
        .collect();
    let bytes: usize = objects.iter().map(|(_, json)| json.len()).sum();
    println!(
        "{pods} Pods, 200 faults, {} objects, {} MB of JSON",
        objects.len(),
        bytes / 1_000_000
    );

    let baseline = timed(|| {
        for (_, json) in &objects {
            let value: Value = serde_json::from_slice(json).expect("generated JSON is sound");
            std::hint::black_box(&value);
        }
    });
    println!("{:<34} {baseline:>10.0?}   1.00", "baseline: untyped JSON");

    let mut snapshot = None;
    let decode = timed(|| snapshot = Some(build(&objects)));
    report("decode into lean structs", decode, baseline);
    let snapshot = snapshot.expect("it was just built");

    let mut findings = 0;
    let diagnose = timed(|| findings = inspection(&snapshot, "*").findings.len());
    report("diagnose the whole cluster", diagnose, baseline);
    println!("{findings} ranked findings");
    plans(&snapshot, baseline);
    println!();
}

/// Options for one workload that is killed for its memory and has too little processor time.
fn plans(snapshot: &Snapshot, baseline: Duration) {
    let view = View::new(snapshot);
    let is_killed = |pod: &&Pod| {
        let mut statuses = pod.container_statuses();
        statuses.any(|status| {
            status
                .last_end()
                .is_some_and(|end| end.reason == "OOMKilled")
        })
    };
    let mut killed = snapshot.pods.iter().filter(is_killed);
    let rollout = killed.find_map(|pod| view.rollout_of(pod));
    let target = &rollout.expect("faults are planted").object;
    let pressure = Pressure::of(PressureOn::Cpu, "share".to_owned(), 93_000, 80_000);
    let concern = Concern {
        target,
        alerts: &[],
        pressure: pressure.as_ref(),
        at: "2026-01-02T00:00:00Z",
    };
    let ground = Ground {
        view: &view,
        pools: None,
        cloud: None,
        serverless: None,
        release: None,
    };
    let diagnosis = diagnose(snapshot, Some(target));
    let mut offered = 0;
    let took = timed(|| offered = options(&ground, &diagnosis, &concern).offered.len());
    report("options for one workload", took, baseline);
    println!("{offered} options");
    assert!(
        offered == 3 && took <= OPTIONS_LIMIT,
        "{offered} options in {took:?}"
    );
}

/// Predicts whether 50 more Pods fit on 500 nodes with 10 000 Pods: plain ones, and ones that are
/// spread over nodes and avoid each other, for which every order of placement is tried.
fn fit() {
    let mut objects: Vec<Value> = cluster_with(10_000, SEED, Faults::default()).collect();
    let is_node = |object: &&Value| object["kind"] == "Node";
    let nodes: Vec<Value> = objects.iter().filter(is_node).cloned().collect();
    let more = nodes.iter().cycle().take(NODES - nodes.len()).enumerate();
    objects.extend(more.map(|(at, node)| {
        let name = format!("more-{at}");
        let mut node = node.clone();
        node["metadata"]["name"] = name.clone().into();
        node["metadata"]["labels"]["kubernetes.io/hostname"] = name.into();
        node
    }));
    let objects: Vec<(Kind, Vec<u8>)> = objects
        .iter()
        .filter_map(|object| {
            let kind = Kind::of_object(object["kind"].as_str()?)?;
            Some((kind, serde_json::to_vec(object).ok()?))
        })
        .collect();
    let snapshot = build(&objects);
    let (pods, nodes) = (snapshot.pods.len(), snapshot.nodes.len());
    println!("fit of 50 Pods on {nodes} nodes with {pods} Pods");
    let baseline = timed(|| {
        let labels = |pod: &Pod| pod.meta.labels.iter().count();
        std::hint::black_box(snapshot.pods.iter().map(labels).sum::<usize>());
    });
    println!(
        "{:<34} {baseline:>10.0?}   1.00",
        "baseline: touch every Pod once"
    );
    for (what, spec) in [
        ("Pods that ask for CPU", PLAIN),
        ("Pods that are spread and apart", APART),
        ("Pods that stay together", TOGETHER),
    ] {
        let labels = serde_json::from_str(r#"{"app":"asked"}"#).expect("labels");
        let spec: PodSpec = serde_json::from_str(spec).expect("a spec");
        let ask = Ask {
            namespace: "default",
            labels: &labels,
            spec: &spec,
            count: 50,
            workload: None,
            claims: None,
        };
        let mut fits = 0;
        let took = timed(|| fits = predict(&snapshot, &ask, &[]).room_min);
        report(what, took, baseline);
        println!("{fits} of 50 fit");
    }
    println!();
}

/// Finds all circles in a graph with one planted circle of five in every hundred findings.
fn graph() {
    let count = EDGES / 2;
    let finding = |at: usize| Finding {
        check: CheckId::new("node/node-not-ready"),
        kind: FindingKind::Node(NodeFinding::NotReady),
        severity: Severity::Critical,
        object: ObjectRef::named(Kind::Node, "", &format!("n{at}")),
        container: "".into(),
        detail: String::new(),
        since: None,
        evidence: Vec::new(),
        against: Vec::new(),
    };
    let findings: Vec<Finding> = (0..count).map(finding).collect();
    let edge = |cause: usize, effect: usize| Edge {
        cause,
        effect,
        rule: RuleId::new("a-explains-b"),
        because: "",
        strength: EdgeStrength::Hard,
        proof: Vec::new(),
        missing: None,
    };
    let forward = (0..count - 1).map(|at| edge(at, at + 1));
    let far = (0..count - 100).map(|at| edge(at, at + 7 + at % 90));
    let back = (0..count / 100).map(|at| edge(at * 100 + 4, at * 100));
    let edges: Vec<Edge> = forward.chain(far).chain(back).collect();
    let baseline = timed(|| {
        let sum: usize = edges.iter().map(|edge| edge.cause ^ edge.effect).sum();
        std::hint::black_box(sum);
    });
    println!(
        "graph with {} findings and {} links",
        findings.len(),
        edges.len()
    );
    println!(
        "{:<34} {baseline:>10.0?}   1.00",
        "baseline: touch every link once"
    );
    let mut found = 0;
    let took = timed(|| found = circles(&findings, &edges).0.len());
    report("all circles", took, baseline);
    println!("{found} circles\n");
}

/// Mines a log of a gigabyte into templates.
fn logs() {
    let mut text = String::with_capacity(LOG_BYTES + 256);
    let mut at = 0_u64;
    while text.len() < LOG_BYTES {
        at += 1;
        let noise = at.wrapping_mul(2_654_435_761) % 100_000;
        let line = match at % 50 {
            0 => format!(
                "2026-01-01T00:00:{:02}Z error db: connect to 10.0.{}.{}:5432 refused after {noise}ms\n",
                at % 60,
                at % 200,
                at % 250
            ),
            1 => format!(
                "2026-01-01T00:00:{:02}Z warn pool slow query id={noise} rows={at}\n",
                at % 60
            ),
            kind => format!(
                "2026-01-01T00:00:{:02}Z info http GET /api/v{}/items/{noise} status=200 bytes={at} user=u{noise}\n",
                at % 60,
                kind % 7
            ),
        };
        text.push_str(&line);
    }
    println!("log of {} MB, {at} lines", text.len() / 1_000_000);
    let baseline = timed(|| {
        std::hint::black_box(text.lines().map(str::len).sum::<usize>());
    });
    println!(
        "{:<34} {baseline:>10.0?}   1.00",
        "baseline: find the line ends"
    );
    let mut found = 0;
    let took = timed(|| found = templates_of(&text, 10).len());
    report("templates", took, baseline);
    let rate = text.len() as f64 / 1e6 / took.as_secs_f64();
    println!("{found} templates, {rate:.0} MB/s");
}

fn build(objects: &[(Kind, Vec<u8>)]) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    for (kind, json) in objects {
        builder.add(*kind, json).expect("generated objects decode");
    }
    // The generator makes no ServiceAccounts: they count as not read.
    for kind in Kind::all().filter(|kind| *kind != Kind::ServiceAccount) {
        builder.record(LedgerEntry {
            source: Source::Objects(kind),
            namespace: None,
            selected: false,
            outcome: ReadOutcome::Ok { items: 0 },
        });
    }
    builder.finish("2026-01-02T00:00:00Z".parse().expect("a time"), None)
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn report(what: &str, took: Duration, baseline: Duration) {
    println!(
        "{what:<34} {took:>10.0?}   {:.2}",
        took.as_secs_f64() / baseline.as_secs_f64()
    );
}
