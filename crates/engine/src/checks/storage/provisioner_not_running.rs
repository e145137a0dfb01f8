#![doc = include_str!("provisioner_not_running.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding, snapshot::PersistentVolumeClaim};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
    view::View,
};

/// Nobody answers for the provisioner of the claim.
#[derive(Debug)]
pub(crate) struct ProvisionerNotRunning;

static META: Meta = Meta {
    id: CheckId::new("storage/provisioner-not-running"),
    kind: FindingKind::Storage(StorageFinding::ProvisionerNotRunning),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Look at the Pods of the CSI controller of this driver."],
    casebook: include_str!("provisioner_not_running.md"),
};

impl Check for ProvisionerNotRunning {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let now = view.now();
        claims::report(view, report, |pending| {
            if ANSWERS
                .iter()
                .any(|reason| pending.newest(reason).is_some())
            {
                return None;
            }
            let event = pending.newest("ExternalProvisioning")?;
            let begun = event.first_seen.or(pending.claim.meta.created);
            if begun.is_some_and(|at| now.duration_since(at) < PATIENCE) {
                return None;
            }
            Some((event, driver(pending.claim).to_owned()))
        });
    }
}

/// What a provisioner says about a claim that it works on.
const ANSWERS: &[&str] = &[
    "Provisioning",
    "ProvisioningFailed",
    "ProvisioningSucceeded",
];

/// A provisioner that is alive says `Provisioning` within seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// The driver that the claim waits for; the second spelling is of Kubernetes before 1.23.
fn driver(claim: &PersistentVolumeClaim) -> &str {
    let annotations = &claim.meta.annotations;
    annotations
        .get("volume.kubernetes.io/storage-provisioner")
        .or_else(|| annotations.get("volume.beta.kubernetes.io/storage-provisioner"))
        .unwrap_or_default()
}
