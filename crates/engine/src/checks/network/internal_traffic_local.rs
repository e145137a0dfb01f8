#![doc = include_str!("internal_traffic_local.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::contacts::{self, Trouble},
    view::View,
};

/// A Service answers only on nodes that run one of its Pods, and a client stands on another.
#[derive(Debug)]
pub(crate) struct InternalTrafficLocal;

static META: Meta = Meta {
    id: CheckId::new("network/internal-traffic-local"),
    kind: FindingKind::Network(NetworkFinding::InternalTrafficLocal),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Set internalTrafficPolicy to Cluster, or run one of the Pods on every node that has clients (a DaemonSet does).",
    ],
    casebook: include_str!("internal_traffic_local.md"),
};

impl Check for InternalTrafficLocal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let local = view.backends.iter().filter(|known| {
            known.is_selecting() && known.service.spec.internal_traffic_policy == "Local"
        });
        for backend in local {
            let served = backend.ready_nodes();
            let lost = contacts::with(view, backend, |contact| {
                let node = &*contact.pod.node;
                let is_lost = matches!(
                    contact.trouble,
                    Trouble::Timeout | Trouble::Refused | Trouble::Waits
                );
                is_lost && !node.is_empty() && !served.is_empty() && !served.contains(node)
            });
            let object = cite::object(Kind::Service, &backend.service.meta);
            let mut nodes = BTreeSet::new();
            for contact in lost.filter(|contact| nodes.insert(&*contact.pod.node)) {
                let client = cite::pod(contact.pod);
                let subject = Subject::of(object.clone())
                    .detail(format!("no endpoint on node {}", contact.pod.node));
                let names: Vec<&str> = served.iter().copied().take(5).collect();
                report.found(
                    subject,
                    cite::spec(&object, "spec.internalTrafficPolicy", "Local"),
                    [
                        contact.fact.clone(),
                        cite::spec(&client, "spec.nodeName", &contact.pod.node),
                        cite::status(&object, "nodes with ready Pods", names.join(",")),
                    ],
                );
            }
        }
    }
}
