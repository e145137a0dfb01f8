//! A scenario as it lies on disk: a description, steps, a target and what must be said about it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// One scenario folder.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    /// The name of the folder.
    pub(crate) name: String,
    /// The folder with `scenario.yaml` and the manifests.
    pub(crate) folder: PathBuf,
    /// The content of `scenario.yaml`.
    pub(crate) script: Script,
}

/// The content of `scenario.yaml`. `$NS` stands for the namespace of the scenario, here and in its files.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Script {
    /// What happens, and which part of it the suite plays because no real component is there to do so.
    pub(crate) description: String,
    /// True when `--skip-slowest` leaves it out.
    #[serde(default)]
    pub(crate) slow: bool,
    /// True when it disturbs others (stops a component, touches what all share) and hence runs alone,
    /// after all others.
    #[serde(default)]
    pub(crate) exclusive: bool,
    /// Done in order before the diagnosis.
    pub(crate) steps: Vec<Step>,
    /// Done after the diagnosis, whatever it said: takes away what lies outside of the namespace.
    #[serde(default)]
    pub(crate) afterwards: Vec<Step>,
    /// The object to diagnose.
    pub(crate) target: Target,
    /// What the diagnosis must and must not say.
    pub(crate) expect: Expectation,
}

/// One step of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Step {
    /// Apply a file of the folder.
    Apply(String),
    /// Apply a file of the folder to another namespace.
    ApplyTo(ApplyTo),
    /// Run kubectl in the namespace.
    Kubectl(Vec<String>),
    /// Run kubectl and be refused.
    Refused(Refused),
    /// Make objects older than they are.
    Age(Age),
    /// Wait until a query shows a value.
    Wait(Wait),
    /// Merge a status into every object that a query finds.
    SetStatus(SetStatus),
    /// Create many events about an object that has nothing to do with the target.
    FloodEvents(u32),
    /// Wait for this many seconds (at most 15, in a slow scenario 150): some effects are only visible as "nothing happens".
    Sleep(u64),
    /// Kill the controller-manager; it is started again after the scenario.
    StopControllers,
}

/// A file and the namespace it belongs to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ApplyTo {
    /// The file.
    pub(crate) file: String,
    /// The namespace.
    pub(crate) namespace: String,
}

/// A call of kubectl that must fail.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Refused {
    /// The arguments.
    pub(crate) kubectl: Vec<String>,
    /// Words of the refusal.
    pub(crate) says: String,
}

/// Objects whose times, all of them, move into the past: nobody waits a quarter of an hour to see
/// what is one only after a quarter of an hour. Nothing else of them changes.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Age {
    /// Keys in etcd below `/registry/`; one that ends in `/` stands for all that begin so.
    pub(crate) keys: Vec<String>,
    /// By how much.
    pub(crate) minutes: i64,
}

/// Wait until every word that the query prints equals `value` and there are at least `count` of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Wait {
    /// Arguments of `kubectl get`.
    pub(crate) get: String,
    /// The jsonpath to print.
    pub(crate) jsonpath: String,
    /// The word that must be printed.
    pub(crate) value: String,
    /// How many such words there must be.
    #[serde(default = "one")]
    pub(crate) count: usize,
    /// Other words may be printed as well.
    #[serde(default)]
    pub(crate) among_others: bool,
    /// Seconds until the step fails.
    #[serde(default = "half_a_minute")]
    pub(crate) timeout: u64,
}

/// A merge patch for the status of every object that the query finds.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SetStatus {
    /// Arguments of `kubectl get`.
    pub(crate) get: String,
    /// `strategic` keeps list elements that the patch does not name; `merge` replaces lists.
    #[serde(default = "strategic")]
    pub(crate) r#type: String,
    /// The status to merge.
    pub(crate) status: serde_json::Value,
}

/// The object that a scenario is about.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Target {
    /// A kind that `dogwatch diagnose` knows.
    pub(crate) kind: String,
    /// The name of the object.
    pub(crate) name: String,
}

/// What the verdict must and must not say. A field that is absent is not checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) struct Expectation {
    /// `summary.status`.
    pub(crate) status: String,
    /// The first-ranked cause, or note where there is no cause.
    #[serde(default)]
    pub(crate) top_cause: Option<ExpectedCause>,
    /// True when nothing may be reported as a cause.
    #[serde(default)]
    pub(crate) no_cause: bool,
    /// Types that must be present with the role `symptom`.
    #[serde(default)]
    pub(crate) symptoms: Vec<String>,
    /// Types that must not be present with the role `cause`.
    #[serde(default)]
    pub(crate) not_causes: Vec<String>,
    /// Texts that the evidence of the first-ranked cause contains.
    #[serde(default)]
    pub(crate) evidence_contains: Vec<String>,
    /// Texts that the verdict contains somewhere.
    #[serde(default)]
    pub(crate) mentions: Vec<String>,
    /// Texts that the headline contains.
    #[serde(default)]
    pub(crate) headline_contains: Vec<String>,
    /// Skills that the verdict hands off to.
    #[serde(default)]
    pub(crate) handoff: Vec<String>,
    /// The exit code of the command.
    #[serde(default)]
    pub(crate) exit_code: Option<i32>,
}

/// What the first-ranked cause must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) struct ExpectedCause {
    /// The accepted values of `type`.
    pub(crate) types: Vec<String>,
    /// `mode`.
    #[serde(default)]
    pub(crate) mode: Option<String>,
    /// `subtype`.
    #[serde(default)]
    pub(crate) subtype: Option<String>,
    /// `object.kind`.
    #[serde(default)]
    pub(crate) object_kind: Option<String>,
    /// `object`, or the workload that it belongs to, where that is not the target.
    #[serde(default)]
    pub(crate) entity: Option<Target>,
}

impl Scenario {
    /// The namespace the scenario lives in.
    pub(crate) fn namespace(&self) -> String {
        namespace(&self.name)
    }

    /// The longest time that one of its steps may wait, in seconds.
    pub(crate) fn longest_wait(&self) -> u64 {
        let waits = self.script.steps.iter().map(|step| match step {
            Step::Wait(wait) => wait.timeout,
            _ => 0,
        });
        waits.max().unwrap_or(0)
    }

    /// `KIND/NAME` of the target.
    pub(crate) fn subject(&self) -> String {
        format!("{}/{}", self.script.target.kind, self.script.target.name)
    }
}

/// Reads every scenario of `folder`, in the order of their names.
pub(crate) fn load_all(folder: &Path) -> Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let path = entry.context("read a folder entry")?.path();
        if path.is_dir() {
            scenarios.push(load(path)?);
        }
    }
    scenarios.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(scenarios)
}

fn load(folder: PathBuf) -> Result<Scenario> {
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name
        .context("a scenario folder has a UTF-8 name")?
        .to_owned();
    let path = folder.join("scenario.yaml");
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let text = text.replace("$NS", &namespace(&name));
    let script =
        serde_saphyr::from_str(&text).with_context(|| format!("parse {}", path.display()))?;
    Ok(Scenario {
        name,
        folder,
        script,
    })
}

fn namespace(name: &str) -> String {
    format!("e2e-{name}")
}

fn one() -> usize {
    1
}

fn half_a_minute() -> u64 {
    30
}

fn strategic() -> String {
    "strategic".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_readable_and_described() {
        let folder = crate::workspace::root().join("tests/e2e/scenarios");
        let scenarios = load_all(&folder).expect("every scenario.yaml parses");
        assert!(
            scenarios.len() > 30,
            "the suite has its scenarios: {}",
            scenarios.len()
        );
        for scenario in scenarios {
            assert!(
                scenario.script.description.len() > 40,
                "{} is described",
                scenario.name
            );
            assert!(
                scenario.namespace().len() <= 63,
                "{} fits a namespace name",
                scenario.name
            );
        }
    }
}
