//! Two Namespaces with the same release, and whether they still are the same.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

use super::chart::Helm;
use crate::e2e::kubectl::Kubectl;

/// Everything that the chart makes.
const KINDS: &str = "deployments,services,configmaps,secrets,serviceaccounts,roles,rolebindings";

/// Fields that the API server fills in for each object anew.
const OWN: &[&str] = &[
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "managedFields",
    "namespace",
    "clusterIP",
    "clusterIPs",
    // Labels of Secrets of Helm with times.
    "createdAt",
    "modifiedAt",
    // The payload of a release; Helm tells what is in it.
    "release",
    // Marks of Dogwatch, of the Deployment controller, and the name of the Namespace.
    "dogwatch.io/plan-id",
    "deployment.kubernetes.io/revision",
    "meta.helm.sh/release-namespace",
];

/// The two Namespaces: in one Dogwatch acts, in the other Helm.
pub(super) struct Twins<'a> {
    kubectl: &'a Kubectl,
    helm: &'a Helm,
    ours: String,
    theirs: String,
}

impl<'a> Twins<'a> {
    pub(super) fn new(kubectl: &'a Kubectl, helm: &'a Helm, story: &str) -> Result<Self> {
        let [ours, theirs] = ["ours", "twin"].map(|who| format!("recovery-helm-{story}-{who}"));
        for namespace in [&ours, &theirs] {
            kubectl.run(&["create", "namespace", namespace])?;
        }
        Ok(Self {
            kubectl,
            helm,
            ours,
            theirs,
        })
    }

    pub(super) fn ours(&self) -> &str {
        &self.ours
    }

    pub(super) fn theirs(&self) -> &str {
        &self.theirs
    }

    pub(super) fn both(&self) -> [&str; 2] {
        [&self.ours, &self.theirs]
    }

    /// Fails unless the objects are the same, and what Helm says of the two releases.
    pub(super) fn ensure_alike(&self) -> Result<()> {
        let [ours, theirs] = self.both();
        let (one, other) = (self.objects(ours)?, self.objects(theirs)?);
        ensure!(!one.is_empty(), "there are objects");
        for (one, other) in one.iter().zip(&other) {
            ensure!(one == other, "Dogwatch leaves\n{one}\nand helm\n{other}");
        }
        ensure!(
            one.len() == other.len(),
            "{} and {} objects",
            one.len(),
            other.len()
        );
        for words in [
            &["get", "manifest", "shop"][..],
            &["get", "values", "shop", "-o", "json"],
            &["get", "notes", "shop"],
            &["get", "hooks", "shop"],
        ] {
            let (one, other) = (self.said(ours, words)?, self.said(theirs, words)?);
            ensure!(one == other, "helm {words:?} says\n{one}\nand\n{other}");
        }
        for words in [
            &["history", "shop", "-o", "json"][..],
            &["status", "shop", "-o", "json"],
        ] {
            let (one, other) = (self.told(ours, words)?, self.told(theirs, words)?);
            ensure!(one == other, "helm {words:?} says\n{one}\nand\n{other}");
        }
        Ok(())
    }

    /// The objects of a Namespace, as they are when nobody looks at times and names of the server.
    fn objects(&self, namespace: &str) -> Result<Vec<Value>> {
        let text = self
            .kubectl
            .run(&["get", KINDS, "-n", namespace, "-o", "json"])?;
        let text = text.replace(namespace, "NAMESPACE");
        let list: Value = serde_json::from_str(&text).context("kubectl prints JSON")?;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let wanted = items.into_iter().map(|mut item| {
            if let Some(fields) = item.as_object_mut() {
                fields.remove("status");
            }
            plain(&item)
        });
        Ok(wanted.collect())
    }

    fn said(&self, namespace: &str, words: &[&str]) -> Result<String> {
        let text = self.helm.run(namespace, words)?;
        Ok(text.replace(namespace, "NAMESPACE"))
    }

    /// The same of a JSON document, without times.
    fn told(&self, namespace: &str, words: &[&str]) -> Result<Value> {
        let text = self.said(namespace, words)?;
        let value: Value = serde_json::from_str(&text).context("helm prints JSON")?;
        Ok(without_times(&value))
    }
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(key, _)| !OWN.contains(&key.as_str()));
            // Of a map that held nothing but such a mark an empty one is left.
            let kept = kept.filter(|(key, value)| {
                *key != "annotations" || plain(value) != serde_json::json!({})
            });
            let kept = kept.map(|(key, value)| (key.clone(), plain(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        scalar => scalar.clone(),
    }
}

fn without_times(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let times = ["updated", "first_deployed", "last_deployed"];
            let kept = fields
                .iter()
                .filter(|(key, _)| !times.contains(&key.as_str()));
            // What Helm lists of the objects themselves is compared as objects.
            let kept = kept.filter(|(key, _)| *key != "resources");
            let kept = kept.map(|(key, value)| (key.clone(), without_times(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(without_times).collect(),
        scalar => scalar.clone(),
    }
}
