//! The fields in which two Pod templates differ.

use std::collections::BTreeMap;

use dogwatch_model::{
    redaction::redact,
    snapshot::{Container, PodSpec, Probe, Template},
};

use super::FieldChange;

/// Characters of a value that are kept.
const MAX_VALUE: usize = 160;

/// Fields that differ, sorted by path.
pub(super) fn differences(old: &Template, new: &Template) -> Vec<FieldChange> {
    let (before, after) = (fields(old), fields(new));
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| {
            let value = |map: &BTreeMap<String, String>| map.get(path).cloned().unwrap_or_default();
            let (from, to) = (value(&before), value(&after));
            (from != to).then(|| FieldChange {
                path: path.clone(),
                from: clean(&from),
                to: clean(&to),
            })
        })
        .collect()
}

/// A value as it may be shown.
pub(super) fn clean(value: &str) -> String {
    redact(value).chars().take(MAX_VALUE).collect()
}

/// The fields of a template that are read, as path and value, not redacted.
pub(super) fn fields(template: &Template) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let spec = &template.spec;
    for (key, value) in template.labels.iter() {
        if key != "pod-template-hash" {
            out.insert(format!("labels.{key}"), value.to_owned());
        }
    }
    pod(spec, &mut out);
    for (list, containers) in [
        ("containers", &spec.containers),
        ("initContainers", &spec.init_containers),
    ] {
        for known in containers {
            container(&format!("{list}[{}]", known.name), known, &mut out);
        }
    }
    out.retain(|_, value| !value.is_empty());
    out
}

fn pod(spec: &PodSpec, out: &mut BTreeMap<String, String>) {
    let mut put = |path: &str, value: String| out.insert(path.to_owned(), value);
    put("serviceAccountName", spec.service_account_name.to_string());
    put("schedulerName", spec.scheduler_name.to_string());
    put("priorityClassName", spec.priority_class_name.to_string());
    put("runtimeClassName", spec.runtime_class_name.to_string());
    put("nodeName", spec.node_name.to_string());
    if spec.host_network {
        put("hostNetwork", "true".to_owned());
    }
    if let Some(grace) = spec.termination_grace_period_seconds {
        put("terminationGracePeriodSeconds", grace.to_string());
    }
    if let Some(affinity) = &spec.affinity {
        put("affinity", format!("{affinity:?}"));
    }
    for toleration in &spec.tolerations {
        let value = format!(
            "{} {} {}",
            toleration.operator, toleration.value, toleration.effect
        );
        put(
            &format!("tolerations[{}]", toleration.key),
            value.trim().to_owned(),
        );
    }
    for (key, value) in spec.node_selector.iter() {
        put(&format!("nodeSelector.{key}"), value.to_owned());
    }
    for secret in &spec.image_pull_secrets {
        put(
            &format!("imagePullSecrets[{}]", secret.name),
            "present".to_owned(),
        );
    }
    for volume in &spec.volumes {
        let claim = volume
            .persistent_volume_claim
            .as_ref()
            .map(|claim| ("claim", &claim.claim_name));
        let map = volume
            .config_map
            .as_ref()
            .map(|map| ("configMap", &map.name));
        let secret = volume
            .secret
            .as_ref()
            .map(|secret| ("secret", &secret.secret_name));
        let source = claim.or(map).or(secret);
        let value = source.map_or_else(
            || "present".to_owned(),
            |(kind, name)| format!("{kind} {name}"),
        );
        put(&format!("volumes[{}]", volume.name), value);
    }
}

fn container(path: &str, known: &Container, out: &mut BTreeMap<String, String>) {
    let mut put = |field: &str, value: String| out.insert(format!("{path}.{field}"), value);
    put("image", known.image.to_string());
    put("command", words(&known.command));
    put("args", words(&known.args));
    put("restartPolicy", known.restart_policy.to_string());
    for port in &known.ports {
        let value = format!("{} host {}", port.container_port, port.host_port);
        put(&format!("ports[{}]", port.name), value);
    }
    for (what, amounts) in [
        ("requests", &known.resources.requests),
        ("limits", &known.resources.limits),
    ] {
        for (name, amount) in amounts.iter() {
            put(&format!("resources.{what}.{name}"), amount.to_string());
        }
    }
    for (name, probe) in [
        ("livenessProbe", &known.liveness_probe),
        ("readinessProbe", &known.readiness_probe),
        ("startupProbe", &known.startup_probe),
    ] {
        if let Some(probe) = probe {
            put(name, probe_words(probe));
        }
    }
}

fn words(list: &[dogwatch_model::wire::Text]) -> String {
    let words: Vec<&str> = list.iter().map(|word| &**word).collect();
    words.join(" ")
}

fn probe_words(probe: &Probe) -> String {
    let target = match (&probe.http_get, &probe.tcp_socket, &probe.grpc) {
        (Some(http), _, _) => format!("httpGet {} {}", http.path, port(http.port.as_ref())),
        (_, Some(tcp), _) => format!("tcpSocket {}", port(tcp.port.as_ref())),
        (_, _, Some(grpc)) => format!("grpc {}", port(grpc.port.as_ref())),
        _ => "exec".to_owned(),
    };
    format!(
        "{target} delay {} period {} timeout {} failures {}",
        probe.initial_delay_seconds,
        probe.period_seconds,
        probe.timeout_seconds,
        probe.failure_threshold
    )
}

fn port(port: Option<&dogwatch_model::wire::IntOrString>) -> String {
    port.map_or_else(String::new, ToString::to_string)
}
