#![doc = include_str!("capi_machine_cert_expiry.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Severity, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// The certificates of a control-plane Machine expire soon.
#[derive(Debug)]
pub(crate) struct CapiMachineCertExpiry;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-machine-cert-expiry"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MachineCertExpiry),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &["Roll out the control plane: a new Machine gets new certificates."],
    casebook: include_str!("capi_machine_cert_expiry.md"),
};

/// The group of Machines.
const GROUP: &str = "cluster.x-k8s.io";

/// Where older versions keep the date.
const EXPIRY: &str = "machine.cluster.x-k8s.io/certificates-expiry";

/// Time for a planned rollout.
const WARNING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// No time left for planning.
const URGENT: SignedDuration = SignedDuration::from_hours(24);

impl Check for CapiMachineCertExpiry {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for machine in view.snapshot.customs_of(GROUP, "Machine") {
            let known = machine
                .field("status.certificatesExpiryDate")
                .or_else(|| machine.meta.annotations.get(EXPIRY));
            let expiry = known.and_then(|text| text.parse::<jiff::Timestamp>().ok());
            let Some(expiry) = expiry.filter(|_| !machine.meta.is_terminating()) else {
                continue;
            };
            let left = expiry.duration_since(view.now());
            if left > WARNING {
                continue;
            }
            let object = customs::reference(machine);
            let mut subject = Subject::of(object.clone()).detail(expiry.to_string());
            if left <= URGENT {
                subject = subject.severity(Severity::Critical);
            }
            let date = cite::status(&object, "status.certificatesExpiryDate", expiry);
            report.found(subject, date, []);
        }
    }
}
