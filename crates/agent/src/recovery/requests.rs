//! Requests to pause in a ConfigMap: a switch for people who have the cluster and not Dogwatch.
//!
//! Where one is configured, its absence stops everything too: a switch that somebody removed is not
//! one that allows. No answer stops as well, but leaves the plan to be gone on with.

use dogwatch_model::{plan::Target, ports::WriteError, redaction::redact};
use serde_json::Value;

use super::{Recovery, RecoveryError};

/// The key of the ConfigMap.
const KEY: &str = "pauseRequests";

/// Characters of a reason that are shown.
const MAX_REASON: usize = 200;

/// Where requests to pause lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRequests {
    /// Namespace of the ConfigMap.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Recovery<'_> {
    /// Why the ConfigMap stops everything, if it does.
    pub(crate) async fn pause_requested(&self) -> Result<Option<String>, RecoveryError> {
        let Some(place) = &self.settings.pause_requests else {
            return Ok(None);
        };
        let shown = format!("ConfigMap {}/{}", place.namespace, place.name);
        match self.previewer.read(&target(place)).await {
            Ok(Some(object)) => Ok(requested(&object).map(|why| format!("{why} ({shown})"))),
            Ok(None) => Ok(Some(format!(
                "{shown}, which holds requests to pause, does not exist; create it with an empty {KEY}"
            ))),
            Err(error @ WriteError::Denied(_)) => Ok(Some(format!(
                "{shown}, which holds requests to pause, cannot be read: {error}"
            ))),
            Err(error) => Err(RecoveryError::Cluster(error)),
        }
    }
}

fn target(place: &PauseRequests) -> Target {
    Target {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        plural: "configmaps".to_owned(),
        namespace: place.namespace.clone(),
        name: place.name.clone(),
        uid: String::new(),
    }
}

/// The first request: of a JSON list, or of lines with or without a dash.
fn requested(object: &Value) -> Option<String> {
    let text = object["data"][KEY].as_str().unwrap_or_default().trim();
    let all: Vec<String> = if text.starts_with('[') {
        // A list that cannot be read is a request that cannot be read.
        serde_json::from_str(text).unwrap_or_else(|_| vec![format!("{KEY} is no list of texts")])
    } else {
        text.lines()
            .map(|line| line.trim().trim_start_matches("- ").to_owned())
            .collect()
    };
    let mut all = all.into_iter().filter(|why| !why.trim().is_empty());
    all.next()
        .map(|why| redact(&why).chars().take(MAX_REASON).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(data: &Value, expected: Option<&str>) {
        let found = requested(&json!({ "data": data }));
        assert_eq!(found.as_deref(), expected, "{data}");
    }

    #[test]
    fn lists_and_lines_are_requests_and_emptiness_is_none() {
        check(&Value::Null, None);
        check(&json!({"other": "x"}), None);
        check(&json!({KEY: " \n"}), None);
        check(&json!({KEY: "[]"}), None);
        check(&json!({KEY: "[\"\"]"}), None);
        check(&json!({KEY: "[\"upgrade\", \"b\"]"}), Some("upgrade"));
        check(
            &json!({KEY: "- upgrade of etcd\n- b\n"}),
            Some("upgrade of etcd"),
        );
        check(&json!({KEY: "upgrade"}), Some("upgrade"));
        check(
            &json!({KEY: "[upgrade"}),
            Some("pauseRequests is no list of texts"),
        );
    }
}
