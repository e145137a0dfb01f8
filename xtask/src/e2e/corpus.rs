//! Keeps what a scenario showed as a case for `cargo xtask eval`.
//!
//! The capture of the live cluster is taken apart: the same code that scores foreign cases can then
//! score our own, and a figure on both is comparable.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path};

use anyhow::{Context as _, Result, ensure};
use dogwatch_model::Kind;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tar::Archive;

use super::scenario::{Expectation, Scenario};
use super::verdict::bundle_in;
use crate::eval::{NO_FAULT, mode_as_class, type_as_class};

/// The name of the corpus.
const CORPUS: &str = "dogwatch-e2e";

/// Files of one capture by their name inside of it.
type Files = BTreeMap<String, Vec<u8>>;

/// Keeps the capture among the verdicts of a scenario as a case below `corpus`; the text says when it
/// cannot be one.
pub(crate) fn keep(corpus: &Path, scenario: &Scenario, verdicts: &Path) -> Result<String> {
    let is_written = write(corpus, scenario, &bundle_in(verdicts))?;
    let no_case = "no case is kept: the scenario expects neither a cause nor health";
    Ok(if is_written { "" } else { no_case }.to_owned())
}

/// Writes `<folder>/dogwatch-e2e/<scenario>/`; false when the scenario expects too little to be
/// scored: neither a cause nor a healthy target.
fn write(folder: &Path, scenario: &Scenario, bundle: &Path) -> Result<bool> {
    let Some(expected) = expected(scenario) else {
        return Ok(false);
    };
    let case = folder.join(CORPUS).join(&scenario.name);
    if case.exists() {
        fs::remove_dir_all(&case).with_context(|| format!("clear {}", case.display()))?;
    }
    let files = read(bundle)?;
    let capture: Value = parse(&files, "dogwatch/capture.json")?;
    let mut objects = objects(&files, &capture)?;
    if scenario.script.expect.top_cause.is_none()
        && let Some(nodes) = objects.get_mut("nodes")
    {
        nodes.retain(|node| !is_of_another(scenario, field(node, "/metadata/name")));
    }
    for (plural, items) in &objects {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        put(
            &case.join("objects").join(format!("{plural}.json")),
            &text(&list),
        )?;
    }
    for (path, log) in logs(&files) {
        put(&case.join("logs").join(path), log)?;
    }
    put(
        &case.join("case.json"),
        &text(&question(scenario, &capture, &objects)?),
    )?;
    put(&case.join("expected.json"), &text(&expected))?;
    Ok(true)
}

/// True for a node that another scenario made for itself: what is wrong with it is no fault here.
fn is_of_another(scenario: &Scenario, node: &str) -> bool {
    node.starts_with("e2e-") && !node.starts_with(&scenario.namespace())
}

fn read(bundle: &Path) -> Result<Files> {
    let context = || format!("read {}", bundle.display());
    let file = File::open(bundle).with_context(context)?;
    let mut archive = Archive::new(GzDecoder::new(file));
    let mut files = Files::new();
    for entry in archive.entries().with_context(context)? {
        let mut entry = entry.with_context(context)?;
        let path = entry.path().with_context(context)?.into_owned();
        // The first part is the folder that all files share.
        let parts = path.components().skip(1);
        let parts: Vec<_> = parts.map(Component::as_os_str).collect();
        let name = parts.join("/".as_ref()).to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).with_context(context)?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn parse(files: &Files, name: &str) -> Result<Value> {
    let bytes = files
        .get(name)
        .with_context(|| format!("the capture has no {name}"))?;
    serde_json::from_slice(bytes).with_context(|| format!("parse {name} of the capture"))
}

/// Objects by the plural of their kind. A kind that was read and of which there is none has an empty
/// list: no file would say that nobody looked.
fn objects(files: &Files, capture: &Value) -> Result<BTreeMap<String, Vec<Value>>> {
    let mut objects: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for list in items(capture, "lists") {
        let is_cut = ["name", "label_selector", "field_selector"].map(|part| list.get(part));
        let is_read = field(list, "/outcome/outcome") == "ok" && is_cut == [None; 3];
        let kind = Kind::of_object(field(list, "/kind")).filter(|_| is_read);
        if let Some(kind) = kind {
            objects.entry(kind.info().plural.to_owned()).or_default();
        }
    }
    let is_list =
        |name: &str| name.starts_with("cluster-resources/") && name.strip_suffix(".json").is_some();
    for name in files.keys().filter(|name| is_list(name)) {
        let list = parse(files, name)?;
        for item in items(&list, "items") {
            let item = with_type(item.clone(), &list);
            let kind = Kind::of(field(&item, "/apiVersion"), field(&item, "/kind"));
            let kind = kind.with_context(|| format!("{name} holds an object of no known kind"))?;
            let plural = kind.info().plural.to_owned();
            objects.entry(plural).or_default().push(item);
        }
    }
    Ok(objects)
}

/// An item of a typed list need not name its own type.
fn with_type(mut item: Value, list: &Value) -> Value {
    let kind = field(list, "/kind").trim_end_matches("List");
    if let Some(fields) = item.as_object_mut() {
        fields.entry("kind").or_insert_with(|| kind.into());
        let version = field(list, "/apiVersion");
        fields.entry("apiVersion").or_insert_with(|| version.into());
    }
    item
}

/// Logs by the place they have in a case.
fn logs(files: &Files) -> impl Iterator<Item = (String, &[u8])> {
    files.iter().filter_map(|(name, bytes)| {
        let path = name.strip_prefix("cluster-resources/pods/logs/")?;
        let stem = path.strip_suffix(".log")?;
        let path = match stem.strip_suffix("-previous") {
            Some(stem) => format!("{stem}.previous.log"),
            None => path.to_owned(),
        };
        Some((path, bytes.as_slice()))
    })
}

/// The content of `case.json`: what is asked.
fn question(
    scenario: &Scenario,
    capture: &Value,
    objects: &BTreeMap<String, Vec<Value>>,
) -> Result<Value> {
    let now = field(capture, "/captured_at");
    ensure!(!now.is_empty(), "the capture does not say when it was made");
    let mut coverage: BTreeMap<&str, u64> = BTreeMap::new();
    for item in objects.values().flatten() {
        *coverage.entry(field(item, "/kind")).or_default() += 1;
    }
    let target = &scenario.script.target;
    Ok(json!({
        "id": scenario.name,
        "corpus": CORPUS,
        "source": format!("tests/e2e/scenarios/{}", scenario.name),
        "licence": "Apache-2.0",
        "prompt": format!("What is wrong with {} {}?", target.kind.to_lowercase(), target.name),
        "alert": null,
        "now": now,
        "state_fidelity": "captured from a real control plane; the suite plays the kubelet",
        "coverage": coverage,
    }))
}

/// The content of `expected.json`; none when the scenario expects neither a cause nor health.
fn expected(scenario: &Scenario) -> Option<Value> {
    let Expectation {
        status,
        top_cause,
        evidence_contains,
        ..
    } = &scenario.script.expect;
    let entity = top_cause
        .as_ref()
        .and_then(|cause| cause.entity.as_ref())
        .unwrap_or(&scenario.script.target);
    let is_namespaced = Kind::of_object(&entity.kind).is_none_or(|kind| kind.info().namespaced);
    let namespace = is_namespaced.then(|| scenario.namespace());
    let (class, others, seed): (String, Vec<String>, &str) = match top_cause {
        None if status == "healthy" => (NO_FAULT.to_owned(), Vec::new(), ""),
        None => return None,
        Some(cause) => {
            let seed = cause.types.first()?.as_str();
            let mut types = cause.types.iter().map(|kind| type_as_class(kind));
            match &cause.mode {
                Some(mode) => (mode_as_class(mode), Vec::new(), seed),
                // Where the scenario leaves the mode open, the type is the class.
                None => (types.next()?, types.collect(), seed),
            }
        }
    };
    Some(json!({
        "id": scenario.name,
        "entity": {"kind": entity.kind, "name": entity.name, "namespace": namespace.unwrap_or_default()},
        "cause_class": class,
        "cause_class_candidates": others,
        "seed_class": seed,
        "key_evidence": evidence_contains,
        "key_evidence_rule": "all",
        "label_origin": "scenario.yaml",
    }))
}

fn items<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    let list = document.get(name).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

fn field<'a>(document: &'a Value, pointer: &str) -> &'a str {
    let text = document.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default()
}

fn text(document: &Value) -> Vec<u8> {
    format!("{document:#}\n").into_bytes()
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().expect("a file of a case lies in its folder");
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;

    fn scenario(expect: &str) -> Scenario {
        let script = format!(
            "description: a test\nsteps: []\ntarget: {{kind: Deployment, name: api}}\nexpect: {expect}"
        );
        Scenario {
            name: "blocked".to_owned(),
            folder: PathBuf::new(),
            script: serde_saphyr::from_str(&script).expect("the script parses"),
        }
    }

    /// A capture as Dogwatch writes it, with one Pod and its log.
    fn bundle(path: &Path) {
        let capture = json!({
            "schema_version": 1,
            "captured_at": "2026-01-02T03:04:05Z",
            "lists": [
                {"kind": "Pod", "outcome": {"outcome": "ok", "items": 1}},
                {"kind": "ConfigMap", "outcome": {"outcome": "ok", "items": 0}},
                {"kind": "Node", "name": "n1", "outcome": {"outcome": "ok", "items": 0}},
                {"kind": "Secret", "outcome": {"outcome": "denied", "message": "no"}},
            ],
        });
        let pod = json!({"metadata": {"name": "api-1", "namespace": "e2e-blocked"}});
        let pods = json!({"kind": "PodList", "apiVersion": "v1", "items": [pod]});
        let log = "cluster-resources/pods/logs/e2e-blocked/api-1/app-previous.log";
        let files = [
            ("dogwatch/capture.json", text(&capture)),
            ("cluster-resources/pods/e2e-blocked.json", text(&pods)),
            (log, b"panic".to_vec()),
        ];
        let file = File::create(path).expect("create the bundle");
        let mut archive = Builder::new(GzEncoder::new(file, Compression::fast()));
        for (name, bytes) in files {
            let mut header = Header::new_gnu();
            header.set_size(u64::try_from(bytes.len()).expect("a small file"));
            let name = format!("support-bundle/{name}");
            let added = archive.append_data(&mut header, name, bytes.as_slice());
            added.expect("add a file");
        }
        let packed = archive.into_inner().expect("end the archive");
        packed.finish().expect("write the bundle");
    }

    fn case(expect: &str) -> Option<(tempfile::TempDir, PathBuf)> {
        let folder = tempfile::tempdir().expect("create a folder");
        let capture = folder.path().join("bundle.tar.gz");
        bundle(&capture);
        let is_written = write(folder.path(), &scenario(expect), &capture);
        let case = folder.path().join("dogwatch-e2e/blocked");
        is_written
            .expect("the capture is read")
            .then_some((folder, case))
    }

    fn json_of(path: &Path) -> Value {
        let bytes = fs::read(path).expect("the file is there");
        serde_json::from_slice(&bytes).expect("the file is JSON")
    }

    #[test]
    fn a_capture_becomes_a_case() {
        let expect = "{status: rollout_blocked, top_cause: {types: [OOMKilled], mode: oom-killed-container}, evidence_contains: ['exit code 137']}";
        let (_folder, case) = case(expect).expect("a case is written");
        let pods = json_of(&case.join("objects/pods.json"));
        assert_eq!(pods["kind"], "List");
        assert_eq!(pods["items"][0]["kind"], "Pod");
        assert_eq!(pods["items"][0]["metadata"]["name"], "api-1");
        let none = json_of(&case.join("objects/configmaps.json"));
        assert_eq!(none["items"], json!([]));
        for plural in ["nodes", "secrets"] {
            let list = case.join(format!("objects/{plural}.json"));
            assert!(!list.exists(), "{plural} were not read as a whole");
        }
        let log = fs::read(case.join("logs/e2e-blocked/api-1/app.previous.log"));
        assert_eq!(log.expect("the log is kept"), b"panic");
        let asked = json_of(&case.join("case.json"));
        assert_eq!(asked["now"], "2026-01-02T03:04:05Z");
        assert_eq!(asked["corpus"], CORPUS);
        assert_eq!(asked["coverage"], json!({"Pod": 1}));
        let expected = json_of(&case.join("expected.json"));
        assert_eq!(expected["entity"]["namespace"], "e2e-blocked");
        assert_eq!(expected["cause_class"], "oom_killed_container");
        assert_eq!(expected["key_evidence"], json!(["exit code 137"]));
    }

    #[test]
    fn an_open_mode_leaves_the_type_as_the_class() {
        let expect = "{status: rollout_blocked, top_cause: {types: [PodPreempted, Evicted]}}";
        let expected = expected(&scenario(expect)).expect("a cause is expected");
        assert_eq!(expected["cause_class"], "pod_preempted");
        assert_eq!(expected["cause_class_candidates"], json!(["evicted"]));
    }

    #[test]
    fn the_entity_is_the_target_or_what_is_named() {
        let expect = "{status: rollout_blocked, top_cause: {types: [NodeUnreachable], entity: {kind: Node, name: n7}}}";
        let expected = expected(&scenario(expect)).expect("a cause is expected");
        let wanted = json!({"kind": "Node", "name": "n7", "namespace": ""});
        assert_eq!(expected["entity"], wanted);
    }

    #[test]
    fn health_is_no_fault_and_silence_is_no_case() {
        let healthy = expected(&scenario("{status: healthy, no_cause: true}"));
        assert_eq!(
            healthy.expect("health is expected")["cause_class"],
            NO_FAULT
        );
        assert!(case("{status: new_version_not_created}").is_none());
    }
}
