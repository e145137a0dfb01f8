#![doc = include_str!("capi_clock_skew.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Severity, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// The clocks of the management cluster and of the workload cluster differ.
#[derive(Debug)]
pub(crate) struct CapiClockSkew;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-clock-skew"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::ClockSkew),
    needs: &[Source::Objects(Kind::Custom(CustomKind::CLUSTER))],
    advice: &[
        "Look at the time service of the control-plane machines of both clusters: certificates and tokens are valid from and until a time.",
    ],
    casebook: include_str!("capi_clock_skew.md"),
};

/// From here on new certificates and tokens are not valid yet on the other side.
const SERIOUS: SignedDuration = SignedDuration::from_mins(1);

impl Check for CapiClockSkew {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let Some(ahead) = view.snapshot.management_ahead else {
            return;
        };
        for cluster in view.snapshot.customs_of("cluster.x-k8s.io", "Cluster") {
            let object = customs::reference(cluster);
            let seconds = ahead.abs().as_secs();
            let word = if ahead.is_negative() {
                "behind"
            } else {
                "ahead"
            };
            let said = format!("{seconds} s {word}");
            let subject = Subject::of(object.clone()).detail(&*said);
            let subject = if ahead.abs() < SERIOUS {
                subject.severity(Severity::Info)
            } else {
                subject
            };
            let field = "clock of the management cluster";
            report.found(subject, cite::status(&object, field, said), None);
        }
    }
}
