//! The table of horizontal pod autoscalers.

use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, name, scalar_or};
use super::column::Column;
use crate::fields::{count, list, text};

pub(super) const SHEET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Reference"),
        Column::text("Targets"),
        Column::text("MinPods"),
        Column::text("MaxPods"),
        Column::text("Replicas"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let kind = text(object, "/spec/scaleTargetRef/kind");
        let target = text(object, "/spec/scaleTargetRef/name");
        vec![
            name(object),
            json!(format!("{kind}/{target}")),
            json!(targets(object)),
            scalar_or(object, "/spec/minReplicas", "<unset>"),
            json!(count(object, "/spec/maxReplicas")),
            json!(count(object, "/status/currentReplicas")),
            age(object, now),
        ]
    },
};

fn targets(autoscaler: &Value) -> String {
    let current = list(autoscaler, "/status/currentMetrics");
    let mut all: Vec<String> = list(autoscaler, "/spec/metrics")
        .iter()
        .enumerate()
        .map(|(index, spec)| target(spec, current.get(index).unwrap_or(&Value::Null)))
        .collect();
    if all.is_empty() {
        return "<none>".to_owned();
    }
    let more = all.len().saturating_sub(2);
    all.truncate(2);
    let head = all.join(", ");
    if more > 0 {
        format!("{head} + {more} more...")
    } else {
        head
    }
}

fn target(spec: &Value, status: &Value) -> String {
    let source = match text(spec, "/type") {
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "Pods" => "pods",
        "Object" => "object",
        "External" => "external",
        _ => return "<unknown type>".to_owned(),
    };
    let field = |holder: &Value, side: &str, key: &str| {
        let found = scalar_or(holder, &format!("/{source}/{side}/{key}"), "");
        found
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let now = |key: &str| field(status, "current", key);
    let unknown = || "<unknown>".to_owned();
    let resource = matches!(source, "resource" | "containerResource");
    let prefix = if resource {
        format!("{}: ", text(spec, &format!("/{source}/name")))
    } else {
        String::new()
    };
    if let Some(average) = field(spec, "target", "averageValue") {
        let suffix = if matches!(source, "object" | "external") {
            " (avg)"
        } else {
            ""
        };
        return format!(
            "{prefix}{}/{average}{suffix}",
            now("averageValue").unwrap_or_else(unknown)
        );
    }
    if resource {
        let current = now("averageUtilization").map_or_else(unknown, |p| format!("{p}%"));
        let wanted = field(spec, "target", "averageUtilization");
        let wanted = wanted.map_or_else(|| "<auto>".to_owned(), |p| format!("{p}%"));
        return format!("{prefix}{current}/{wanted}");
    }
    let wanted = field(spec, "target", "value").unwrap_or_else(|| "0".to_owned());
    format!("{}/{wanted}", now("value").unwrap_or_else(unknown))
}
