//! The script in a pod's annotation.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::fields::text;

/// Where the script of a pod stands.
const ANNOTATION: &str = "/metadata/annotations/sandbox.dogwatch.io~1kubelet";

/// What one container does. Times are seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "play", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Play {
    /// Runs and becomes ready.
    Run {
        #[serde(default = "two")]
        ready_after: i64,
        #[serde(default)]
        log: String,
    },
    /// The image cannot be pulled.
    PullError { message: String },
    /// Runs for a while and exits, again and again.
    Crash {
        #[serde(default = "one")]
        exit_code: i64,
        #[serde(default = "error")]
        reason: String,
        #[serde(default)]
        message: String,
        #[serde(default)]
        log: String,
        #[serde(default = "two")]
        after: i64,
    },
    /// Is killed for memory, again and again.
    Oom {
        #[serde(default = "twenty")]
        after: i64,
        #[serde(default)]
        log: String,
    },
    /// Runs, but a probe fails.
    ProbeFail {
        kind: Probe,
        message: String,
        #[serde(default)]
        log: String,
    },
    /// Is never created, for the reason of a waiting state.
    NeverStart { reason: String, message: String },
}

/// Which probe fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Probe {
    Readiness,
    Liveness,
    Startup,
}

impl Probe {
    /// The word in event messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Readiness => "Readiness",
            Self::Liveness => "Liveness",
            Self::Startup => "Startup",
        }
    }
}

fn one() -> i64 {
    1
}

fn two() -> i64 {
    2
}

fn twenty() -> i64 {
    20
}

fn error() -> String {
    "Error".to_owned()
}

/// The plays of a pod by container name; `*` stands for every other container.
#[derive(Debug)]
pub(super) struct Script {
    plays: BTreeMap<String, Play>,
}

impl Script {
    /// Reads the annotation; a pod without a readable one simply runs.
    pub(super) fn of(pod: &Value) -> Self {
        Self {
            plays: serde_json::from_str(text(pod, ANNOTATION)).unwrap_or_default(),
        }
    }

    /// What a container plays.
    pub(super) fn play(&self, container: &str) -> Play {
        let found = self.plays.get(container).or_else(|| self.plays.get("*"));
        found.cloned().unwrap_or(Play::Run {
            ready_after: 2,
            log: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scripts_are_read_with_defaults() {
        let script = r#"{"main": {"play": "crash"}, "*": {"play": "probe-fail",
            "kind": "readiness", "message": "no"}}"#;
        let pod = json!({"metadata": {"annotations": {"sandbox.dogwatch.io/kubelet": script}}});
        let script = Script::of(&pod);
        assert!(matches!(
            script.play("main"),
            Play::Crash {
                exit_code: 1,
                after: 2,
                ..
            }
        ));
        assert!(matches!(
            script.play("side"),
            Play::ProbeFail {
                kind: Probe::Readiness,
                ..
            }
        ));
        assert!(matches!(
            Script::of(&json!({})).play("x"),
            Play::Run { ready_after: 2, .. }
        ));
    }
}
