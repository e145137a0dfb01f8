//! An alarm: a signal as Prometheus or Alertmanager tells it. What reasoning needs of it, a pointer
//! at an object, is an [`Alert`].

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Alert, Kind, ObjectRef,
    redaction::redact,
    wire::{Labels, Text},
};

/// Characters of an annotation that are kept.
const MAX_ANNOTATION: usize = 300;

/// Labels that name the object, and its kind. Those of workloads stand before that of the Pod: on
/// alarms about a workload `pod` is often the exporter that told of it.
const OBJECT_LABELS: &[(&str, Kind)] = &[
    ("persistentvolumeclaim", Kind::PersistentVolumeClaim),
    ("horizontalpodautoscaler", Kind::HorizontalPodAutoscaler),
    ("deployment", Kind::Deployment),
    ("statefulset", Kind::StatefulSet),
    ("daemonset", Kind::DaemonSet),
    ("job_name", Kind::Job),
    ("cronjob", Kind::CronJob),
    ("pod", Kind::Pod),
    ("node", Kind::Node),
    ("namespace", Kind::Namespace),
];

/// Whether it burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmState {
    /// Its condition holds, not yet for as long as the rule wants.
    Pending,
    /// It burns.
    Firing,
    /// It is over.
    Resolved,
}

/// Who told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmSource {
    /// The rules of a Prometheus.
    Prometheus,
    /// An Alertmanager.
    Alertmanager,
}

/// One alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// The label `alertname`.
    pub name: Text,
    /// Labels as the source gives them: they are its identity.
    pub labels: Labels,
    /// Annotations, without credentials and cut.
    pub annotations: Labels,
    /// Whether it burns.
    pub state: AlarmState,
    /// Since when, as the source says.
    pub since: Option<Timestamp>,
    /// Until when; the time at which it will count as over where it still burns.
    pub until: Option<Timestamp>,
    /// The value that broke the rule, where the source tells it.
    pub value: Option<f64>,
    /// Who told of it.
    pub source: AlarmSource,
    /// The fingerprint of the source, verbatim; computed from the labels where it has none.
    pub fingerprint: Text,
    /// Silences that keep it quiet.
    pub silenced_by: Vec<Text>,
    /// Alarms that keep it quiet.
    pub inhibited_by: Vec<Text>,
}

impl Alarm {
    /// A burning alarm with these labels; its fingerprint is computed from them.
    pub fn firing(source: AlarmSource, labels: Labels) -> Self {
        Self {
            name: labels.get("alertname").unwrap_or_default().into(),
            fingerprint: fingerprint(&labels).into(),
            labels,
            annotations: Labels::default(),
            state: AlarmState::Firing,
            since: None,
            until: None,
            value: None,
            source,
            silenced_by: Vec::new(),
            inhibited_by: Vec::new(),
        }
    }

    /// True when a silence or another alarm keeps it quiet. It still burns.
    pub fn is_suppressed(&self) -> bool {
        !self.silenced_by.is_empty() || !self.inhibited_by.is_empty()
    }

    /// The object that its labels name; the most exact one.
    pub fn object(&self) -> Option<ObjectRef> {
        let namespace = self.labels.get("namespace").unwrap_or_default();
        OBJECT_LABELS.iter().find_map(|(label, kind)| {
            let name = self.labels.get(label).filter(|name| !name.is_empty())?;
            let namespace = if kind.info().namespaced {
                namespace
            } else {
                ""
            };
            Some(ObjectRef::named(*kind, namespace, name))
        })
    }

    /// What reasoning needs of it; `None` when it names no object or does not burn.
    pub fn alert(&self) -> Option<Alert> {
        if self.state != AlarmState::Firing {
            return None;
        }
        let words = ["description", "message", "summary"];
        let description = words.iter().find_map(|key| self.annotations.get(key));
        Some(Alert {
            name: self.name.clone(),
            object: self.object()?,
            container: self.labels.get("container").unwrap_or_default().into(),
            description: description.unwrap_or_default().into(),
        })
    }
}

/// Annotations as they may be kept: without credentials, each cut.
pub fn annotations(told: &Labels) -> Labels {
    let kept = told.iter().map(|(key, value)| {
        // Redaction comes first: a cut could leave half of a credential that nobody recognises.
        let clean = redact(value);
        let end = clean.floor_char_boundary(MAX_ANNOTATION);
        (Text::from(key), Text::from(&clean[..end]))
    });
    kept.collect()
}

/// The fingerprint that Prometheus and Alertmanager give to a set of labels: FNV-1a of 64 bits over
/// the sorted names and values, each followed by the byte 255.
pub fn fingerprint(labels: &Labels) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (name, value) in labels.iter() {
        feed(name);
        feed(value);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| (Text::from(*key), Text::from(*value)))
            .collect()
    }

    #[test]
    fn fingerprints_are_those_of_prometheus() {
        assert_eq!(fingerprint(&labels(&[])), "cbf29ce484222325");
        let crash = labels(&[
            ("severity", "critical"),
            ("alertname", "KubePodCrashLooping"),
            ("pod", "api-0"),
            ("namespace", "default"),
        ]);
        assert_eq!(fingerprint(&crash), "9e0f728d82006751");
        let words = labels(&[("name", "garland, briggs"), ("fear", "love is not enough")]);
        assert_eq!(fingerprint(&words), "507a62d79ee76c9a");
    }

    #[test]
    fn the_object_is_the_most_exact_one() {
        let named = |pairs: &[(&str, &str)]| {
            let alarm = Alarm::firing(AlarmSource::Prometheus, labels(pairs));
            alarm.object().map(|object| object.to_string())
        };
        let exported = [("deployment", "api"), ("namespace", "shop"), ("pod", "ksm")];
        assert_eq!(named(&exported).as_deref(), Some("Deployment/shop/api"));
        let node = [("node", "n1"), ("namespace", "monitoring")];
        assert_eq!(named(&node).as_deref(), Some("Node/n1"));
        assert_eq!(named(&[("alertname", "Watchdog")]), None);
    }

    #[test]
    fn only_what_burns_points_at_its_object() {
        let told = labels(&[("description", "password=hunter2 is wrong")]);
        let mut alarm = Alarm::firing(
            AlarmSource::Alertmanager,
            labels(&[("alertname", "Slow"), ("pod", "a"), ("namespace", "n")]),
        );
        alarm.annotations = annotations(&told);
        let alert = alarm.alert().expect("it names a Pod");
        assert_eq!(alert.description, "password=[redacted] is wrong");
        alarm.state = AlarmState::Pending;
        assert_eq!(alarm.alert(), None);
    }
}
