#![doc = include_str!("provision_failed.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
    view::View,
};

/// The provisioner cannot make the volume.
#[derive(Debug)]
pub(crate) struct ProvisionFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/provision-failed"),
    kind: FindingKind::Storage(StorageFinding::ProvisionFailed),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Read the words of the driver: quota, sold out, parameters, topology, credentials."],
    casebook: include_str!("provision_failed.md"),
};

impl Check for ProvisionFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        claims::report(view, report, |pending| {
            // The class itself is the matter of another check.
            if pending.missing_class().is_some() {
                return None;
            }
            let event = pending.newest("ProvisioningFailed")?;
            let succeeded = pending.newest("ProvisioningSucceeded");
            if succeeded.is_some_and(|known| known.last_seen > event.last_seen) {
                return None;
            }
            let class = pending.class().unwrap_or_default();
            Some((event, class.to_owned()))
        });
    }
}
