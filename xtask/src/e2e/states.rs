//! Prints what a scenario really produced, for whoever writes scenarios.

use anyhow::Result;

use super::controlplane::ControlPlane;
use super::scenario::Scenario;

/// The objects and events of the scenario's namespace as text.
pub(crate) fn describe(scenario: &Scenario, plane: &ControlPlane) -> Result<String> {
    let namespace = scenario.namespace();
    let kubectl = plane.kubectl();
    let kinds =
        "all,ingresses,persistentvolumeclaims,horizontalpodautoscalers,poddisruptionbudgets";
    let objects = kubectl.run(&["-n", &namespace, "get", kinds, "-o", "wide"])?;
    let events = kubectl.run(&["-n", &namespace, "events"])?;
    let target = kubectl.run(&[
        "-n",
        &namespace,
        "get",
        &scenario.subject(),
        "-o",
        "jsonpath={.metadata.generation} {.status}",
    ])?;
    let log = kubectl.run(&[
        "-n",
        &namespace,
        "logs",
        &scenario.subject(),
        "--previous",
        "--tail=5",
        "--pod-running-timeout=1s",
    ]);
    let log = log.unwrap_or_else(|error| error.to_string());
    let shortest: Vec<&str> = events.lines().take(40).collect();
    Ok(format!(
        "{objects}\n{target}\n\n{}\n\n{log}",
        shortest.join("\n")
    ))
}
