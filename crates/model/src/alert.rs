//! An alert: what woke somebody. It points at an object and concludes nothing.

use serde::{Deserialize, Serialize};

use crate::{Kind, ObjectRef, wire::Text};

/// One alert that is firing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alert {
    /// Name, such as `CPUThrottlingHigh`; of a cloud alarm the part after `##`.
    pub name: Text,
    /// The object it is about, as far as its labels say.
    pub object: ObjectRef,
    /// The container it is about.
    pub container: Text,
    /// The words of the alert.
    pub description: Text,
}

/// An alert as case folders and webhooks write it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AlertFile {
    /// Name.
    pub title: Option<String>,
    /// Words.
    pub description: Option<String>,
    /// What it is about.
    pub subject: AlertSubject,
}

/// What an alert is about.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AlertSubject {
    /// Name of the object.
    pub name: Option<String>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Kind, in any case; sources disagree on it.
    #[serde(alias = "subject_type")]
    pub kind: Option<String>,
    /// Container.
    pub container: Option<String>,
}

/// Characters of a name or description that are kept.
const MAX_TEXT: usize = 300;

impl Alert {
    /// The alert of a file; `None` when it names nothing.
    pub fn from_file(file: &AlertFile) -> Option<Alert> {
        let title = file.title.as_deref()?.trim().trim_end_matches('.');
        let name = title.rsplit("##").next().unwrap_or(title).trim();
        let subject = &file.subject;
        let object = subject.name.as_deref().filter(|name| !name.is_empty())?;
        let kind = subject.kind.as_deref().unwrap_or_default();
        let kind = Kind::parse(kind).unwrap_or(Kind::Pod);
        let namespace = subject.namespace.as_deref().unwrap_or_default();
        let namespace = if kind.info().namespaced {
            namespace
        } else {
            ""
        };
        let description = file.description.as_deref().unwrap_or_default();
        Some(Alert {
            name: clip(name).into(),
            object: ObjectRef::named(kind, clip(namespace), clip(object)),
            container: clip(subject.container.as_deref().unwrap_or_default()).into(),
            description: clip(description).into(),
        })
    }
}

impl From<&Alert> for AlertFile {
    fn from(alert: &Alert) -> AlertFile {
        let told = |text: &Text| (!text.is_empty()).then(|| text.to_string());
        AlertFile {
            title: told(&alert.name),
            description: told(&alert.description),
            subject: AlertSubject {
                name: told(&alert.object.name),
                namespace: told(&alert.object.namespace),
                kind: Some(alert.object.kind.name().to_owned()),
                container: told(&alert.container),
            },
        }
    }
}

fn clip(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(json: &str) -> Option<Alert> {
        Alert::from_file(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn names_and_objects_are_read_as_sources_write_them() {
        let known = alert(
            r#"{"title":"CPUThrottlingHigh.","subject":{"name":"web-1","subject_type":"pod","namespace":"shop","container":"app"}}"#,
        )
        .unwrap();
        assert_eq!(
            (&*known.name, known.object.kind),
            ("CPUThrottlingHigh", Kind::Pod)
        );
        let cloud =
            alert("{\"title\":\"内存不足##PodOOMKilling\",\"subject\":{\"name\":\"web-1\"}}")
                .unwrap();
        assert_eq!(cloud.name, "PodOOMKilling");
        let node = alert(
            r#"{"title":"KubeletTooManyPods","subject":{"name":"n1","namespace":"x","kind":"node"}}"#,
        );
        assert_eq!(node.unwrap().object.namespace, "");
        assert!(alert(r#"{"title":"Watchdog","subject":{}}"#).is_none());
    }
}
