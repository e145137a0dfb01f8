//! Whether a probe asks a port that the container serves.

use dogwatch_model::{
    Evidence,
    snapshot::{Container, Pod, Probe},
    wire::IntOrString,
};
use jiff::SignedDuration;

use crate::{cite, view::Suspect};

/// True when the probe asks a port that no container port declares.
pub(super) fn misses(container: &Container, probe: &Probe) -> bool {
    if container.ports.is_empty() {
        return false;
    }
    match probe.port() {
        Some(IntOrString::Int(number)) => container
            .ports
            .iter()
            .all(|port| port.container_port != *number),
        Some(IntOrString::Text(name)) => match name.parse::<i64>() {
            Ok(number) => container
                .ports
                .iter()
                .all(|port| port.container_port != number),
            Err(_) => container.ports.iter().all(|port| port.name != *name),
        },
        None => false,
    }
}

/// The ports that the container declares.
pub(super) fn cite_declared(suspect: &Suspect<'_>, container: &Container) -> Evidence {
    let ports: Vec<String> = container
        .ports
        .iter()
        .map(|port| {
            if port.name.is_empty() {
                port.container_port.to_string()
            } else {
                format!("{} ({})", port.container_port, port.name)
            }
        })
        .collect();
    let field = format!("{}.ports", container.name);
    let value = if ports.is_empty() {
        "none".to_owned()
    } else {
        format!("containerPorts {}", ports.join(", "))
    };
    cite::spec(&suspect.object, &field, value)
}

/// True when the Pod was Ready before: its condition changed after the Pod had begun on its node.
pub(super) fn was_ready(pod: &Pod) -> bool {
    let since = pod.condition("Ready").and_then(|ready| ready.since);
    match (since, pod.status.start_time) {
        (Some(since), Some(begun)) => since.duration_since(begun) > SignedDuration::from_secs(60),
        _ => false,
    }
}
