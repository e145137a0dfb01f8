//! An external case on disk: what is asked, what is expected, and who owns whom.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use regex::Regex;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One case folder.
#[derive(Debug)]
pub(crate) struct Case {
    /// The name of the folder.
    pub(crate) id: String,
    /// The collection it comes from.
    pub(crate) corpus: String,
    /// The folder.
    pub(crate) folder: PathBuf,
    /// `expected.json`, for the comparison only.
    pub(crate) expected: Expected,
    asked: Asked,
    objects: Vec<Object>,
}

/// The fields of `expected.json` that are compared.
#[derive(Debug, Deserialize)]
pub(crate) struct Expected {
    /// The object at fault.
    pub(crate) entity: Entity,
    /// The class of the cause.
    pub(crate) cause_class: String,
    /// Further classes that are right as well.
    #[serde(default)]
    pub(crate) cause_class_candidates: Vec<String>,
    /// The class in the words of the seed.
    pub(crate) seed_class: String,
    /// Texts, or regular expressions after `re:`, that an answer must cite.
    #[serde(default)]
    pub(crate) key_evidence: Vec<String>,
    /// `all` or `any`.
    #[serde(default)]
    pub(crate) key_evidence_rule: String,
}

/// The object at fault.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Entity {
    /// The kind.
    #[serde(default)]
    pub(crate) kind: String,
    /// The name, or its beginning.
    #[serde(default)]
    pub(crate) name: String,
    /// The namespace; absent for cluster-wide objects.
    #[serde(default)]
    pub(crate) namespace: Option<String>,
    /// True when `name` is only the beginning of the name.
    #[serde(default)]
    pub(crate) name_is_prefix: bool,
    /// Further names that are right as well.
    #[serde(default)]
    pub(crate) candidates: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    corpus: Option<String>,
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    alert: Option<Value>,
}

/// Kind, namespace, name and controller of one object of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// The kind.
    pub(crate) kind: String,
    /// The namespace; empty for cluster-wide objects.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
    /// Kind and name of the controller.
    pub(crate) owner: Option<(String, String)>,
}

/// Every wanted case below `folder`, as `<corpus>/<id>/` or `<id>/`, sorted by id. Of the others
/// nothing but the name is read.
pub(crate) fn load_all(folder: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for path in entries(folder)? {
        if is_case(&path) {
            load_wanted(path, is_wanted, &mut cases)?;
        } else if path.is_dir() {
            for path in entries(&path)?.into_iter().filter(|path| is_case(path)) {
                load_wanted(path, is_wanted, &mut cases)?;
            }
        }
    }
    cases.sort_by(|left, right| (&left.id, &left.corpus).cmp(&(&right.id, &right.corpus)));
    Ok(cases)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths
        .collect::<Result<_, _>>()
        .with_context(|| format!("read {}", folder.display()))
}

fn is_case(folder: &Path) -> bool {
    folder.join("case.json").is_file() && folder.join("expected.json").is_file()
}

fn load_wanted(
    folder: PathBuf,
    is_wanted: &dyn Fn(&str) -> bool,
    cases: &mut Vec<Case>,
) -> Result<()> {
    let id = name_of(&folder);
    if is_wanted(&id) {
        cases.push(load(id, folder)?);
    }
    Ok(())
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn load(id: String, folder: PathBuf) -> Result<Case> {
    let mut objects = Vec::new();
    let lists = folder.join("objects");
    if lists.is_dir() {
        for path in entries(&lists)? {
            let list: Value = json(&path)?;
            let items = list.get("items").and_then(Value::as_array);
            objects.extend(items.into_iter().flatten().filter_map(object));
        }
    }
    let asked: Asked = json(&folder.join("case.json"))?;
    let above = || folder.parent().map(name_of).unwrap_or_default();
    Ok(Case {
        expected: json(&folder.join("expected.json"))?,
        corpus: asked.corpus.clone().unwrap_or_else(above),
        asked,
        id,
        folder,
        objects,
    })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))
}

fn object(item: &Value) -> Option<Object> {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str);
    let owners = item
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array);
    let owner = owners.and_then(|owners| owners.first()).and_then(|owner| {
        let field = |name: &str| owner.get(name).and_then(Value::as_str).map(str::to_owned);
        field("kind").zip(field("name"))
    });
    Some(Object {
        kind: text("/kind")?.to_owned(),
        namespace: text("/metadata/namespace").unwrap_or_default().to_owned(),
        name: text("/metadata/name")?.to_owned(),
        owner,
    })
}

impl Case {
    /// The object that the alert or the prompt names by kind and name, if the case contains it.
    pub(crate) fn subject(&self) -> Option<&Object> {
        self.alert_subject().or_else(|| self.prompt_subject())
    }

    /// The object with this kind, namespace and name.
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| {
            object.kind == kind && object.name == name && object.namespace == namespace
        })
    }

    fn alert_subject(&self) -> Option<&Object> {
        let subject = self.asked.alert.as_ref()?.get("subject")?;
        let field = |name: &str| subject.get(name).and_then(Value::as_str);
        // Alert sources disagree with themselves about the kind: the name decides.
        let name = field("name")?;
        let namespace = field("namespace").unwrap_or_default();
        let named = |object: &&Object| object.name == name && object.namespace == namespace;
        self.objects
            .iter()
            .filter(|object| is_diagnosed(&object.kind))
            .find(named)
    }

    fn prompt_subject(&self) -> Option<&Object> {
        let prompt = self.asked.prompt.as_deref()?;
        let named =
            Regex::new(r"(?i)\b(pod|deployment|statefulset|daemonset|job)[ /]([a-z0-9.-]+)");
        let captures = named.ok()?.captures(prompt)?;
        let name = captures[2].trim_end_matches('.');
        let mut objects = self.objects.iter();
        objects.find(|object| object.name == name && object.kind.eq_ignore_ascii_case(&captures[1]))
    }
}

fn is_diagnosed(kind: &str) -> bool {
    [
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "Node",
    ]
    .contains(&kind)
}
