//! Whom a change can reach: Pods, and what leads to them.

use std::collections::BTreeSet;

use dogwatch_model::{
    Kind, ObjectRef,
    snapshot::{Ingress, Pod, Service},
};
use serde::Serialize;

use super::{Change, gitops, key, releases};
use crate::{cite, reading::configs, view::View};

/// Objects behind a change, each list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Pods that are made from it, use it, run on it or are selected by it.
    pub pods: Vec<ObjectRef>,
    /// Services that lead to these Pods.
    pub services: Vec<ObjectRef>,
    /// Ingresses that lead to these Services.
    pub ingresses: Vec<ObjectRef>,
    /// Nodes on which these Pods run.
    pub nodes: Vec<ObjectRef>,
}

impl Reach {
    /// How many objects there are.
    pub fn count(&self) -> usize {
        self.pods.len() + self.services.len() + self.ingresses.len() + self.nodes.len()
    }
}

/// Whom a change reaches. What the whole cluster rests on reaches every Pod.
pub fn reach(view: &View<'_>, change: &Change, is_global: bool) -> Reach {
    let snapshot = view.snapshot;
    let object = &change.object;
    let meant = Meant {
        view,
        change,
        is_global,
    };
    let pods: Vec<&Pod> = snapshot
        .pods
        .iter()
        .filter(|pod| meant.is_hit(pod))
        .collect();
    let services: Vec<&Service> = snapshot
        .services
        .iter()
        .filter(|service| {
            is_own(
                object,
                Kind::Service,
                &service.meta.name,
                &service.meta.namespace,
            ) || leads_to(service, &pods)
        })
        .collect();
    let ingresses = snapshot.ingresses.iter().filter(|ingress| {
        is_own(
            object,
            Kind::Ingress,
            &ingress.meta.name,
            &ingress.meta.namespace,
        ) || services.iter().any(|service| routes_to(ingress, service))
    });
    let nodes: BTreeSet<&str> = pods.iter().map(|pod| &*pod.node).collect();
    Reach {
        ingresses: ingresses
            .map(|ingress| cite::object(Kind::Ingress, &ingress.meta))
            .collect(),
        services: services
            .iter()
            .map(|service| cite::object(Kind::Service, &service.meta))
            .collect(),
        nodes: nodes
            .into_iter()
            .filter(|name| !name.is_empty())
            .map(|name| ObjectRef::named(Kind::Node, "", name))
            .collect(),
        pods: pods.into_iter().map(cite::pod).collect(),
    }
}

fn is_own(object: &ObjectRef, kind: Kind, name: &str, namespace: &str) -> bool {
    object.kind == kind && *object.name == *name && *object.namespace == *namespace
}

struct Meant<'v, 'a> {
    view: &'v View<'a>,
    change: &'v Change,
    is_global: bool,
}

impl Meant<'_, '_> {
    fn is_hit(&self, pod: &Pod) -> bool {
        let object = &self.change.object;
        let here = object.namespace == pod.meta.namespace;
        if self.is_global {
            return true;
        }
        match object.kind {
            Kind::Node => pod.node == *object.name,
            Kind::Pod => here && pod.meta.name == *object.name,
            Kind::ConfigMap => here && self.uses(pod),
            Kind::Secret if releases::release_name(&object.name).is_none() => {
                here && self.uses(pod)
            }
            Kind::Service => here && self.is_selected(pod),
            Kind::NetworkPolicy => here && self.is_isolated(pod),
            Kind::HorizontalPodAutoscaler => here && self.is_scaled(pod),
            Kind::Secret | Kind::Custom(_) => self.is_made(pod),
            _ => self.belongs(pod),
        }
    }

    fn uses(&self, pod: &Pod) -> bool {
        let wanted = key(&self.change.object);
        let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
        containers
            .flat_map(|container| configs::of_container(pod, container))
            .any(|used| used.key == wanted)
    }

    fn is_selected(&self, pod: &Pod) -> bool {
        let object = &self.change.object;
        let service = self.view.snapshot.service(&object.namespace, &object.name);
        service.is_some_and(|service| selects(service, pod))
    }

    fn is_isolated(&self, pod: &Pod) -> bool {
        let name = &self.change.object.name;
        let policies = self.view.snapshot.network_policies.iter();
        let mut own = policies.filter(|policy| {
            policy.meta.name == **name && policy.meta.namespace == pod.meta.namespace
        });
        own.any(|policy| policy.spec.pod_selector.matches(&pod.meta.labels))
    }

    fn is_scaled(&self, pod: &Pod) -> bool {
        let name = &self.change.object.name;
        let scalers = self.view.snapshot.autoscalers.iter();
        let mut own = scalers.filter(|scaler| {
            scaler.meta.name == **name && scaler.meta.namespace == pod.meta.namespace
        });
        own.any(|scaler| {
            let target = &scaler.spec.scale_target_ref;
            let rollout = self.view.rollout_of(pod);
            rollout.is_some_and(|rollout| {
                *rollout.object.name == *target.name && rollout.object.kind.name() == &*target.kind
            })
        })
    }

    /// Made by a Helm release or a GitOps object.
    fn is_made(&self, pod: &Pod) -> bool {
        let wanted = key(&self.change.object);
        let meta = self.view.rollout_of(pod).map_or(&pod.meta, |it| it.meta());
        let change = core::slice::from_ref(self.change);
        releases::owner_of(change, meta)
            .or_else(|| gitops::owner_of(self.view.snapshot, meta))
            .is_some_and(|owner| owner == wanted)
    }

    fn belongs(&self, pod: &Pod) -> bool {
        let object = &self.change.object;
        let rollout = self.view.rollout_of(pod);
        let of_rollout = rollout.is_some_and(|rollout| key(&rollout.object) == key(object));
        let owner = pod.meta.controller();
        let is_owned = owner.is_some_and(|owner| {
            owner.name == *object.name
                && owner.kind == object.kind.name()
                && object.namespace == pod.meta.namespace
        });
        of_rollout || is_owned
    }
}

fn selects(service: &Service, pod: &Pod) -> bool {
    let mut wanted = service.spec.selector.iter();
    !service.spec.selector.is_empty()
        && service.meta.namespace == pod.meta.namespace
        && wanted.all(|(name, value)| pod.meta.labels.get(name) == Some(value))
}

fn leads_to(service: &Service, pods: &[&Pod]) -> bool {
    pods.iter().any(|pod| selects(service, pod))
}

fn routes_to(ingress: &Ingress, service: &Service) -> bool {
    let rules = ingress.spec.rules.iter();
    let paths = rules.flat_map(|rule| rule.http.paths.iter().map(|path| &path.backend));
    let mut backends = paths.chain(&ingress.spec.default_backend);
    ingress.meta.namespace == service.meta.namespace
        && backends.any(|backend| {
            let known = backend.service.as_ref();
            known.is_some_and(|known| known.name == *service.meta.name)
        })
}
