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

/// Every case of `folder`, sorted by id.
pub(crate) fn load_all(folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let path = entry.context("read an entry of the folder")?.path();
        if path.join("case.json").is_file() && path.join("expected.json").is_file() {
            cases.push(load(path)?);
        }
    }
    cases.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(cases)
}

fn load(folder: PathBuf) -> Result<Case> {
    let id = folder
        .file_name()
        .context("a case folder has a name")?
        .to_string_lossy()
        .into_owned();
    let mut objects = Vec::new();
    let lists = folder.join("objects");
    if lists.is_dir() {
        for entry in fs::read_dir(&lists).with_context(|| format!("read {}", lists.display()))? {
            let path = entry.context("read an entry of the folder")?.path();
            let list: Value = json(&path)?;
            let items = list.get("items").and_then(Value::as_array);
            objects.extend(items.into_iter().flatten().filter_map(object));
        }
    }
    Ok(Case {
        expected: json(&folder.join("expected.json"))?,
        asked: json(&folder.join("case.json"))?,
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
