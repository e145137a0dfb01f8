//! The dispatcher: three forms, schemas, exit codes.

use std::path::Path;

use serde_json::{Value, json};

use crate::{dogwatch, exits, shop, stdout};

const NAME: &str = "huawei_workload_rollout_diagnose";

fn answer(arguments: &[&str]) -> (Value, i32) {
    let output = dogwatch(arguments);
    let code = output.status.code().expect("an exit code");
    (
        serde_json::from_str(&stdout(&output)).expect("exactly one JSON object"),
        code,
    )
}

#[test]
fn the_three_forms_give_the_same_answer() {
    let folder = shop::folder();
    let path = folder.path().to_str().expect("a path");
    let params = json!({"region": "cn-north-4", "cluster_id": "c1", "namespace": "shop",
        "kind": "deploy", "name": "api", "from": path});
    let from = format!("from={path}");
    let one = answer(&["action", "--action", NAME, "--params", &params.to_string()]);
    let pairs = answer(&[
        "action",
        NAME,
        "region=cn-north-4",
        "cluster_id=c1",
        "namespace=shop",
        "kind=deploy",
        "name=api",
        &from,
    ]);
    let flags = answer(&[
        "action",
        NAME,
        "--region",
        "cn-north-4",
        "--cluster-id=c1",
        "--namespace",
        "shop",
        "--kind",
        "deploy",
        "--name",
        "api",
        "--from",
        path,
    ]);
    assert_eq!(one, pairs);
    assert_eq!(one, flags);
    assert_eq!(one.1, 0);
    assert_eq!(one.0["action"], "workload_rollout_diagnose");
    assert_eq!(one.0["success"], true);
    assert_eq!(one.0["summary"]["top_cause"], "ImagePullBackOff");
    assert_eq!(one.0["region"], "cn-north-4");
}

#[test]
fn calls_that_cannot_be_made() {
    let (error, code) = answer(&["action", "huawei_make_coffee"]);
    assert_eq!((code, &error["success"]), (2, &json!(false)));
    let (error, code) = answer(&["action", NAME, "region=x", "namespace=shop"]);
    assert_eq!(code, 2);
    assert_eq!(error["missing"], json!(["cluster_id", "kind", "name"]));
    let (error, code) = answer(&["action", NAME, "region=x", "--region", "y"]);
    assert_eq!(code, 2);
    assert!(
        error["error"]
            .as_str()
            .expect("a sentence")
            .contains("twice")
    );
}

#[test]
fn without_a_metrics_source_the_answer_says_so() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().display());
    let (error, code) = answer(&[
        "action",
        "huawei_get_cce_pod_metrics_topN",
        "region=x",
        "cluster_id=c",
        &from,
    ]);
    assert_eq!(code, 1);
    assert!(
        error["error"]
            .as_str()
            .expect("a sentence")
            .contains("DOGWATCH_PROMETHEUS_URL")
    );
}

/// Values for every parameter that some action takes.
const VALUES: &[&str] = &[
    "namespace=shop",
    "kind=deployment",
    "name=api",
    "pod_name=api-2-x",
    "node_ip=n1",
    "node_name=n1",
    "aom_instance_id=i",
    "query=up",
    "workload_type=deployment",
    "workload_name=api",
    "replicas=3",
    "min_replicas=1",
    "max_replicas=3",
    "nodepool_id=p",
    "node_count=2",
    "container=app",
    "nodepool_name=p-2",
    "flavor=f",
    "availability_zone=z",
    "root_volume_size=40",
    "root_volume_type=SSD",
    "node_id=i",
    "instance_id=i",
    "eip_id=e",
    "vul_id=v",
    "status=ignored",
];

/// Calls an action with the parameters that it knows.
fn asked(name: &str, from: &str) -> (Value, i32) {
    let schema: Value =
        serde_json::from_str(&stdout(&dogwatch(&["action", "--schema", name]))).expect("JSON");
    let known = &schema["parameters"]["properties"];
    let mut words = vec!["action", name, "region=x", "cluster_id=c", from];
    words.extend(VALUES.iter().copied().filter(|pair| {
        let (key, _) = pair.split_once('=').expect("a pair");
        known.get(key).is_some()
    }));
    answer(&words)
}

#[test]
fn every_action_answers_on_a_recording() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().display());
    let list = stdout(&dogwatch(&["action", "--list"]));
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names.len(), 45, "{names:?}");
    for name in names {
        let (document, code) = asked(name, &from);
        assert!(code < 2, "{name}: {document}");
        assert_eq!(document["success"] == true, code == 0, "{name}");
        assert_eq!(document["cluster_id"], "c", "{name}");
        // What writes refuses a recording, in the shape that its schema promises.
        if let Some(waits) = document.get("requires_confirmation") {
            assert_eq!((waits, code), (&json!(false), 1), "{name}: {document}");
            let words = document["error"].as_str().expect("a sentence");
            // Deleting a cluster is refused whatever it is asked of.
            let is_never = document["reason"] == "forbidden" && words.contains("never deleted");
            let is_recorded = words.contains("recording");
            assert!(is_recorded || is_never, "{name}: {words}");
        }
    }
}

/// `UPDATE_EXPECT=1` rewrites the files.
#[test]
fn schema_files_are_up_to_date_and_answers_satisfy_them() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().display());
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let list = stdout(&dogwatch(&["action", "--list"]));
    for name in list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
    {
        let text = stdout(&dogwatch(&["action", "--schema", name]));
        let file = files.join(format!("{name}.json"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::create_dir_all(&files).expect("a folder");
            std::fs::write(&file, &text).expect("written");
        }
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(known, text, "{name}: run with UPDATE_EXPECT=1");
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        for part in ["parameters", "result"] {
            jsonschema::meta::validate(&schema[part]).expect("a sound schema");
        }
        let (document, _) = asked(name, &from);
        if document["success"] == true || document.get("requires_confirmation").is_some() {
            let validator = jsonschema::validator_for(&schema["result"]).expect("a schema");
            let wrong: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| error.to_string())
                .collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        }
    }
}

#[test]
fn schemas_are_printed() {
    let output = dogwatch(&["action", "--schema", NAME]);
    exits(&output, 0);
    let schema: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert!(schema["parameters"]["properties"]["label_selector"].is_object());
    assert!(schema["result"]["properties"]["funnel"].is_object());
}

#[test]
fn credentials_are_never_echoed() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().display());
    let output = dogwatch(&[
        "action",
        "huawei_get_cce_pods",
        "region=x",
        "cluster_id=c",
        "ak=AKIDEXAMPLE",
        "sk=verysecretvalue",
        &from,
    ]);
    let text = stdout(&output);
    assert!(
        !text.contains("AKIDEXAMPLE") && !text.contains("verysecretvalue"),
        "{text}"
    );
    assert!(text.contains("process lists"), "it warns");
}

#[test]
fn windows_and_times_that_cannot_be_are_no_accident() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().to_str().expect("a path"));
    let call = |name: &str, more: &str| {
        answer(&[
            "action",
            name,
            "region=r",
            "cluster_id=c",
            "namespace=shop",
            more,
            &from,
        ])
    };
    for name in [
        "huawei_change_impact_analyze",
        "huawei_get_observability_context",
    ] {
        let (said, code) = call(name, "hours=4000000000");
        assert_eq!((&said["success"], code), (&json!(true), 0), "{said}");
    }
    let (said, code) = call("huawei_change_impact_analyze", "fault_time=yesterday");
    assert_eq!(code, 2, "{said}");
    let error = said["error"].as_str().expect("an error");
    assert!(error.contains("`fault_time` is no time"), "{error}");
}

#[test]
fn an_answer_is_kept_in_a_file_that_was_not_there() {
    let folder = shop::folder();
    let from = format!("from={}", folder.path().display());
    let place = tempfile::TempDir::new().expect("a folder");
    let file = place.path().join("hpa.yaml");
    let name = "huawei_generate_cce_hpa_manifest";
    let words = [
        "action",
        name,
        "region=x",
        "cluster_id=c",
        "namespace=shop",
        "workload_name=api",
        "min_replicas=1",
        "max_replicas=3",
        &from,
        &format!("output_file={}", file.display()),
    ];
    let (document, code) = answer(&words);
    assert_eq!(code, 0, "{document}");
    assert_eq!(document["output_file"], file.display().to_string());
    let kept = std::fs::read_to_string(&file).expect("it was written");
    assert!(kept.contains("kind: HorizontalPodAutoscaler"), "{kept}");
    // Nothing is lost: a file that is there stays as it is.
    let (again, code) = answer(&words);
    assert_eq!((again["success"].clone(), code), (json!(false), 2));
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), kept);
}
