//! The parts of a diagnosis, each beside the plainest work on the same input: the table shows what
//! a part costs above that. Whole runs, with ratios and limits, are in `engine.rs`.

use std::{hint::black_box, sync::LazyLock};

use divan::{Bencher, counter::BytesCount};
use dogwatch_engine::{View, checks, diagnose, logs::templates_of, rollout::rollouts, run_check};
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, Snapshot, Source,
    canonical::{canonical_json, sha256_hex},
    redaction::redact,
    snapshot::{Pod, SnapshotBuilder},
};
use dogwatch_sandbox::load::{Faults, cluster_with};
use serde_json::Value;

const PODS: usize = 2_000;
const SEED: u64 = 7;

/// Two of every kind of trouble that the generator knows.
const FAULTS: Faults = Faults {
    crash_loops: 2,
    out_of_memory: 2,
    image_pulls: 2,
    unschedulable: 2,
    unready: 2,
};

/// Objects as an API server sends them.
static OBJECTS: LazyLock<Vec<(Kind, Vec<u8>)>> = LazyLock::new(|| {
    cluster_with(PODS, SEED, FAULTS)
        .filter_map(|object| {
            let kind = Kind::of_object(object["kind"].as_str()?)?;
            Some((kind, serde_json::to_vec(&object).ok()?))
        })
        .collect()
});

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let mut builder = SnapshotBuilder::default();
    for (kind, json) in OBJECTS.iter() {
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
});

fn main() {
    divan::main();
}

fn a_pod() -> &'static [u8] {
    let mut pods = OBJECTS.iter().filter(|(kind, _)| *kind == Kind::Pod);
    &pods.next().expect("there are Pods").1
}

#[divan::bench_group]
mod one_pod {
    use super::{Bencher, BytesCount, Pod, Value, a_pod, black_box, canonical_json, sha256_hex};

    #[divan::bench]
    fn baseline_untyped(bencher: Bencher<'_, '_>) {
        let json = a_pod();
        bencher
            .counter(BytesCount::of_slice(json))
            .bench(|| serde_json::from_slice::<Value>(black_box(json)).expect("sound JSON"));
    }

    #[divan::bench]
    fn lean(bencher: Bencher<'_, '_>) {
        let json = a_pod();
        bencher
            .counter(BytesCount::of_slice(json))
            .bench(|| serde_json::from_slice::<Pod>(black_box(json)).expect("a Pod"));
    }

    #[divan::bench]
    fn digest(bencher: Bencher<'_, '_>) {
        let value: Value = serde_json::from_slice(a_pod()).expect("sound JSON");
        bencher.bench(|| {
            let text = canonical_json(black_box(&value)).expect("whole numbers only");
            sha256_hex(text.as_bytes())
        });
    }
}

#[divan::bench_group(sample_count = 20)]
mod cluster {
    use super::{Bencher, SNAPSHOT, View, black_box, checks, diagnose, rollouts, run_check};

    #[divan::bench]
    fn baseline_touch_every_pod(bencher: Bencher<'_, '_>) {
        let snapshot = &*SNAPSHOT;
        bencher.bench(|| snapshot.pods.iter().filter(|pod| pod.is_ready()).count());
    }

    #[divan::bench]
    fn versions(bencher: Bencher<'_, '_>) {
        let snapshot = &*SNAPSHOT;
        bencher.bench(|| rollouts(black_box(snapshot)).len());
    }

    #[divan::bench]
    fn view(bencher: Bencher<'_, '_>) {
        let snapshot = &*SNAPSHOT;
        bencher.bench(|| View::new(black_box(snapshot)).suspects.len());
    }

    #[divan::bench]
    fn every_check(bencher: Bencher<'_, '_>) {
        let view = View::new(&SNAPSHOT);
        let run = |check: &&dyn dogwatch_engine::Check| run_check(*check, &view).0.len();
        bencher.bench(|| checks().iter().map(run).sum::<usize>());
    }

    #[divan::bench]
    fn whole_diagnosis(bencher: Bencher<'_, '_>) {
        let snapshot = &*SNAPSHOT;
        bencher.bench(|| diagnose(black_box(snapshot), None).causes.len());
    }
}

#[divan::bench_group(sample_count = 20)]
mod log_text {
    use super::{Bencher, BytesCount, LazyLock, black_box, redact, templates_of};

    /// A megabyte of a log with one line in fifty that matters.
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let line = |at: usize| match at % 50 {
            0 => format!(
                "2026-01-01T00:00:00Z error connect to 10.0.0.{} refused\n",
                at % 250
            ),
            _ => format!("2026-01-01T00:00:00Z info GET /items/{at} status=200 bytes={at}\n"),
        };
        (0..16_000).map(line).collect()
    });

    #[divan::bench]
    fn baseline_line_ends(bencher: Bencher<'_, '_>) {
        let text = TEXT.as_str();
        bencher
            .counter(BytesCount::of_str(text))
            .bench(|| black_box(text).lines().map(str::len).sum::<usize>());
    }

    #[divan::bench]
    fn redaction(bencher: Bencher<'_, '_>) {
        let text = TEXT.as_str();
        bencher
            .counter(BytesCount::of_str(text))
            .bench(|| redact(black_box(text)).len());
    }

    #[divan::bench]
    fn templates(bencher: Bencher<'_, '_>) {
        let text = TEXT.as_str();
        bencher
            .counter(BytesCount::of_str(text))
            .bench(|| templates_of(black_box(text), 10).len());
    }
}
