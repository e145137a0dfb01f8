//! Tables of kinds with few columns.

use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, name, scalar_or};
use super::column::Column;
use crate::fields::{count, is_true, list, map, text};

pub(super) const BUDGET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Min Available"),
        Column::text("Max Unavailable"),
        Column::int("Allowed Disruptions"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            scalar_or(object, "/spec/minAvailable", "N/A"),
            scalar_or(object, "/spec/maxUnavailable", "N/A"),
            json!(count(object, "/status/disruptionsAllowed")),
            age(object, now),
        ]
    },
};

pub(super) const NAMESPACE: Sheet = Sheet {
    columns: &[Column::name(), Column::text("Status"), Column::text("Age")],
    cells: |object, now| {
        vec![
            name(object),
            json!(text(object, "/status/phase")),
            age(object, now),
        ]
    },
};

pub(super) const CONFIG_MAP: Sheet = Sheet {
    columns: &[Column::name(), Column::text("Data"), Column::text("Age")],
    cells: |object, now| {
        let size = |pointer| map(object, pointer).map_or(0, serde_json::Map::len);
        vec![
            name(object),
            json!(size("/data") + size("/binaryData")),
            age(object, now),
        ]
    },
};

pub(super) const SECRET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Type"),
        Column::text("Data"),
        Column::text("Age"),
    ],
    // The payload was dropped, so the count of its keys is not known and reads 0.
    cells: |object, now| {
        let size = map(object, "/data").map_or(0, serde_json::Map::len);
        vec![
            name(object),
            json!(text(object, "/type")),
            json!(size),
            age(object, now),
        ]
    },
};

pub(super) const QUOTA: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Request"),
        Column::text("Limit"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let (mut requests, mut limits) = (Vec::new(), Vec::new());
        for (resource, hard) in map(object, "/status/hard").into_iter().flatten() {
            let used = map(object, "/status/used").and_then(|used| used.get(resource));
            let plain = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or("0").to_owned();
            let cell = format!("{resource}: {}/{}", plain(used), plain(Some(hard)));
            let is_limit = resource.starts_with("limits.");
            if is_limit {
                limits.push(cell);
            } else {
                requests.push(cell);
            }
        }
        vec![
            name(object),
            json!(requests.join(", ")),
            json!(limits.join(", ")),
            age(object, now),
        ]
    },
};

pub(super) const LEASE: Sheet = Sheet {
    columns: &[Column::name(), Column::text("Holder"), Column::text("Age")],
    cells: |object, now| {
        vec![
            name(object),
            json!(text(object, "/spec/holderIdentity")),
            age(object, now),
        ]
    },
};

pub(super) const PRIORITY: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::int("Value"),
        Column::flag("Global-Default"),
        Column::text("Age"),
        Column::text("PreemptionPolicy"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            json!(count(object, "/value")),
            json!(is_true(object, "/globalDefault")),
            age(object, now),
            scalar_or(object, "/preemptionPolicy", "PreemptLowerPriority"),
        ]
    },
};

pub(super) const WEBHOOKS: Sheet = Sheet {
    columns: &[Column::name(), Column::int("Webhooks"), Column::text("Age")],
    cells: |object, now| {
        vec![
            name(object),
            json!(list(object, "/webhooks").len()),
            age(object, now),
        ]
    },
};

pub(super) const BINDING: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Role"),
        Column::text("Age"),
        Column::wide("Users"),
        Column::wide("Groups"),
        Column::wide("ServiceAccounts"),
    ],
    cells: |object, now| {
        let role = format!(
            "{}/{}",
            text(object, "/roleRef/kind"),
            text(object, "/roleRef/name")
        );
        let subjects = |kind: &str| {
            let names = list(object, "/subjects")
                .iter()
                .filter(|s| text(s, "/kind") == kind);
            let names = names.map(|s| match text(s, "/namespace") {
                "" => text(s, "/name").to_owned(),
                namespace => format!("{namespace}/{}", text(s, "/name")),
            });
            json!(names.collect::<Vec<_>>().join(", "))
        };
        vec![
            name(object),
            json!(role),
            age(object, now),
            subjects("User"),
            subjects("Group"),
            subjects("ServiceAccount"),
        ]
    },
};

pub(super) const CREATED_AT: Sheet = Sheet {
    columns: &[Column::name(), Column::text("Created At")],
    cells: |object, _| {
        vec![
            name(object),
            json!(text(object, "/metadata/creationTimestamp")),
        ]
    },
};
