//! What a capture writes is what it reads again, without secrets.

use std::{fs, path::Path};

use dogwatch_adapters::bundle::{Bundle, BundleWriter, CaptureFacts, RecordingReader, WriteError};
use dogwatch_model::{
    Kind, Ledger, LedgerEntry, ReadOutcome, SkipReason, Source,
    ports::{
        ClusterReader, CustomKinds, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture,
        ServerFacts,
    },
};
use tempfile::TempDir;

use crate::recordings::{bundle, list, list_of, log, names};

/// A cluster that answers from a table.
struct Played;

const POD: &str = r#"{"metadata":{"name":"a","namespace":"shop","uid":"u","resourceVersion":"5",
    "managedFields":[{}]},"spec":{"containers":[{"name":"app",
    "env":[{"name":"PASSWORD","value":"hunter2"}]}]}}"#;
const SECRET: &str = r#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",
    "metadata":{"name":"db","namespace":"shop"},"data":{"a":"aHVudGVyMg=="}}"#;

impl ClusterReader for Played {
    fn list<'a>(
        &'a self,
        query: &'a ListQuery,
        sink: ObjectSink<'a>,
    ) -> PortFuture<'a, ReadOutcome> {
        Box::pin(async move {
            match query.kind {
                Kind::Pod => {
                    assert!(sink(POD.as_bytes()));
                    ReadOutcome::Ok { items: 1 }
                }
                Kind::Secret => {
                    sink(SECRET.as_bytes());
                    ReadOutcome::Truncated {
                        items: 1,
                        unreadable: 0,
                        limit: "pages".to_owned(),
                    }
                }
                Kind::Node => ReadOutcome::Denied {
                    message: "no nodes".to_owned(),
                },
                Kind::RuntimeClass => ReadOutcome::Skipped {
                    why: SkipReason::NotInstalled,
                },
                Kind::Event => ReadOutcome::TimedOut {
                    attempts: 3,
                    last_error: "x".to_owned(),
                },
                _ => ReadOutcome::Ok { items: 0 },
            }
        })
    }

    fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
        Box::pin(async {
            CustomKinds::failed(ReadOutcome::Denied {
                message: "no discovery".to_owned(),
            })
        })
    }

    fn log<'a>(&'a self, query: &'a LogQuery) -> PortFuture<'a, LogRead> {
        let read = if query.previous {
            let outcome = ReadOutcome::Skipped {
                why: SkipReason::NotInstalled,
            };
            LogRead {
                text: String::new(),
                outcome,
            }
        } else {
            let text = "user=bob password=hunter2\n".to_owned();
            LogRead {
                text,
                outcome: ReadOutcome::Ok { items: 1 },
            }
        };
        Box::pin(async move { read })
    }

    fn facts(&self) -> ServerFacts {
        let now = Some("2026-01-02T03:04:05.678Z".parse().unwrap());
        ServerFacts {
            version: Some("v1.36.3".to_owned()),
            now,
            ahead: None,
        }
    }
}

const KINDS: [Kind; 7] = [
    Kind::Pod,
    Kind::Secret,
    Kind::Node,
    Kind::RuntimeClass,
    Kind::Event,
    Kind::Deployment,
    Kind::ConfigMap,
];

fn every_byte(path: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        text += &if path.is_dir() {
            every_byte(&path)
        } else {
            fs::read_to_string(path).unwrap()
        };
    }
    text
}

#[tokio::test]
async fn a_capture_answers_as_the_cluster_did() {
    let folder = TempDir::new().unwrap();
    let recorder = RecordingReader::new(Played).unwrap();
    let shop = |kind| ListQuery::in_namespace(kind, "shop");
    let mut answers = Vec::new();
    for kind in KINDS {
        answers.push(list(&recorder, &shop(kind)).await);
    }
    let logs = [
        log(&recorder, "a", false).await,
        log(&recorder, "a", true).await,
    ];
    for target in ["capture", "capture.tar.gz"] {
        let target = folder.path().join(target);
        recorder.save(&target, &Ledger::default()).unwrap();
        let bundle = Bundle::open(&target).unwrap();
        for (kind, answer) in KINDS.into_iter().zip(&answers) {
            assert_eq!(list(&bundle, &shop(kind)).await, *answer, "{kind}");
        }
        assert_eq!(bundle.facts(), Played.facts());
        let read = log(&bundle, "a", false).await;
        assert_eq!(read.text, "user=bob password=[redacted]\n");
        assert_eq!(read.outcome, logs[0].outcome);
        assert_eq!(log(&bundle, "a", true).await, logs[1]);
        // What was never asked is not known.
        let never = list(&bundle, &shop(Kind::Job)).await.1;
        assert_eq!(
            never,
            ReadOutcome::Skipped {
                why: SkipReason::NoSource
            }
        );
        let wider = list(&bundle, &ListQuery::all(Kind::Pod)).await.1;
        assert!(
            matches!(wider, ReadOutcome::Truncated { items: 1, .. }),
            "{wider:?}"
        );
        let narrower = ListQuery::one(Kind::Pod, "shop", "gone");
        assert_eq!(
            list(&bundle, &narrower).await.1,
            ReadOutcome::Ok { items: 0 }
        );
    }
    let text = every_byte(&folder.path().join("capture"));
    for secret in ["hunter2", "aHVudGVyMg", "managedFields"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let recorder = RecordingReader::new(Played).unwrap();
    let [one, other] = ["one.tar.gz", "other.tgz"].map(|name| folder.path().join(name));
    recorder.save(&one, &Ledger::default()).unwrap();
    recorder.save(&other, &Ledger::default()).unwrap();
    assert_eq!(fs::read(&one).unwrap(), fs::read(&other).unwrap());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing else is left behind"
    );
}

fn facts() -> CaptureFacts {
    CaptureFacts {
        captured_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        version: None,
    }
}

#[tokio::test]
async fn a_written_bundle_has_the_layout_of_troubleshoot() {
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("capture");
    let mut writer = BundleWriter::create(&target).unwrap();
    for (kind, version, name) in [
        ("Node", "v1", r#""name":"n1""#),
        (
            "PersistentVolumeClaim",
            "v1",
            r#""name":"c","namespace":"shop""#,
        ),
        ("Deployment", "apps/v1", r#""name":"d","namespace":"shop""#),
        (
            "EndpointSlice",
            "discovery.k8s.io/v1",
            r#""name":"e","namespace":"shop""#,
        ),
        (
            "Widget",
            "example.com/v1",
            r#""name":"w","namespace":"shop""#,
        ),
    ] {
        let json = format!(r#"{{"kind":"{kind}","apiVersion":"{version}","metadata":{{{name}}}}}"#);
        writer.add_object(json.as_bytes()).unwrap();
    }
    assert!(matches!(
        writer.add_object(b"{}"),
        Err(WriteError::NoObject)
    ));
    let mut ledger = Ledger::default();
    let denied = ReadOutcome::Denied {
        message: "no".to_owned(),
    };
    for (kind, outcome) in [
        (Kind::Node, ReadOutcome::Ok { items: 1 }),
        (Kind::Deployment, ReadOutcome::Ok { items: 1 }),
        (Kind::Pod, denied.clone()),
    ] {
        ledger.record(LedgerEntry {
            selected: false,
            source: Source::Objects(kind),
            namespace: None,
            outcome,
        });
    }
    writer.add_ledger(&ledger);
    writer.finish(facts()).unwrap();
    for file in [
        "version.yaml",
        "dogwatch/capture.json",
        "cluster-resources/nodes.json",
        "cluster-resources/pvcs/shop.json",
        "cluster-resources/deployments/shop.json",
        "cluster-resources/endpointslices/shop.json",
        "cluster-resources/custom-resources/widgets.example.com/shop.json",
    ] {
        assert!(target.join(file).is_file(), "{file}");
    }
    let bundle = Bundle::open(&target).unwrap();
    assert_eq!(bundle.objects().count(), 5);
    assert_eq!(names(&bundle, Kind::Deployment).await, ["shop/d"]);
    assert_eq!(list(&bundle, &ListQuery::all(Kind::Pod)).await.1, denied);
    assert!(matches!(
        BundleWriter::create(&target),
        Err(WriteError::NotEmpty { .. })
    ));
}

#[tokio::test]
async fn what_a_recording_knows_besides_objects_stays_in_a_capture_of_it() {
    let nodes = list_of("Node", &["/n1"]);
    let case = bundle(&[
        (
            "case.json",
            r#"{"alert":{"title":"KubeNodeNotReady","description":"n1, Authorization: Bearer abcdef0123456789abcdef","subject":{"name":"n1","kind":"node"}}}"#,
        ),
        ("objects/nodes.json", &nodes),
        (
            "extra/node_services.json",
            r#"{"n1":{"kubelet":"failed (Result: exit-code)"}}"#,
        ),
    ]);
    let recording = RecordingReader::new(case).unwrap();
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("capture.tar.gz");
    list(&recording, &ListQuery::all(Kind::Node)).await;
    recording.save(&target, &Ledger::default()).unwrap();
    let again = Bundle::open(&target).unwrap();
    let services = again.node_services_at_hand();
    assert_eq!(services, recording.inner().node_services_at_hand());
    assert!(!services[0].is_running);
    let [alert] = &again.alerts_at_hand()[..] else {
        panic!("one alert");
    };
    let [before] = &recording.inner().alerts_at_hand()[..] else {
        panic!("one alert");
    };
    assert_eq!((&alert.name, &alert.object), (&before.name, &before.object));
    assert!(!alert.description.contains("abcdef0123456789"), "{alert:?}");
}
