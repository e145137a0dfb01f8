//! Audit logs beside the objects of a recording are found by their names.

use std::fs;

use dogwatch_adapters::bundle::Bundle;
use dogwatch_model::{Kind, ReadOutcome, ports::ClusterReader as _};

fn write(name: &str) -> String {
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"delete",
        "user":{{"username":"alice"}},"objectRef":{{"resource":"services","namespace":"shop","name":"{name}"}},
        "responseStatus":{{"code":200}},"requestReceivedTimestamp":"2026-01-01T00:04:00Z"}}"#
    )
    .replace('\n', "")
}

#[test]
fn audit_logs_are_known_by_their_places() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "audit/kube-apiserver.log",
        "audit-1.jsonl",
        "extra/audit.json",
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, write(name)).unwrap();
    }
    let pods = r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#;
    fs::write(folder.path().join("pods.json"), pods).unwrap();
    // A container may be called so as well.
    fs::create_dir_all(folder.path().join("logs/shop/web")).unwrap();
    fs::write(folder.path().join("logs/shop/web/audit.log"), "hello").unwrap();
    let bundle = Bundle::open(folder.path()).unwrap();
    let history = bundle.history_at_hand();
    let mut names: Vec<&str> = history.audit.iter().map(|record| &*record.name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "audit-1.jsonl",
            "audit/kube-apiserver.log",
            "extra/audit.json"
        ]
    );
    let outcomes = history.entries.iter().map(|entry| &entry.outcome);
    assert_eq!(
        outcomes.collect::<Vec<_>>(),
        [&ReadOutcome::Ok { items: 1 }; 3]
    );
    assert_eq!(bundle.logs_at_hand().len(), 1);
    assert!(bundle.holds(Kind::Pod) && !bundle.holds(Kind::Secret));
}
