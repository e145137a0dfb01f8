//! Server-side tables: the columns and cells that `kubectl get` prints.

mod autoscaling;
mod cells;
mod column;
mod events;
mod network;
mod nodes;
mod others;
mod pods;
mod storage;
mod workloads;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fields::text;
use crate::kinds::Kind;
use cells::age;
use column::Column;

/// How one kind is printed.
struct Sheet {
    columns: &'static [Column],
    cells: fn(&Value, Timestamp) -> Vec<Value>,
}

const PLAIN: Sheet = Sheet {
    columns: &[Column::name(), Column::text("Age")],
    cells: |object, now| vec![json!(text(object, "/metadata/name")), age(object, now)],
};

fn sheet(kind: &Kind) -> Sheet {
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "Pod") => pods::SHEET,
        ("", "Node") => nodes::SHEET,
        ("" | "events.k8s.io", "Event") => events::SHEET,
        ("apps", "Deployment") => workloads::DEPLOYMENT,
        ("apps", "ReplicaSet") | ("", "ReplicationController") => workloads::REPLICA_SET,
        ("apps", "StatefulSet") => workloads::STATEFUL_SET,
        ("apps", "DaemonSet") => workloads::DAEMON_SET,
        ("apps", "ControllerRevision") => workloads::REVISION,
        ("batch", "Job") => workloads::JOB,
        ("batch", "CronJob") => workloads::CRON_JOB,
        ("", "Service") => network::SERVICE,
        ("", "Endpoints") => network::ENDPOINTS,
        ("discovery.k8s.io", "EndpointSlice") => network::ENDPOINT_SLICE,
        ("networking.k8s.io", "Ingress") => network::INGRESS,
        ("networking.k8s.io", "IngressClass") => network::INGRESS_CLASS,
        ("networking.k8s.io", "NetworkPolicy") => network::NETWORK_POLICY,
        ("", "PersistentVolume") => storage::VOLUME,
        ("", "PersistentVolumeClaim") => storage::CLAIM,
        ("storage.k8s.io", "StorageClass") => storage::CLASS,
        ("storage.k8s.io", "VolumeAttachment") => storage::ATTACHMENT,
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaling::SHEET,
        ("policy", "PodDisruptionBudget") => others::BUDGET,
        ("", "Namespace") => others::NAMESPACE,
        ("", "ConfigMap") => others::CONFIG_MAP,
        ("", "Secret") => others::SECRET,
        ("", "ResourceQuota") => others::QUOTA,
        ("coordination.k8s.io", "Lease") => others::LEASE,
        ("scheduling.k8s.io", "PriorityClass") => others::PRIORITY,
        (
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => others::WEBHOOKS,
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => others::BINDING,
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole")
        | ("apiextensions.k8s.io", "CustomResourceDefinition") => others::CREATED_AT,
        _ => PLAIN,
    }
}

/// The column definitions of a kind.
pub(crate) fn columns(kind: &Kind) -> Vec<Value> {
    if kind.columns.is_empty() {
        return sheet(kind).columns.iter().map(Column::definition).collect();
    }
    let own = kind.columns.iter().map(column::custom_definition);
    std::iter::once(Column::name().definition())
        .chain(own)
        .collect()
}

/// The cells of one object, one for each column.
pub(crate) fn cells(kind: &Kind, object: &Value, now: Timestamp) -> Vec<Value> {
    if kind.columns.is_empty() {
        return (sheet(kind).cells)(object, now);
    }
    let own = kind
        .columns
        .iter()
        .map(|c| column::custom_cell(c, object, now));
    std::iter::once(json!(text(object, "/metadata/name")))
        .chain(own)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;

    #[test]
    fn every_kind_fills_its_columns_even_from_an_empty_object() {
        let now = Timestamp::UNIX_EPOCH;
        for kind in Kinds::builtin().iter() {
            let empty = json!({"metadata": {"name": "a"}});
            let cells = cells(kind, &empty, now);
            assert_eq!(cells.len(), columns(kind).len(), "{}", kind.qualified());
        }
    }
}
