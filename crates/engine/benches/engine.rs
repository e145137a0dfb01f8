//! The engine alone, on one core, over a generated cluster in memory.
//!
//! Prints its figures and their ratio to a baseline of the same run: decoding the same objects into
//! untyped JSON, which every reader of a cluster has to beat.

#![allow(clippy::print_stdout)] // a bench prints its figures

use std::time::{Duration, Instant};

use dogwatch_engine::report::inspection;
use dogwatch_model::{Kind, LedgerEntry, ReadOutcome, Snapshot, Source, snapshot::SnapshotBuilder};
use dogwatch_sandbox::load::{Faults, cluster_with};
use serde_json::Value;

const PODS: usize = 100_000;
const FAULTS: Faults = Faults {
    crash_loops: 40,
    out_of_memory: 40,
    image_pulls: 40,
    unschedulable: 40,
    unready: 40,
};
const SEED: u64 = 7;

fn main() {
    let objects: Vec<(Kind, Vec<u8>)> = cluster_with(PODS, SEED, FAULTS)
        .filter_map(|object| {
            let kind = Kind::of_object(object["kind"].as_str()?)?;
            Some((kind, serde_json::to_vec(&object).ok()?))
        })
        .collect();
    let bytes: usize = objects.iter().map(|(_, json)| json.len()).sum();
    println!(
        "{PODS} Pods, {} objects, {} MB of JSON",
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
}

fn build(objects: &[(Kind, Vec<u8>)]) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    for (kind, json) in objects {
        builder.add(*kind, json).expect("generated objects decode");
    }
    for kind in Kind::all() {
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
