#![doc = include_str!("mesh_mtls_mismatch.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, FindingKind, NetworkFinding, ObjectRef,
    snapshot::{CustomObject, Pod},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        backends::Backend,
        contacts::{self, Trouble},
    },
    view::View,
};

/// A mesh demands mutual TLS of a client that has no sidecar.
#[derive(Debug)]
pub(crate) struct MeshMtlsMismatch;

static META: Meta = Meta {
    id: CheckId::new("network/mesh-mtls-mismatch"),
    kind: FindingKind::Network(NetworkFinding::MeshMtlsMismatch),
    needs: sources::SERVICES_AND_LOGS,
    advice: &["Bring the client into the mesh, or set PERMISSIVE for this workload."],
    casebook: include_str!("mesh_mtls_mismatch.md"),
};

impl Check for MeshMtlsMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let policies: Vec<&CustomObject> = view
            .snapshot
            .customs_of("security.istio.io", "PeerAuthentication")
            .collect();
        let mut groups: BTreeMap<ObjectRef, Vec<_>> = BTreeMap::new();
        let reset = view.contacts.iter();
        for contact in reset.filter(|known| known.trouble == Trouble::Reset && known.is_present) {
            let backend = contacts::backend(view, contact);
            let mut servers = backend.into_iter().flat_map(Backend::ready);
            let server = servers.next().filter(|pod| is_meshed(pod));
            let Some(server) = server.filter(|_| !is_meshed(contact.pod)) else {
                continue;
            };
            if let Some(policy) = strict(&policies, server) {
                let object = ObjectRef::of(policy.kind, &policy.meta);
                groups.entry(object).or_default().push(contact);
            }
        }
        for (object, clients) in groups {
            let mode = cite::spec(&object, "spec.mtls.mode", "STRICT");
            let facts = clients.iter().flat_map(|contact| {
                let pod = contact.pod;
                let names = pod.spec.containers.iter().map(|known| &*known.name);
                let names: Vec<&str> = names.collect();
                let own = cite::spec(&cite::pod(pod), "spec.containers", names.join(","));
                [contact.fact.clone(), own]
            });
            report.found(Subject::of(object), mode, facts);
        }
    }
}

/// The Namespace whose policies hold for the whole mesh.
const ROOT: &str = "istio-system";

const PROXY: &str = "istio-proxy";

fn is_meshed(pod: &Pod) -> bool {
    let mut all = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    all.any(|container| container.name == PROXY)
}

/// The policy that holds for a Pod, when it is strict: that of the workload, else of the Namespace,
/// else of the mesh.
fn strict<'p>(policies: &[&'p CustomObject], pod: &Pod) -> Option<&'p CustomObject> {
    let own = policies.iter().filter(|policy| {
        policy.meta.namespace == pod.meta.namespace || policy.meta.namespace == ROOT
    });
    let rank = |policy: &CustomObject| {
        let is_near = policy.meta.namespace == pod.meta.namespace;
        let has_labels = labels(policy).next().is_some();
        (is_near && has_labels, is_near)
    };
    let meant = own.filter(|policy| {
        let is_far = policy.meta.namespace != pod.meta.namespace;
        let mut wanted = labels(policy);
        let matches = wanted.all(|(key, value)| pod.meta.labels.get(key) == Some(value));
        matches && !(is_far && labels(policy).next().is_some())
    });
    let best = meant.max_by_key(|policy| rank(policy)).copied();
    best.filter(|policy| policy.field("spec.mtls.mode") == Some("STRICT"))
}

fn labels(policy: &CustomObject) -> impl Iterator<Item = (&str, &str)> {
    const AT: &str = "spec.selector.matchLabels";
    let fields = policy.fields_under(AT);
    fields.map(|(path, value)| (&path[AT.len() + 1..], value))
}
