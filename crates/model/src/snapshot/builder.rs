//! Builds a snapshot from objects as they arrive, in any order.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};

use super::{
    AuditRecord, CustomObject, HelmRelease, LogExcerpt, Meta, Pod, PodSpec, Snapshot, edit,
};
use crate::{Alert, Kind, LedgerEntry, NodeService, Uid};

/// An object that could not be decoded. It costs itself, never the list.
#[derive(Debug, thiserror::Error)]
#[error("{kind} could not be decoded")]
pub struct Unreadable {
    /// The kind that was expected.
    pub kind: Kind,
    /// Where decoding stopped.
    #[source]
    pub source: serde_json::Error,
}

/// Collects objects; [`SnapshotBuilder::finish`] freezes them.
#[derive(Debug, Default)]
pub struct SnapshotBuilder {
    snapshot: Snapshot,
    /// The last spec of each controlling owner.
    specs: BTreeMap<Uid, Arc<PodSpec>>,
}

impl SnapshotBuilder {
    /// Decodes one object of the given kind from JSON and adds it.
    ///
    /// # Errors
    /// When the JSON does not have the shape of that kind.
    pub fn add(&mut self, kind: Kind, json: &[u8]) -> Result<(), Unreadable> {
        let into = &mut self.snapshot;
        let done = match kind {
            Kind::Namespace => push(json, &mut into.namespaces),
            Kind::Node => push(json, &mut into.nodes),
            Kind::Pod => return self.add_pod(json),
            Kind::Service => push(json, &mut into.services),
            Kind::Event => push(json, &mut into.events),
            Kind::ConfigMap => push(json, &mut into.config_maps),
            Kind::Secret => push(json, &mut into.secrets),
            Kind::ServiceAccount => push(json, &mut into.service_accounts),
            Kind::PersistentVolumeClaim => push(json, &mut into.claims),
            Kind::PersistentVolume => push(json, &mut into.volumes),
            Kind::ResourceQuota => push(json, &mut into.quotas),
            Kind::LimitRange => push(json, &mut into.limit_ranges),
            Kind::Deployment => push(json, &mut into.deployments),
            Kind::ReplicaSet => push(json, &mut into.replica_sets),
            Kind::StatefulSet => push(json, &mut into.stateful_sets),
            Kind::DaemonSet => push(json, &mut into.daemon_sets),
            Kind::ControllerRevision => push(json, &mut into.revisions),
            Kind::Job => push(json, &mut into.jobs),
            Kind::CronJob => push(json, &mut into.cron_jobs),
            Kind::HorizontalPodAutoscaler => push(json, &mut into.autoscalers),
            Kind::PodDisruptionBudget => push(json, &mut into.disruption_budgets),
            Kind::EndpointSlice => push(json, &mut into.endpoint_slices),
            Kind::StorageClass => push(json, &mut into.storage_classes),
            Kind::VolumeAttachment => push(json, &mut into.attachments),
            Kind::PriorityClass => push(json, &mut into.priority_classes),
            Kind::RuntimeClass => push(json, &mut into.runtime_classes),
            Kind::Lease => push(json, &mut into.leases),
            Kind::Ingress => push(json, &mut into.ingresses),
            Kind::IngressClass => push(json, &mut into.ingress_classes),
            Kind::NetworkPolicy => push(json, &mut into.network_policies),
            Kind::CSINode => push(json, &mut into.csi_nodes),
            Kind::CSIDriver => push(json, &mut into.csi_drivers),
            Kind::APIService => push(json, &mut into.api_services),
            Kind::ValidatingWebhookConfiguration => push(json, &mut into.validating_webhooks),
            Kind::MutatingWebhookConfiguration => push(json, &mut into.mutating_webhooks),
            Kind::CustomResourceDefinition => push(json, &mut into.definitions),
            Kind::CertificateSigningRequest => push(json, &mut into.signing_requests),
            Kind::Custom(_) => {
                CustomObject::decode(kind, json).map(|object| into.customs.push(object))
            }
        };
        done.map_err(|source| Unreadable { kind, source })?;
        if edit::is_edited(kind)
            && let Ok(text) = str::from_utf8(json)
        {
            self.snapshot.edited.extend(edit::decode(kind, text));
        }
        Ok(())
    }

    fn add_pod(&mut self, json: &[u8]) -> Result<(), Unreadable> {
        let mut pod: Pod = decode(json).map_err(|source| Unreadable {
            kind: Kind::Pod,
            source,
        })?;
        // Pods of one ReplicaSet have equal specs: keep one copy.
        if let Some(owner) = owner_uid(&pod.meta) {
            match self.specs.get(owner) {
                Some(known) if *known == pod.spec => pod.spec = Arc::clone(known),
                _ => drop(self.specs.insert(owner.clone(), Arc::clone(&pod.spec))),
            }
        }
        self.snapshot.pods.push(pod);
        Ok(())
    }

    /// Adds an excerpt of a log.
    pub fn add_log(&mut self, log: LogExcerpt) {
        self.snapshot.logs.push(log);
    }

    /// Adds an alert that is firing.
    pub fn add_alert(&mut self, alert: Alert) {
        self.snapshot.alerts.push(alert);
    }

    /// Adds what was seen of a service of a node.
    pub fn add_node_service(&mut self, service: NodeService) {
        self.snapshot.node_services.push(service);
    }

    /// Adds a release of Helm whose Secret was opened.
    pub fn add_release(&mut self, release: HelmRelease) {
        self.snapshot.releases.push(release);
    }

    /// Adds a write that an audit log tells of.
    pub fn add_audit(&mut self, record: AuditRecord) {
        self.snapshot.audit.push(record);
    }

    /// Adds the entry of one read.
    pub fn record(&mut self, entry: LedgerEntry) {
        self.snapshot.ledger.record(entry);
    }

    /// Opens a frozen snapshot again, so that a second round of reads can be added.
    pub fn reopen(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            specs: BTreeMap::new(),
        }
    }

    /// Moves everything another builder collected into this one.
    pub fn absorb(&mut self, other: Self) {
        let from = other.snapshot;
        macro_rules! move_lists {
            ($($list:ident),*) => { $(self.snapshot.$list.extend(from.$list);)* };
        }
        move_lists!(
            namespaces,
            nodes,
            pods,
            services,
            events,
            config_maps,
            secrets,
            service_accounts,
            claims,
            volumes,
            quotas,
            limit_ranges,
            deployments,
            replica_sets,
            stateful_sets,
            daemon_sets,
            revisions,
            jobs,
            cron_jobs,
            autoscalers,
            disruption_budgets,
            endpoint_slices,
            storage_classes,
            attachments,
            priority_classes,
            runtime_classes,
            leases,
            ingresses,
            ingress_classes,
            network_policies,
            csi_nodes,
            csi_drivers,
            api_services,
            validating_webhooks,
            mutating_webhooks,
            definitions,
            signing_requests,
            customs,
            logs,
            alerts,
            node_services,
            edited,
            releases,
            audit
        );
        for entry in from.ledger.entries() {
            self.snapshot.ledger.record(entry.clone());
        }
    }

    /// Sorts, removes duplicates and freezes. `captured_at` becomes the engine's only clock.
    pub fn finish(self, captured_at: Timestamp, server_version: Option<String>) -> Snapshot {
        let mut snapshot = self.snapshot;
        snapshot.captured_at = captured_at;
        snapshot.server_version = server_version;
        macro_rules! sort_lists {
            ($($list:ident),*) => { $(sort(&mut snapshot.$list, |object| &object.meta);)* };
        }
        sort_lists!(
            namespaces,
            nodes,
            pods,
            services,
            config_maps,
            secrets,
            service_accounts,
            claims,
            volumes,
            quotas,
            limit_ranges,
            deployments,
            replica_sets,
            stateful_sets,
            daemon_sets,
            revisions,
            jobs,
            cron_jobs,
            autoscalers,
            disruption_budgets,
            endpoint_slices,
            storage_classes,
            attachments,
            priority_classes,
            runtime_classes,
            leases,
            ingresses,
            ingress_classes,
            network_policies,
            csi_nodes,
            csi_drivers,
            api_services,
            validating_webhooks,
            mutating_webhooks,
            definitions,
            signing_requests,
            customs
        );
        // Sorting is stable: within a kind the order by Namespace and name stays.
        snapshot.customs.sort_by_key(|object| object.kind);
        sort_events(&mut snapshot);
        snapshot.alerts.sort();
        snapshot.alerts.dedup();
        snapshot.node_services.sort();
        snapshot.node_services.dedup();
        sort_history(&mut snapshot);
        snapshot.logs.sort();
        snapshot
            .logs
            .dedup_by(|later, earlier| later.key == earlier.key);
        snapshot.pods_by_owner = index(&snapshot.pods, |pod| owner_uid(&pod.meta));
        snapshot.pods_by_uid = index(&snapshot.pods, |pod| Some(&pod.meta.uid));
        snapshot.replica_sets_by_owner = index(&snapshot.replica_sets, |set| owner_uid(&set.meta));
        snapshot
    }
}

fn push<T: DeserializeOwned>(json: &[u8], list: &mut Vec<T>) -> Result<(), serde_json::Error> {
    list.push(decode(json)?);
    Ok(())
}

/// Checks the encoding once for the whole object, which is cheaper than once for each string.
fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    let text = str::from_utf8(json).map_err(serde_json::Error::custom)?;
    serde_json::from_str(text)
}

/// Sorts by Namespace, name and UID; of one object that was read twice, one stays.
fn sort<T>(list: &mut Vec<T>, meta: impl Fn(&T) -> &Meta) {
    list.sort_by(|one, other| {
        let (one, other) = (meta(one), meta(other));
        (&one.namespace, &one.name, &one.uid).cmp(&(&other.namespace, &other.name, &other.uid))
    });
    list.dedup_by(|later, earlier| {
        let (later, earlier) = (meta(later), meta(earlier));
        later.name == earlier.name
            && later.namespace == earlier.namespace
            && later.uid == earlier.uid
    });
    list.shrink_to_fit();
}

fn sort_history(snapshot: &mut Snapshot) {
    snapshot.edited.sort_by(|one, other| {
        // Kind, Namespace and name come first in a reference.
        (&one.object, &one.version).cmp(&(&other.object, &other.version))
    });
    snapshot
        .edited
        .dedup_by(|later, earlier| later.object == earlier.object);
    snapshot.releases.sort();
    snapshot.releases.dedup();
    snapshot.audit.sort();
    snapshot.audit.dedup();
}

fn sort_events(snapshot: &mut Snapshot) {
    snapshot.events.sort_by(|one, other| {
        (
            &one.involved.uid,
            one.last_seen,
            &one.uid,
            &one.reason,
            &one.message,
        )
            .cmp(&(
                &other.involved.uid,
                other.last_seen,
                &other.uid,
                &other.reason,
                &other.message,
            ))
    });
    snapshot.events.dedup();
}

fn owner_uid(meta: &Meta) -> Option<&Uid> {
    meta.controller().map(|owner| &owner.uid)
}

fn index<T>(list: &[T], uid: impl Fn(&T) -> Option<&Uid>) -> Vec<(Uid, u32)> {
    let mut pairs: Vec<(Uid, u32)> = list
        .iter()
        .enumerate()
        .filter_map(|(at, object)| {
            let uid = uid(object).filter(|uid| !uid.is_empty())?;
            // A snapshot with more than four thousand million objects does not fit in memory.
            Some((
                uid.clone(),
                u32::try_from(at).expect("object count fits 32 bits"),
            ))
        })
        .collect();
    pairs.sort();
    pairs
}
