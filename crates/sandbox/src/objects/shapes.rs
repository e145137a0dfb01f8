//! Conversions between the shapes of one kind in different groups and versions.

use serde_json::{Value, json};

use crate::fields::{as_object_mut, int, list, object_mut, text};
use crate::kinds::Kind;

/// Brings an object of any known version into the stored shape.
pub(crate) fn to_stored(kind: &Kind, object: &mut Value) {
    let api_version = text(object, "/apiVersion").to_owned();
    match (kind.kind.as_str(), api_version.as_str()) {
        ("Event", "events.k8s.io/v1" | "events.k8s.io/v1beta1") => event_to_core(object),
        ("HorizontalPodAutoscaler", "autoscaling/v1") => autoscaler_to_v2(object),
        ("Ingress", "extensions/v1beta1" | "networking.k8s.io/v1beta1") => ingress_to_v1(object),
        _ => {}
    }
}

/// Turns the stored shape into the one of the asked group and version.
pub(crate) fn from_stored(kind: &Kind, version: &str, object: &mut Value) {
    if kind.is("events.k8s.io", "Event") {
        event_to_events(object);
    } else if kind.is("autoscaling", "HorizontalPodAutoscaler") && version == "v1" {
        autoscaler_to_v1(object);
    }
}

/// Whether the asked group and version has another shape than the stored one.
pub(crate) fn differ(kind: &Kind, version: &str) -> bool {
    kind.group == "events.k8s.io" || (kind.group == "autoscaling" && version == "v1")
}

const EVENT_FIELDS: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
];

fn event_to_core(object: &mut Value) {
    let fields = as_object_mut(object);
    for (core, newer) in EVENT_FIELDS {
        if let Some(value) = fields.remove(newer) {
            fields.insert(core.to_owned(), value);
        }
    }
}

fn event_to_events(object: &mut Value) {
    let fields = as_object_mut(object);
    for (core, newer) in EVENT_FIELDS {
        if let Some(value) = fields.remove(core) {
            fields.insert(newer.to_owned(), value);
        }
    }
}

fn autoscaler_to_v2(object: &mut Value) {
    let metric = |field: &str, inner: Value| json!([{"type": "Resource", "resource": {"name": "cpu", field: inner}}]);
    let spec = object_mut(object, "spec");
    if let Some(percent) = spec.remove("targetCPUUtilizationPercentage") {
        let target = json!({"type": "Utilization", "averageUtilization": percent});
        spec.insert("metrics".to_owned(), metric("target", target));
    }
    let status = object_mut(object, "status");
    if let Some(percent) = status.remove("currentCPUUtilizationPercentage") {
        let current = json!({"averageUtilization": percent});
        status.insert("currentMetrics".to_owned(), metric("current", current));
    }
}

fn autoscaler_to_v1(object: &mut Value) {
    let cpu = |metrics: &[Value], pointer: &str| {
        let mut cpu = metrics
            .iter()
            .filter(|m| text(m, "/resource/name") == "cpu");
        cpu.find_map(|m| int(m, pointer))
    };
    let target = cpu(
        list(object, "/spec/metrics"),
        "/resource/target/averageUtilization",
    );
    let current = cpu(
        list(object, "/status/currentMetrics"),
        "/resource/current/averageUtilization",
    );
    object_mut(object, "spec").remove("metrics");
    let status = object_mut(object, "status");
    status.remove("currentMetrics");
    status.remove("conditions");
    if let Some(target) = target {
        object["spec"]["targetCPUUtilizationPercentage"] = json!(target);
    }
    if let Some(current) = current {
        object["status"]["currentCPUUtilizationPercentage"] = json!(current);
    }
}

fn ingress_to_v1(object: &mut Value) {
    let backend = |old: &Value| {
        let port = match old.get("servicePort") {
            Some(Value::String(name)) => json!({"name": name}),
            Some(number) => json!({"number": number}),
            None => json!({}),
        };
        json!({"service": {"name": text(old, "/serviceName"), "port": port}})
    };
    let spec = object_mut(object, "spec");
    if let Some(old) = spec.remove("backend") {
        spec.insert("defaultBackend".to_owned(), backend(&old));
    }
    let rules = spec.get_mut("rules").and_then(Value::as_array_mut);
    for rule in rules.into_iter().flatten() {
        let paths = rule
            .pointer_mut("/http/paths")
            .and_then(Value::as_array_mut);
        for path in paths.into_iter().flatten().map(as_object_mut) {
            path.entry("pathType")
                .or_insert_with(|| json!("ImplementationSpecific"));
            if let Some(old) = path
                .get("backend")
                .filter(|b| b.get("serviceName").is_some())
            {
                let new = backend(old);
                path.insert("backend".to_owned(), new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;

    #[test]
    fn both_event_groups_show_one_event() {
        let kinds = Kinds::builtin();
        let newer = json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "note": "hello",
            "regarding": {"name": "p"}, "deprecatedCount": 3, "reportingController": "kubelet"});
        let mut core = newer.clone();
        to_stored(&kinds.resource("", "events").unwrap(), &mut core);
        assert_eq!(text(&core, "/involvedObject/name"), "p");
        assert_eq!(
            (text(&core, "/message"), int(&core, "/count")),
            ("hello", Some(3))
        );
        from_stored(
            &kinds.resource("events.k8s.io", "events").unwrap(),
            "v1",
            &mut core,
        );
        assert_eq!(core, newer);
    }

    #[test]
    fn an_old_autoscaler_survives_the_round_trip() {
        let kind = Kinds::builtin()
            .resource("autoscaling", "horizontalpodautoscalers")
            .unwrap();
        let old = json!({"apiVersion": "autoscaling/v1", "spec":
            {"maxReplicas": 4, "targetCPUUtilizationPercentage": 70}, "status": {}});
        let mut object = old.clone();
        to_stored(&kind, &mut object);
        assert!(object.pointer("/spec/metrics/0/resource/target").is_some());
        from_stored(&kind, "v1", &mut object);
        assert_eq!(object, old);
    }

    #[test]
    fn an_old_ingress_backend_becomes_a_service_reference() {
        let kind = Kinds::builtin()
            .resource("networking.k8s.io", "ingresses")
            .unwrap();
        let mut ingress = json!({"apiVersion": "extensions/v1beta1", "kind": "Ingress",
            "spec": {"rules": [{"http": {"paths": [
                {"backend": {"serviceName": "web", "servicePort": 80}}]}}]}});
        to_stored(&kind, &mut ingress);
        let backend = ingress
            .pointer("/spec/rules/0/http/paths/0/backend")
            .unwrap();
        assert_eq!(
            *backend,
            json!({"service": {"name": "web", "port": {"number": 80}}})
        );
    }
}
