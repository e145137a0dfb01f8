#![doc = include_str!("clusterip_conflict.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The virtual address of a Service is taken, out of range, or none is left.
#[derive(Debug)]
pub(crate) struct ClusterIpConflict;

static META: Meta = Meta {
    id: CheckId::new("network/clusterip-conflict"),
    kind: FindingKind::Network(NetworkFinding::ClusterIpConflict),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Recreate the Service without a fixed clusterIP; when the range is full, add a ServiceCIDR.",
    ],
    casebook: include_str!("clusterip_conflict.md"),
};

impl Check for ClusterIpConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for service in &view.snapshot.services {
            let address = &*service.spec.cluster_ip;
            let said = notices::recent(view, service, REASONS);
            let Some(event) = said.filter(|_| !matches!(address, "" | "None")) else {
                continue;
            };
            let object = cite::object(Kind::Service, &service.meta);
            let fact = cite::spec(&object, "spec.clusterIP", address);
            let subject = Subject::of(object).detail(address).since(event.first_seen);
            report.found(subject, cite::event(event), [fact]);
        }
    }
}

const REASONS: &[&str] = &[
    "ClusterIPAlreadyAllocated",
    "ClusterIPOutOfRange",
    "ClusterIPNotValid",
    "ServiceCIDRFull",
];
