#![doc = include_str!("pvc_unbound.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, SchedulingFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::placement::{self, Predicate},
    view::View,
};

/// A claim with immediate binding has no volume.
#[derive(Debug)]
pub(crate) struct PvcUnbound;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pvc-unbound"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvcUnbound),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the Events of the claim: the provisioner says why it makes no volume."],
    casebook: include_str!("pvc_unbound.md"),
};

impl Check for PvcUnbound {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (unplaced, reason) in placement::with(view, Predicate::PvcUnbound) {
            let (names, facts) = unbound(view, unplaced.suspect.pod);
            let words = placement::words(unplaced, reason);
            let detail = if names.is_empty() {
                words
            } else {
                format!("{words}: {}", names.join(", "))
            };
            let subject = placement::subject(unplaced, reason).detail(detail);
            report.found_all(subject, unplaced.evidence.iter().cloned().chain(facts));
        }
        placement::undecided(view, report);
    }
}

/// The claims of the Pod that are not bound: the scheduler does not name them.
fn unbound<'a>(view: &View<'a>, pod: &'a Pod) -> (Vec<&'a str>, Vec<Evidence>) {
    let claims = pod.spec.claims();
    let open = claims.filter_map(|name| view.snapshot.claim(&pod.meta.namespace, name));
    open.filter(|claim| claim.status.phase != "Bound")
        .map(|claim| {
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let phase = cite::status(&object, "status.phase", &claim.status.phase);
            (&*claim.meta.name, phase)
        })
        .unzip()
}
