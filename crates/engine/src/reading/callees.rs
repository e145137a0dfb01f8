//! Services that the API server itself calls: behind webhooks, aggregated APIs and conversions.

use std::collections::BTreeSet;

use dogwatch_model::{
    Evidence, Kind, ObjectRef, Source,
    snapshot::{Pod, Service, ServiceReference},
};
use jiff::SignedDuration;

use crate::{cite, view::View};

/// Label of EndpointSlices that names their Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// A single replica that is replaced leaves no endpoint for a moment.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

const SERVICES: Source = Source::Objects(Kind::Service);
const SLICES: Source = Source::Objects(Kind::EndpointSlice);

/// What is known of the Service behind a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Backend {
    /// There is none of this name.
    Missing(Evidence),
    /// It leads nowhere.
    Empty(Evidence),
    /// It works, comes up, or leads out of the cluster.
    Fine,
    /// This read would tell.
    Unknown(Source),
}

/// Services with at least one ready endpoint.
#[derive(Debug)]
pub(crate) struct Backends<'a> {
    ready: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Backends<'a> {
    pub(crate) fn read(view: &View<'a>) -> Self {
        let slices = view.snapshot.endpoint_slices.iter().filter(|slice| {
            let mut endpoints = slice.endpoints.iter();
            endpoints.any(|endpoint| endpoint.conditions.ready != Some(false))
        });
        let ready = slices.filter_map(|slice| {
            let name = slice.meta.labels.get(SERVICE_NAME)?;
            Some((&*slice.meta.namespace, name))
        });
        Self {
            ready: ready.collect(),
        }
    }

    /// What is known of one Service.
    pub(crate) fn state(&self, view: &View<'_>, wanted: &ServiceReference) -> Backend {
        let (namespace, name) = (&*wanted.namespace, &*wanted.name);
        let object = ObjectRef::named(Kind::Service, namespace, name);
        let Some(service) = view.snapshot.service(namespace, name) else {
            return if is_whole(view, SERVICES, namespace) {
                Backend::Missing(cite::status(&object, "metadata.name", "does not exist"))
            } else {
                Backend::Unknown(SERVICES)
            };
        };
        if service.spec.kind == "ExternalName" || self.ready.contains(&(namespace, name)) {
            return Backend::Fine;
        }
        if !is_whole(view, SLICES, namespace) {
            return Backend::Unknown(SLICES);
        }
        if is_new(view, service.meta.created)
            || pods(view, service).any(|pod| is_on_its_way(view, pod))
        {
            return Backend::Fine;
        }
        let object = cite::object(Kind::Service, &service.meta);
        Backend::Empty(cite::status(&object, "ready endpoints", 0))
    }
}

/// True when every object of a kind was read in a Namespace: a reading of single Namespaces says
/// nothing about the others.
pub(crate) fn is_whole(view: &View<'_>, source: Source, namespace: &str) -> bool {
    let ledger = &view.snapshot.ledger;
    ledger.is_complete(source) && ledger.has_in(source, namespace)
}

/// Pods that a Service leads to.
pub(crate) fn pods<'a>(
    view: &View<'a>,
    service: &'a Service,
) -> impl Iterator<Item = &'a Pod> + use<'a> {
    let selector = &service.spec.selector;
    view.snapshot.pods.iter().filter(move |pod| {
        let mut wanted = selector.iter();
        pod.meta.namespace == *service.meta.namespace
            && !selector.is_empty()
            && wanted.all(|(key, value)| pod.meta.labels.get(key) == Some(value))
    })
}

/// True for a Pod that is ready, or that is new and may become so; its endpoint follows.
fn is_on_its_way(view: &View<'_>, pod: &Pod) -> bool {
    let has_restarted = pod
        .container_statuses()
        .any(|known| known.restart_count > 0);
    let since = pod.condition("Ready").and_then(|known| known.since);
    pod.is_ready()
        || !has_restarted && !pod.meta.is_terminating() && is_new(view, pod.begun())
        || !pod.is_finished() && !has_restarted && is_new(view, since)
}

fn is_new(view: &View<'_>, at: Option<jiff::Timestamp>) -> bool {
    at.is_some_and(|at| view.now().duration_since(at) < PATIENCE)
}
