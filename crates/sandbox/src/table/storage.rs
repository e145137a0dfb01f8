//! Tables of volumes, claims and storage classes.

use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, name, scalar_or, text_or};
use super::column::Column;
use crate::fields::{is_true, list, text};

pub(super) const VOLUME: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Capacity"),
        Column::text("Access Modes"),
        Column::text("Reclaim Policy"),
        Column::text("Status"),
        Column::text("Claim"),
        Column::text("StorageClass"),
        Column::text("VolumeAttributesClass"),
        Column::text("Reason"),
        Column::text("Age"),
        Column::wide("VolumeMode"),
    ],
    cells: |object, now| {
        let claim = object
            .pointer("/spec/claimRef")
            .map_or(String::new(), |claim| {
                format!("{}/{}", text(claim, "/namespace"), text(claim, "/name"))
            });
        vec![
            name(object),
            scalar_or(object, "/spec/capacity/storage", "0"),
            json!(modes(object, "/spec/accessModes")),
            json!(text(object, "/spec/persistentVolumeReclaimPolicy")),
            json!(phase(object)),
            json!(claim),
            json!(class(object)),
            text_or(object, "/spec/volumeAttributesClassName", "<unset>"),
            json!(text(object, "/status/reason")),
            age(object, now),
            text_or(object, "/spec/volumeMode", "<unset>"),
        ]
    },
};

pub(super) const CLAIM: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Status"),
        Column::text("Volume"),
        Column::text("Capacity"),
        Column::text("Access Modes"),
        Column::text("StorageClass"),
        Column::text("VolumeAttributesClass"),
        Column::text("Age"),
        Column::wide("VolumeMode"),
    ],
    cells: |object, now| {
        let volume = text(object, "/spec/volumeName");
        let (capacity, modes) = if volume.is_empty() {
            (json!(""), String::new())
        } else {
            let capacity = scalar_or(object, "/status/capacity/storage", "0");
            (capacity, modes(object, "/status/accessModes"))
        };
        vec![
            name(object),
            json!(phase(object)),
            json!(volume),
            capacity,
            json!(modes),
            json!(class(object)),
            text_or(object, "/spec/volumeAttributesClassName", "<unset>"),
            age(object, now),
            text_or(object, "/spec/volumeMode", "<unset>"),
        ]
    },
};

pub(super) const CLASS: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Provisioner"),
        Column::text("ReclaimPolicy"),
        Column::text("VolumeBindingMode"),
        Column::flag("AllowVolumeExpansion"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let defaults = [
            "storageclass.kubernetes.io",
            "storageclass.beta.kubernetes.io",
        ];
        let is_default = defaults.iter().any(|prefix| {
            let pointer = format!("/metadata/annotations/{prefix}~1is-default-class");
            text(object, &pointer) == "true"
        });
        let suffix = if is_default { " (default)" } else { "" };
        vec![
            json!(format!("{}{suffix}", text(object, "/metadata/name"))),
            json!(text(object, "/provisioner")),
            text_or(object, "/reclaimPolicy", "Delete"),
            text_or(object, "/volumeBindingMode", "Immediate"),
            json!(is_true(object, "/allowVolumeExpansion")),
            age(object, now),
        ]
    },
};

pub(super) const ATTACHMENT: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Attacher"),
        Column::text("PV"),
        Column::text("Node"),
        Column::flag("Attached"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            json!(text(object, "/spec/attacher")),
            json!(text(object, "/spec/source/persistentVolumeName")),
            json!(text(object, "/spec/nodeName")),
            json!(is_true(object, "/status/attached")),
            age(object, now),
        ]
    },
};

fn phase(object: &Value) -> &str {
    let deleted = object
        .pointer("/metadata/deletionTimestamp")
        .is_some_and(Value::is_string);
    if deleted {
        "Terminating"
    } else {
        text(object, "/status/phase")
    }
}

fn class(object: &Value) -> &str {
    let annotation = text(
        object,
        "/metadata/annotations/volume.beta.kubernetes.io~1storage-class",
    );
    if annotation.is_empty() {
        text(object, "/spec/storageClassName")
    } else {
        annotation
    }
}

fn modes(object: &Value, pointer: &str) -> String {
    let short = |mode: &Value| match mode.as_str() {
        Some("ReadWriteOnce") => Some("RWO"),
        Some("ReadOnlyMany") => Some("ROX"),
        Some("ReadWriteMany") => Some("RWX"),
        Some("ReadWriteOncePod") => Some("RWOP"),
        _ => None,
    };
    list(object, pointer)
        .iter()
        .filter_map(short)
        .collect::<Vec<_>>()
        .join(",")
}
