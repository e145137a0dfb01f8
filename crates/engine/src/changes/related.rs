//! What a finding depends on: the objects whose change can be its cause.

use std::collections::BTreeMap;

use dogwatch_model::{
    Finding, FindingKind, Kind, ObjectRef,
    snapshot::{Meta, Pod},
};

use super::{Change, Key, gitops, key, releases};
use crate::{reading::configs, view::View};

/// How an object stands to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Link {
    /// The object of the finding, or the workload that it belongs to.
    Own,
    /// A ConfigMap or Secret that the Pod uses.
    Config,
    /// The Node of the Pod, or any Node for Pods that find none.
    Node,
    /// A Service that leads to the Pod.
    Service,
    /// A NetworkPolicy that selects the Pod.
    Policy,
    /// What scales the workload.
    Autoscaler,
    /// A disruption budget of the Pod.
    Budget,
    /// Quotas and limits of the Namespace.
    Quota,
    /// The release or GitOps object that makes the workload what it is.
    Maker,
}

/// Objects by their link, the closest one.
pub(crate) type Links = BTreeMap<Key, Link>;

/// Everything that the finding depends on.
pub(crate) fn links(view: &View<'_>, finding: &Finding, changes: &[Change]) -> Links {
    let mut found = Found {
        view,
        changes,
        links: Links::new(),
    };
    found.own(&finding.object);
    match finding.object.kind {
        Kind::Pod => found.of_pod(&finding.object),
        Kind::ReplicaSet => found.of_set(&finding.object),
        _ => {}
    }
    found.of_workload(&finding.object);
    if matches!(finding.kind, FindingKind::Scheduling(_)) {
        for node in &view.snapshot.nodes {
            found.add(Kind::Node, &node.meta, Link::Node);
        }
    }
    if matches!(finding.kind, FindingKind::Admission(_)) {
        found.quotas(&finding.object.namespace);
    }
    found.links
}

struct Found<'v, 'a> {
    view: &'v View<'a>,
    changes: &'v [Change],
    links: Links,
}

impl Found<'_, '_> {
    fn own(&mut self, object: &ObjectRef) {
        self.put(key(object), Link::Own);
    }

    fn add(&mut self, kind: Kind, meta: &Meta, link: Link) {
        self.put((kind, meta.namespace.clone(), meta.name.clone()), link);
    }

    /// The closest link stays.
    fn put(&mut self, key: Key, link: Link) {
        let known = self.links.entry(key).or_insert(link);
        *known = link.min(*known);
    }

    fn of_pod(&mut self, object: &ObjectRef) {
        let snapshot = self.view.snapshot;
        let by_name = || snapshot.pod_named(&object.namespace, &object.name);
        let Some(pod) = snapshot.pod(&object.uid).or_else(by_name) else {
            return;
        };
        self.around(pod);
        self.makers(&pod.meta);
        if let Some(rollout) = self.view.rollout_of(pod) {
            let workload = rollout.object.clone();
            self.own(&workload);
            self.of_workload(&workload);
        } else if let Some(owner) = pod.meta.controller()
            && let Some(kind) = Kind::of_object(&owner.kind)
        {
            let key = (kind, pod.meta.namespace.clone(), owner.name.clone());
            self.put(key, Link::Own);
        }
    }

    /// A ReplicaSet belongs to its Deployment.
    fn of_set(&mut self, object: &ObjectRef) {
        let sets = self.view.snapshot.replica_sets.iter();
        let mut sets = sets.filter(|set| set.meta.uid == object.uid);
        if let Some(owner) = sets.next().and_then(|set| set.meta.controller()) {
            let workload = ObjectRef::named(Kind::Deployment, &object.namespace, &owner.name);
            self.own(&workload);
            self.of_workload(&workload);
        }
    }

    /// What scales and makes a workload, and what one of its Pods uses.
    fn of_workload(&mut self, object: &ObjectRef) {
        let snapshot = self.view.snapshot;
        let Some(rollout) = self.view.rollout(object) else {
            return;
        };
        self.makers(rollout.meta());
        let scaled = snapshot.autoscalers.iter().filter(|scaler| {
            let target = &scaler.spec.scale_target_ref;
            *scaler.meta.namespace == *object.namespace
                && target.name == *object.name
                && target.kind == object.kind.name()
        });
        for scaler in scaled {
            self.add(
                Kind::HorizontalPodAutoscaler,
                &scaler.meta,
                Link::Autoscaler,
            );
        }
        if let Some(pod) = rollout.new_pods.first() {
            self.around(pod);
        }
    }

    /// What one Pod uses, runs on and is selected by.
    fn around(&mut self, pod: &Pod) {
        let snapshot = self.view.snapshot;
        if !pod.node.is_empty() {
            let node = (Kind::Node, "".into(), pod.node.clone());
            self.put(node, Link::Node);
        }
        for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
            for used in configs::of_container(pod, container) {
                self.put(used.key, Link::Config);
            }
        }
        let here = |meta: &Meta| *meta.namespace == *pod.meta.namespace;
        let labels = &pod.meta.labels;
        for service in snapshot.services.iter().filter(|it| here(&it.meta)) {
            let mut wanted = service.spec.selector.iter();
            let is_selected = wanted.all(|(name, value)| labels.get(name) == Some(value));
            if is_selected && !service.spec.selector.is_empty() {
                self.add(Kind::Service, &service.meta, Link::Service);
            }
        }
        for policy in snapshot.network_policies.iter().filter(|it| here(&it.meta)) {
            if policy.spec.pod_selector.matches(labels) {
                self.add(Kind::NetworkPolicy, &policy.meta, Link::Policy);
            }
        }
        for budget in snapshot
            .disruption_budgets
            .iter()
            .filter(|it| here(&it.meta))
        {
            if budget.spec.selector.matches(labels) {
                self.add(Kind::PodDisruptionBudget, &budget.meta, Link::Budget);
            }
        }
    }

    fn quotas(&mut self, namespace: &str) {
        let snapshot = self.view.snapshot;
        for quota in &snapshot.quotas {
            if *quota.meta.namespace == *namespace {
                self.add(Kind::ResourceQuota, &quota.meta, Link::Quota);
            }
        }
        for limits in &snapshot.limit_ranges {
            if *limits.meta.namespace == *namespace {
                self.add(Kind::LimitRange, &limits.meta, Link::Quota);
            }
        }
    }

    fn makers(&mut self, meta: &Meta) {
        if let Some(key) = releases::owner_of(self.changes, meta) {
            self.put(key, Link::Maker);
        }
        if let Some(key) = gitops::owner_of(self.view.snapshot, meta) {
            self.put(key, Link::Maker);
        }
    }
}
