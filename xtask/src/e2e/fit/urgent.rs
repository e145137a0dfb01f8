//! Pods of a higher priority: is somebody driven out for them, as predicted?

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::asked::Template;
use super::dice::Dice;
use super::{GROUPS, POLL, SETTLED_WITHIN, get, in_group, judge, list, objects, setting, settle};
use crate::e2e::kubectl::Kubectl;

const CLASS: &str = "fit-urgent";

/// What becomes of an urgent Pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// There is room.
    Placed,
    /// Others go for it.
    Preempts,
    /// Not even that helps.
    Stuck,
}

/// How the predictions for urgent Pods fared.
pub(super) struct Urgent {
    /// Pods for which others really went.
    pub(super) preempting: usize,
    /// What was predicted wrongly.
    pub(super) wrong: Vec<String>,
}

/// One urgent Pod for each group.
pub(super) fn play(kubectl: &Kubectl, dice: &mut Dice, version: &str) -> Result<Urgent> {
    let class = json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
        "metadata": {"name": CLASS}, "value": 1000, "description": "drives others out"});
    kubectl.feed(&["create", "-f", "-"], &class.to_string())?;
    let_go(kubectl)?;
    let before = objects(kubectl)?;
    let snapshot = judge::snapshot(&before, version)?;
    let mut predicted = Vec::new();
    let mut pods = Vec::new();
    for group in 0..GROUPS {
        let template = template(dice, group);
        let namespace = setting::namespace(group, 0);
        let fit = judge::prediction(&snapshot, &template, &namespace, 1)?;
        predicted.push(match (fit.fits_min, fit.victims.is_empty()) {
            (0, true) => Fate::Stuck,
            (0, false) => Fate::Preempts,
            _ => Fate::Placed,
        });
        pods.push(
            json!({"apiVersion": "v1", "kind": "Pod", "spec": template.spec,
            "metadata": {"name": "urgent", "namespace": namespace, "labels": template.labels,
                "annotations": setting::untouched()}}),
        );
    }
    kubectl.feed(&["create", "-f", "-"], &list(&pods))?;
    let urgent = decided(kubectl)?;
    let after = uids(&get(kubectl, "pods", &[])?);
    let mut outcome = Urgent {
        preempting: 0,
        wrong: Vec::new(),
    };
    for (group, (predicted, pod)) in predicted.into_iter().zip(&pods).enumerate() {
        let real = fate(group, &before, &after, &urgent);
        outcome.preempting += usize::from(real == Fate::Preempts);
        if real != predicted {
            outcome.wrong.push(format!(
                "group {group}, urgent: predicted {predicted:?}, in fact {real:?}: {}",
                pod["spec"]
            ));
        }
    }
    Ok(outcome)
}

/// No selector speaks of these Pods: only room counts.
fn template(dice: &mut Dice, group: usize) -> Template {
    let mut container = json!({"name": "c", "image": "registry.example.com/urgent:1",
        "resources": {"requests": {"cpu": dice.pick(&["300m", "900m", "1900m", "3500m"]),
            "memory": dice.pick(&["100Mi", "900Mi", "3Gi"])}}});
    if dice.chance(30) {
        container["ports"] = json!([super::asked::port(dice)]);
    }
    Template {
        labels: json!({"app": "urgent"}),
        spec: json!({"priorityClassName": CLASS, "containers": [container],
            "nodeSelector": {"fit-group": setting::group_label(group)}}),
    }
}

/// Lets the Pods go that were kept on their way out: nobody can drive them out once more.
fn let_go(kubectl: &Kubectl) -> Result<()> {
    let leaving = ["-l", "fate=leaving"];
    for pod in get(kubectl, "pods", &leaving)? {
        let text = |key: &str| pod["metadata"][key].as_str().unwrap_or_default();
        let change = r#"{"metadata":{"finalizers":null}}"#;
        let (namespace, name) = (text("namespace"), text("name"));
        kubectl.run(&[
            "-n",
            namespace,
            "patch",
            "pod",
            name,
            "--type=merge",
            "-p",
            change,
        ])?;
    }
    settle(kubectl, "pods", |pods| {
        // Pods of other parts may be on their way out for ever.
        let is_leaving = |pod: &Value| {
            in_group(&pod["metadata"]["namespace"])
                && pod["metadata"]["deletionTimestamp"].is_string()
        };
        !pods.iter().any(is_leaving)
    })
}

/// The urgent Pods once each has a node or will get none.
fn decided(kubectl: &Kubectl) -> Result<Vec<Value>> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    loop {
        let urgent = get(kubectl, "pods", &["-l", "app=urgent"])?;
        let is_decided = |pod: &Value| {
            let scheduled = super::scheduled(pod);
            let message = scheduled.map(|condition| condition["message"].to_string());
            let gave_up = message.is_some_and(|message| message.contains("preemption: "));
            pod["spec"]["nodeName"].is_string()
                || (gave_up && !pod["status"]["nominatedNodeName"].is_string())
        };
        if urgent.len() == GROUPS && urgent.iter().all(is_decided) {
            return Ok(urgent);
        }
        if Instant::now() > deadline {
            let open = urgent.iter().filter(|pod| !is_decided(pod));
            let open: Vec<String> = open.map(Value::to_string).collect();
            bail!("nothing is decided about {open:#?}");
        }
        sleep(POLL);
    }
}

fn uids(pods: &[Value]) -> BTreeSet<String> {
    let stays = |pod: &&Value| !pod["metadata"]["deletionTimestamp"].is_string();
    let pods = pods.iter().filter(stays);
    pods.map(|pod| pod["metadata"]["uid"].to_string()).collect()
}

fn fate(group: usize, before: &[Value], after: &BTreeSet<String>, urgent: &[Value]) -> Fate {
    let namespaces = [setting::namespace(group, 0), setting::namespace(group, 1)];
    let is_own = |object: &&Value| {
        let namespace = object["metadata"]["namespace"].as_str();
        namespace.is_some_and(|known| namespaces.iter().any(|own| own == known))
    };
    let pods = before.iter().filter(|object| object["kind"] == "Pod");
    let mut pods = pods.filter(is_own);
    let mut urgent = urgent.iter().filter(is_own);
    if pods.any(|pod| !after.contains(&pod["metadata"]["uid"].to_string())) {
        Fate::Preempts
    } else if urgent.any(|pod| pod["spec"]["nodeName"].is_string()) {
        Fate::Placed
    } else {
        Fate::Stuck
    }
}
