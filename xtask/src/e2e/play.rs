//! The kubelet's part: kwok stages for healthy Pods, for each fault, and the log files they serve.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::scenario::Scenario;

/// What the kubelet reports for one fault; the texts are Go templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    #[serde(default = "running")]
    phase: String,
    #[serde(default)]
    container: Option<String>,
    #[serde(default)]
    init: Option<String>,
    #[serde(default)]
    pod: String,
    #[serde(default = "yes")]
    sandbox: bool,
    #[serde(default)]
    bare: bool,
    #[serde(default = "half_a_second")]
    delay: u32,
    #[serde(default)]
    events: Vec<PlayedEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayedEvent {
    r#type: String,
    reason: String,
    message: String,
    count: u32,
    #[serde(default)]
    on: Involved,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Involved {
    #[default]
    Container,
    Init,
    Pod,
}

/// Writes the configuration of kwok: the stages of `folder` and the logs of the scenarios.
pub(crate) fn write_config(folder: &Path, scenarios: &[Scenario], into: &Path) -> Result<()> {
    let mut config = read(&folder.join("kubelet.yaml"))?;
    for (name, fault) in &faults(folder)? {
        writeln!(config, "---\n{}", stage(name, fault)).context("write a stage")?;
    }
    let silent = into.with_file_name("silent.log");
    fs::write(&silent, "").with_context(|| format!("write {}", silent.display()))?;
    for scenario in scenarios {
        let current = scenario.folder.join("app.log");
        let previous = scenario.folder.join("app.previous.log");
        let pick = |path: &Path| {
            if path.is_file() {
                path.to_owned()
            } else {
                silent.clone()
            }
        };
        let files = [pick(&current), pick(&previous)];
        let logs = logs(&scenario.name, &scenario.namespace(), &files);
        writeln!(config, "---\n{logs}").context("write the logs of a scenario")?;
    }
    // What was never said is read in full, and is no hole in what is known.
    for namespace in super::crash::NAMESPACES {
        let logs = logs(namespace, namespace, &[silent.clone(), silent.clone()]);
        writeln!(config, "---\n{logs}").context("write the logs of a part")?;
    }
    fs::write(into, config).with_context(|| format!("write {}", into.display()))
}

/// The logs of all Pods of a Namespace: of their containers as they run, and as they ran before.
fn logs(name: &str, namespace: &str, files: &[PathBuf; 2]) -> Value {
    json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchNamespaces": [namespace]},
            "logs": [{"logsFile": files[0], "previousLogsFile": files[1]}],
        },
    })
}

fn faults(folder: &Path) -> Result<BTreeMap<String, Fault>> {
    serde_saphyr::from_str(&read(&folder.join("faults.yaml"))?).context("parse faults.yaml")
}

fn stage(name: &str, fault: &Fault) -> String {
    let annotation = r#".metadata.annotations["play.dogwatch.io/fault"]"#;
    let mut steps = vec![json!({
        "patch": {"subresource": "status", "root": "status", "template": status_template(fault)},
    })];
    for (index, event) in fault.events.iter().enumerate() {
        steps.push(json!({"apply": {"template": event_template(event, index)}}));
    }
    json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": {"name": format!("fault-{name}")},
        "spec": {
            "resourceRef": {"apiGroup": "v1", "kind": "Pod"},
            "selector": {"matchExpressions": [
                {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"},
                {"key": annotation, "operator": "In", "values": [name]},
                {"key": ".status.startTime", "operator": "DoesNotExist"},
            ]},
            "delay": {"durationMilliseconds": fault.delay},
            "steps": steps,
        },
    })
    .to_string()
}

const NAMES: &str = "{{ $now := Now }}{{ $start := .metadata.creationTimestamp }}
{{ $pod := .metadata.name }}{{ $ns := .metadata.namespace }}{{ $uid := .metadata.uid }}
";

const HOST: &str = "hostIP: {{ NodeIPWith .spec.nodeName | Quote }}\n";

const ADDRESS: &str = "podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) .metadata.uid .metadata.name .metadata.namespace | Quote }}
";

fn status_template(fault: &Fault) -> String {
    let head = format!(
        "{NAMES}phase: {}\nstartTime: {{{{ $start | Quote }}}}\n",
        fault.phase
    );
    let mut parts = vec![head, HOST.to_owned(), fault.pod.clone()];
    if fault.bare {
        return parts.concat();
    }
    if fault.sandbox {
        parts.push(ADDRESS.to_owned());
    }
    let initialized = fault.init.is_none();
    parts.push("conditions:\n".to_owned());
    parts.push(condition("PodReadyToStartContainers", fault.sandbox, ""));
    parts.push(condition(
        "Initialized",
        initialized,
        "ContainersNotInitialized",
    ));
    parts.push(condition("ContainersReady", false, "ContainersNotReady"));
    parts.push(condition("Ready", false, "ContainersNotReady"));
    if let Some(fields) = &fault.init {
        parts.push(container_statuses("initContainer", fields));
    }
    let waiting = "restartCount: 0\nstate: {waiting: {reason: PodInitializing}}\n";
    parts.push(container_statuses(
        "container",
        fault.container.as_deref().unwrap_or(waiting),
    ));
    parts.concat()
}

fn condition(kind: &str, holds: bool, reason: &str) -> String {
    let (status, reason) = if holds {
        ("True", "")
    } else {
        ("False", reason)
    };
    format!(
        "- {{type: {kind}, status: \"{status}\", reason: \"{reason}\", \
         lastTransitionTime: {{{{ $now | Quote }}}}}}\n"
    )
}

fn container_statuses(list: &str, fields: &str) -> String {
    let indented: Vec<String> = fields.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "{list}Statuses:
{{{{ range $i, $c := .spec.{list}s }}}}
- name: {{{{ $c.name | Quote }}}}
  image: {{{{ $c.image | Quote }}}}
  imageID: \"\"
  ready: false
{{{{ if eq $i 0 }}}}
{}{{{{ else }}}}
  restartCount: 0
  state: {{waiting: {{reason: PodInitializing}}}}
{{{{ end }}}}
{{{{ end }}}}
",
        indented.concat()
    )
}

fn event_template(event: &PlayedEvent, index: usize) -> String {
    let (choose, path) = match event.on {
        Involved::Container => ("index .spec.containers 0", "spec.containers"),
        Involved::Init => ("index .spec.initContainers 0", "spec.initContainers"),
        Involved::Pod => ("index .spec.containers 0", ""),
    };
    let field = match path {
        "" => String::new(),
        path => format!("  fieldPath: '{{{{ printf \"{path}{{%s}}\" $c.name }}}}'\n"),
    };
    let PlayedEvent {
        r#type,
        reason,
        count,
        ..
    } = event;
    let message = event.message.replace('\'', "''");
    format!(
        "{NAMES}{{{{ $c := {choose} }}}}
apiVersion: v1
kind: Event
metadata:
  name: '{{{{ $pod }}}}.{{{{ trunc 16 (sha1sum (printf \"%s-{index}\" $uid)) }}}}'
  namespace: {{{{ $ns }}}}
involvedObject:
  apiVersion: v1
  kind: Pod
  name: {{{{ $pod }}}}
  namespace: {{{{ $ns }}}}
  uid: {{{{ $uid }}}}
{field}type: {type}
reason: {reason}
message: '{message}'
count: {count}
firstTimestamp: {{{{ $start | Quote }}}}
lastTimestamp: {{{{ $now | Quote }}}}
source: {{component: kubelet, host: {{{{ .spec.nodeName }}}}}}
reportingComponent: kubelet
reportingInstance: {{{{ .spec.nodeName }}}}
"
    )
}

fn running() -> String {
    "Running".to_owned()
}

fn yes() -> bool {
    true
}

fn half_a_second() -> u32 {
    500
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tidy::tree::text_files;

    #[test]
    fn scenarios_ask_for_every_fault_and_for_no_other() {
        let folder = crate::workspace::root().join("tests/e2e");
        let faults = faults(&folder.join("stages")).expect("faults.yaml parses");
        let known: BTreeSet<&str> = faults.keys().map(String::as_str).collect();
        let manifests = text_files(&folder.join("scenarios"), &[".yaml"]).expect("read manifests");
        let asked = manifests
            .iter()
            .flat_map(|file| file.text.lines())
            .filter_map(|line| {
                let (_, name) = line.split_once("play.dogwatch.io/fault: ")?;
                Some(name.trim_end_matches('}'))
            });
        assert_eq!(asked.collect::<BTreeSet<_>>(), known);
    }
}
