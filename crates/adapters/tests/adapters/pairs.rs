//! A capture of two clusters, and what becomes of it when somebody packs it anew or changes it.

use std::fs;

use dogwatch_adapters::bundle::{Bundle, BundleError, Pair, PairFacts, Recording, RecordingReader};
use dogwatch_model::{
    Kind, Ledger,
    ports::{ClusterReader as _, ListQuery},
};
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::recordings::{bundle, gzip, list, tar};

const FILE: &str = "dogwatch/clusters.json";

/// Two clusters with a Node each, captured into one folder. Its clock is a minute ahead there.
async fn captured(has_workload: bool) -> TempDir {
    let reader = |name: &str| {
        let node = format!(
            r#"{{"kind":"NodeList","apiVersion":"v1","items":[{{"metadata":{{"name":"{name}"}}}}]}}"#
        );
        RecordingReader::new(bundle(&[("nodes.json", &node)])).unwrap()
    };
    let (here, there) = (reader("here"), reader("there"));
    for reader in [&here, &there] {
        list(reader, &ListQuery::all(Kind::Node)).await;
    }
    let facts = PairFacts {
        namespace: "fleet".to_owned(),
        name: "prod".to_owned(),
        entries: Vec::new(),
        management_ahead: Some(SignedDuration::from_secs(60)),
    };
    let (folder, reads) = (TempDir::new().unwrap(), Ledger::default());
    let workload = has_workload.then_some((&here, &reads));
    RecordingReader::save_pair(folder.path(), facts, (&there, &reads), workload).unwrap();
    folder
}

async fn nodes(reader: &Bundle) -> Vec<String> {
    list(reader, &ListQuery::all(Kind::Node)).await.0
}

fn both(recording: Recording) -> Pair {
    match recording {
        Recording::Two(pair) => *pair,
        Recording::One(_) => panic!("there are two"),
    }
}

#[tokio::test]
async fn each_cluster_answers_for_itself_and_the_workload_cluster_for_both() {
    let folder = captured(true).await;
    let pair = both(Recording::open(folder.path()).unwrap());
    assert_eq!(nodes(&pair.management).await, ["/there"]);
    let workload = pair.workload.unwrap();
    assert_eq!(nodes(&workload).await, ["/here"]);
    let minute = Some(SignedDuration::from_secs(60));
    assert_eq!(pair.management.facts().ahead, minute);
    assert_eq!(workload.facts().ahead, Some(SignedDuration::ZERO));
    assert_eq!(
        (&*pair.facts.namespace, &*pair.facts.name),
        ("fleet", "prod")
    );
    assert_eq!(
        nodes(&Bundle::open(folder.path()).unwrap()).await,
        ["/here"]
    );
}

#[tokio::test]
async fn a_workload_cluster_that_was_not_reached_is_not_made_up() {
    let folder = captured(false).await;
    assert!(
        both(Recording::open(folder.path()).unwrap())
            .workload
            .is_none()
    );
    let refused = Bundle::open(folder.path()).unwrap_err();
    assert!(
        matches!(refused, BundleError::NoWorkload { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn the_order_of_files_does_not_matter() {
    let folder = captured(true).await;
    let mut files: Vec<(String, String)> = Vec::new();
    for name in [
        "workload/dogwatch/capture.json",
        "workload/cluster-resources/nodes.json",
        "management/dogwatch/capture.json",
        "management/cluster-resources/nodes.json",
        FILE,
    ] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        files.push((format!("anew/{name}"), text));
    }
    let file = tar::EntryType::Regular;
    let entries: Vec<_> = files
        .iter()
        .map(|(name, text)| (&**name, file, &**text))
        .collect();
    let target = folder.path().join("anew.tar.gz");
    fs::write(&target, gzip(&tar(&entries))).unwrap();
    let pair = both(Recording::open(&target).unwrap());
    assert_eq!(nodes(&pair.management).await, ["/there"]);
    assert_eq!(nodes(&pair.workload.unwrap()).await, ["/here"]);
}

#[tokio::test]
async fn what_names_both_clusters_must_be_understood() {
    let folder = captured(true).await;
    let place = folder.path().join(FILE);
    let text = fs::read_to_string(&place).unwrap();
    fs::write(
        &place,
        text.replace("\"schema_version\": 1", "\"schema_version\": 9"),
    )
    .unwrap();
    let newer = Recording::open(folder.path()).unwrap_err();
    assert!(
        matches!(newer, BundleError::NewerCapture { version: 9, .. }),
        "{newer}"
    );
    let second = folder.path().join("other").join(FILE);
    fs::create_dir_all(second.parent().unwrap()).unwrap();
    fs::write(&second, &text).unwrap();
    let twice = Recording::open(folder.path()).unwrap_err();
    assert!(twice.to_string().contains("more than one"), "{twice}");
    fs::remove_dir_all(folder.path().join("other")).unwrap();
    fs::write(&place, "{}").unwrap();
    let broken = Recording::open(folder.path()).unwrap_err();
    assert!(matches!(broken, BundleError::Damaged { .. }), "{broken}");
    fs::remove_dir_all(folder.path().join("management")).unwrap();
    fs::write(&place, text).unwrap();
    let halved = Recording::open(folder.path()).unwrap_err();
    assert!(matches!(halved, BundleError::NoObjects { .. }), "{halved}");
}
