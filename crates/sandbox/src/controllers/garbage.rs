//! Removes ReplicaSets and Pods whose controlling owner is gone.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::{World, controller_uid};
use crate::fields::text;

/// Removes orphans of Deployments and ReplicaSets.
pub(super) fn collect(world: &mut World<'_>) {
    for (owner, owned, kind) in [
        ("deployments.apps", "replicasets.apps", "Deployment"),
        ("replicasets.apps", "pods", "ReplicaSet"),
    ] {
        let alive: BTreeSet<String> = world
            .all(owner)
            .iter()
            .map(|o| text(o, "/metadata/uid").to_owned())
            .collect();
        for object in world.all(owned) {
            let by_kind = object
                .pointer("/metadata/ownerReferences/0/kind")
                .and_then(Value::as_str);
            let uid = controller_uid(&object);
            if by_kind == Some(kind) && !uid.is_empty() && !alive.contains(uid) {
                world.remove(owned, &object);
            }
        }
    }
}
