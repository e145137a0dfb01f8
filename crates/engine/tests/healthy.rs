//! A healthy cluster is quiet: whatever ordinary things go on in it, nothing is worth a warning.

#[path = "healthy/everyday.rs"]
mod everyday;

use dogwatch_engine::diagnose;
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, Severity, Snapshot, Source, snapshot::SnapshotBuilder,
};
use dogwatch_sandbox::load;
use everyday::{Everyday, NOW, WAYS};
use serde_json::Value;

/// Pods of a cluster: four Namespaces' worth would say nothing that these do not.
const PODS: usize = 130;

/// The objects as one snapshot in which everything was read.
fn snapshot(objects: &[Value]) -> Snapshot {
    let mut builder = SnapshotBuilder::default();
    for object in objects {
        let text = |key: &str| object[key].as_str().expect("an object says what it is");
        let kind = Kind::of(text("apiVersion"), text("kind")).expect("a kind that is read");
        let bytes = serde_json::to_vec(object).expect("a JSON value serializes");
        let added = builder.add(kind, &bytes);
        added.unwrap_or_else(|error| panic!("{error}: {object}"));
    }
    let kinds = Kind::all().map(Source::Objects);
    for source in kinds.chain([Source::Logs]) {
        builder.record(LedgerEntry {
            source,
            namespace: None,
            selected: false,
            outcome: ReadOutcome::Ok { items: 0 },
        });
    }
    let now = NOW.parse().expect("a time");
    builder.finish(now, Some("v1.36.0".to_owned()))
}

/// Findings that would wake somebody.
fn alarms(objects: &[Value]) -> Vec<String> {
    let diagnosis = diagnose(&snapshot(objects), None);
    let loud = diagnosis
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Info);
    loud.map(|finding| {
        let facts = finding.evidence.iter();
        let facts: Vec<String> = facts
            .map(|fact| format!("{}: {}", fact.field, fact.value))
            .collect();
        let (mode, object) = (finding.kind.mode(), &finding.object);
        format!(
            "{mode} {object}: {} [{}]",
            finding.detail,
            facts.join(" | ")
        )
    })
    .collect()
}

#[test]
fn a_generated_cluster_is_quiet() {
    for seed in 0..8 {
        let objects: Vec<Value> = load::cluster(PODS, seed).collect();
        assert_eq!(alarms(&objects), Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn every_ordinary_thing_by_itself_is_quiet() {
    let mut wrong = Vec::new();
    for (seed, (name, way)) in (0..).zip(WAYS) {
        let mut day = Everyday::new(load::cluster(PODS, seed).collect());
        way(&mut day);
        let loud = alarms(&day.objects);
        wrong.extend(loud.into_iter().map(|alarm| format!("{name}: {alarm}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_of_it_at_once_is_quiet() {
    for seed in 0..8 {
        let mut day = Everyday::new(load::cluster(PODS, seed).collect());
        for (_, way) in WAYS {
            way(&mut day);
        }
        let loud = alarms(&day.objects);
        assert!(loud.is_empty(), "seed {seed}:\n{}", loud.join("\n"));
    }
}

/// The test can fail: what is broken in the same cluster is told.
#[test]
fn a_broken_pod_in_the_same_cluster_is_told() {
    let faults = load::Faults {
        crash_loops: 1,
        ..load::Faults::default()
    };
    let objects: Vec<Value> = load::cluster_with(PODS, 1, faults).collect();
    assert!(!alarms(&objects).is_empty());
}
