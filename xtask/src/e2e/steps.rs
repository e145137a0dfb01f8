//! Plays the steps of one scenario against the control plane.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use super::aging;
use super::controlplane::ControlPlane;
use super::kubectl::Kubectl;
use super::scenario::{Age, Refused, Scenario, SetStatus, Step, Wait};

const POLL: Duration = Duration::from_millis(400);

/// Creates the namespace and plays every step.
pub(crate) fn play(scenario: &Scenario, plane: &ControlPlane) -> Result<()> {
    let namespace = scenario.namespace();
    let stage = Playing::new(scenario, plane);
    stage.kubectl.run(&["create", "namespace", &namespace])?;
    let account = Wait {
        get: "serviceaccount default".to_owned(),
        jsonpath: "{.metadata.name}".to_owned(),
        value: "default".to_owned(),
        count: 1,
        among_others: false,
        timeout: 30,
    };
    stage.wait(&account)?;
    for (index, step) in scenario.script.steps.iter().enumerate() {
        stage
            .step(step)
            .with_context(|| format!("step {} of {}", index + 1, scenario.name))?;
    }
    Ok(())
}

/// Removes the workloads of the scenario so that their Pods stop keeping the controllers busy, and
/// what it says itself.
pub(crate) fn clear(scenario: &Scenario, plane: &ControlPlane) -> Result<()> {
    let kinds =
        "deployments,statefulsets,daemonsets,cronjobs,jobs,horizontalpodautoscalers.autoscaling";
    let stage = Playing::new(scenario, plane);
    stage.run(&["delete", kinds, "--all", "--wait=false"])?;
    let mut steps = scenario.script.afterwards.iter();
    steps.try_for_each(|step| stage.step(step))
}

struct Playing<'a> {
    scenario: &'a Scenario,
    plane: &'a ControlPlane,
    kubectl: Kubectl,
    namespace: String,
}

impl<'a> Playing<'a> {
    fn new(scenario: &'a Scenario, plane: &'a ControlPlane) -> Self {
        Self {
            scenario,
            plane,
            kubectl: plane.kubectl(),
            namespace: scenario.namespace(),
        }
    }

    fn step(&self, step: &Step) -> Result<()> {
        match step {
            Step::Apply(file) => self.apply(file, &self.namespace),
            Step::ApplyTo(to) => self.apply(&to.file, &to.namespace),
            Step::Kubectl(arguments) => {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                self.run(&arguments).map(drop)
            }
            Step::Refused(refused) => self.be_refused(refused),
            Step::Age(age) => self.age(age),
            Step::Wait(wait) => self.wait(wait),
            Step::SetStatus(change) => self.set_status(change),
            Step::FloodEvents(count) => self.flood_events(*count),
            Step::Sleep(seconds) => {
                let most = if self.scenario.script.slow { 150 } else { 15 };
                ensure!(
                    *seconds <= most,
                    "a scenario may sleep for at most 15 seconds, a slow one for 150"
                );
                sleep(Duration::from_secs(*seconds));
                Ok(())
            }
            Step::StopControllers => {
                self.plane.stop_controllers();
                Ok(())
            }
        }
    }

    fn apply(&self, file: &str, namespace: &str) -> Result<()> {
        let path = self.scenario.folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("read {file}"))?;
        let text = text.replace("$NS", &self.namespace);
        let arguments = ["-n", namespace, "apply", "-f", "-"];
        self.kubectl.feed(&arguments, &text).map(drop)
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        self.kubectl
            .run(&[&["-n", &self.namespace], arguments].concat())
    }

    fn get(&self, query: &str, output: &str) -> Result<String> {
        let mut arguments = vec!["get"];
        arguments.extend(query.split_whitespace());
        arguments.extend(["-o", output]);
        self.run(&arguments)
    }

    fn wait(&self, wait: &Wait) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(wait.timeout);
        let output = format!("jsonpath={}", wait.jsonpath);
        loop {
            // An object that is not there yet is an error of kubectl and a reason to go on waiting.
            let seen = self
                .get(&wait.get, &output)
                .unwrap_or_else(|error| error.to_string());
            if wait.is_satisfied_by(&seen) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "waited {} s for {} of {} to be {} ({} times), last seen: {seen:?}",
                    wait.timeout,
                    wait.jsonpath,
                    wait.get,
                    wait.value,
                    wait.count
                );
            }
            sleep(POLL);
        }
    }

    fn be_refused(&self, refused: &Refused) -> Result<()> {
        let arguments: Vec<&str> = refused.kubectl.iter().map(String::as_str).collect();
        let Err(error) = self.run(&arguments) else {
            bail!("kubectl {} was not refused", arguments.join(" "));
        };
        let said = error.to_string();
        ensure!(
            said.contains(&refused.says),
            "the refusal lacks {:?}: {said}",
            refused.says
        );
        Ok(())
    }

    fn age(&self, age: &Age) -> Result<()> {
        for key in &age.keys {
            let key = format!("/registry/{key}");
            aging::age(self.plane.etcd_port(), &key, age.minutes)?;
        }
        Ok(())
    }

    fn set_status(&self, change: &SetStatus) -> Result<()> {
        let names = self.get(&change.get, "name")?;
        ensure!(!names.trim().is_empty(), "nothing matches {}", change.get);
        let patch = json!({"status": change.status}).to_string();
        let kind = format!("--type={}", change.r#type);
        for name in names.lines() {
            self.run(&["patch", name, "--subresource=status", &kind, "-p", &patch])?;
        }
        Ok(())
    }

    fn flood_events(&self, count: u32) -> Result<()> {
        let events: Vec<_> = (0..count)
            .map(|number| self.foreign_event(number))
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": events}).to_string();
        self.kubectl
            .feed(&["-n", &self.namespace, "create", "-f", "-"], &list)
            .map(drop)
    }

    fn foreign_event(&self, number: u32) -> serde_json::Value {
        json!({
            "apiVersion": "v1",
            "kind": "Event",
            // Sorts before every event of the target, as a busy neighbour's might.
            "metadata": {"name": format!("a-neighbour-{number:04}"), "namespace": self.namespace},
            "involvedObject": {
                "apiVersion": "v1",
                "kind": "Pod",
                "name": "a-neighbour",
                "namespace": self.namespace,
                "uid": format!("00000000-0000-4000-8000-{number:012}"),
            },
            "type": "Warning",
            "reason": "BackOff",
            "message": "Back-off restarting failed container neighbour",
            "count": 1,
            "source": {"component": "kubelet"},
        })
    }
}

impl Wait {
    fn is_satisfied_by(&self, seen: &str) -> bool {
        let words: Vec<&str> = seen.split_whitespace().collect();
        let right = words.iter().filter(|word| **word == self.value).count();
        right >= self.count && (self.among_others || right == words.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(count: usize, among_others: bool) -> Wait {
        let (get, jsonpath) = (String::new(), String::new());
        Wait {
            get,
            jsonpath,
            value: "True".to_owned(),
            count,
            among_others,
            timeout: 1,
        }
    }

    #[test]
    fn a_wait_counts_the_right_words() {
        assert!(wait(2, false).is_satisfied_by("True True"));
        assert!(!wait(2, false).is_satisfied_by("True"));
        assert!(!wait(1, false).is_satisfied_by("True False"));
        assert!(wait(1, true).is_satisfied_by("True False"));
        assert!(!wait(1, true).is_satisfied_by(""));
    }
}
