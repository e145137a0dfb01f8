//! What the plan of a run does: most drain a Node in several steps, the others change one object.

use std::fmt;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::setting;
use crate::e2e::kubectl::Kubectl;

/// Where the objects of single steps lie.
pub(super) const NAMESPACE: &str = "recovery-crash-steps";

/// What a plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Cordons a Node and evicts its Pods.
    Drain,
    /// Another number of replicas, through the subresource `scale`.
    Scale,
    /// The template of the revision before.
    Rollback,
    /// Another target port of a Service.
    ServicePort,
}

impl Act {
    /// Every act.
    pub(super) const ALL: [Self; 4] = [Self::Drain, Self::Scale, Self::Rollback, Self::ServicePort];

    /// The act of a run: every second one is a drain, because it has several steps to die between.
    pub(super) fn of(number: usize) -> Self {
        match number % 6 {
            0 | 2 | 4 => Self::Drain,
            1 => Self::Scale,
            3 => Self::Rollback,
            _ => Self::ServicePort,
        }
    }

    /// The words of `plan create`.
    pub(super) fn words(self, name: &str) -> Vec<String> {
        let (object, more): (&str, &[&str]) = match self {
            Self::Drain => ("node", &["--remedy", "drain-node"]),
            Self::Scale => (
                "deployment",
                &["--remedy", "scale-workload", "--set", "replicas=2"],
            ),
            Self::Rollback => ("deployment", &["--remedy", "rollback-workload"]),
            Self::ServicePort => (
                "service",
                &[
                    "--remedy",
                    "fix-service-port",
                    "--set",
                    "port=80",
                    "--set",
                    "targetPort=8080",
                ],
            ),
        };
        let mut words = vec![format!("{object}/{name}")];
        if self != Self::Drain {
            words.extend(["-n", NAMESPACE].map(str::to_owned));
        }
        words.extend(more.iter().map(|word| (*word).to_owned()));
        words
    }

    /// The remedy.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::Drain => "drain-node",
            Self::Scale => "scale-workload",
            Self::Rollback => "rollback-workload",
            Self::ServicePort => "fix-service-port",
        }
    }

    /// Who approves, with the exit code that each of them sees.
    pub(super) fn approvers(self) -> &'static [(&'static str, i32)] {
        match self {
            Self::Drain => &[("bob", 6), ("carol", 0)],
            Self::Scale | Self::Rollback | Self::ServicePort => &[("bob", 0)],
        }
    }

    /// Every write that the plan makes, as [`super::witness`] names it.
    pub(super) fn wanted(self, name: &str) -> Vec<String> {
        match self {
            Self::Drain => setting::drain_writes(name),
            Self::Scale => vec![format!("patch deployments/scale/{name}")],
            Self::Rollback => vec![format!("patch deployments/{name}")],
            Self::ServicePort => vec![format!("patch services/{name}")],
        }
    }

    /// Fails unless the object is as the plan wanted it.
    pub(super) fn ensure_done(self, kubectl: &Kubectl, name: &str) -> Result<()> {
        let (kind, field, wanted) = match self {
            // Looked at for all Nodes together.
            Self::Drain => return Ok(()),
            Self::Scale => ("deployment", ".spec.replicas", "2"),
            Self::Rollback => (
                "deployment",
                ".spec.template.spec.containers[0].image",
                "app:1",
            ),
            Self::ServicePort => ("service", ".spec.ports[0].targetPort", "8080"),
        };
        let path = format!("jsonpath={{{field}}}");
        let now = kubectl.run(&["get", kind, name, "-n", NAMESPACE, "-o", &path])?;
        ensure!(now.trim() == wanted, "{kind}/{name} {field} is {now}");
        Ok(())
    }

    /// The objects of a run, at first.
    pub(super) fn objects(self, name: &str) -> Vec<Value> {
        match self {
            Self::Drain => Vec::new(),
            Self::Scale | Self::Rollback => vec![deployment(name, "app:1")],
            Self::ServicePort => vec![deployment(name, "app:1"), service(name)],
        }
    }

    /// What is applied once those run.
    pub(super) fn then(self, name: &str) -> Vec<Value> {
        match self {
            Self::Drain | Self::Scale | Self::ServicePort => Vec::new(),
            Self::Rollback => vec![deployment(name, "app:2")],
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.remedy())
    }
}

/// One Pod, on the Node of the run.
fn deployment(name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "nodeSelector": {"kubernetes.io/hostname": name},
                    "terminationGracePeriodSeconds": 0,
                    "containers": [{"name": "app", "image": image,
                        "ports": [{"containerPort": 8080}]}],
                },
            },
        },
    })
}

/// A Service that leads to a port on which nobody listens.
fn service(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8081}]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_runs_drain_and_no_act_is_left_out() {
        let runs: Vec<Act> = (0..60).map(Act::of).collect();
        let count = |act: Act| runs.iter().filter(|one| **one == act).count();
        assert_eq!(Act::ALL.map(count), [30, 10, 10, 10]);
    }
}
