#![doc = include_str!("wait_for_first_consumer.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding, snapshot::Event};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
    view::View,
};

/// The claim waits for a Pod that uses it to be placed. This is normal.
#[derive(Debug)]
pub(crate) struct WaitForFirstConsumer;

static META: Meta = Meta {
    id: CheckId::new("storage/wait-for-first-consumer"),
    kind: FindingKind::Storage(StorageFinding::WaitForFirstConsumer),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &[
        "Nothing, until a Pod that mounts the claim exists; then look at why that Pod is not placed.",
    ],
    casebook: include_str!("wait_for_first_consumer.md"),
};

impl Check for WaitForFirstConsumer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        claims::report(view, report, |pending| {
            let consumer = pending.newest("WaitForFirstConsumer");
            let event = newer(consumer, pending.newest("WaitForPodScheduled"))?;
            // Somebody works on it, or says that nobody does.
            let later = ["Provisioning", "ProvisioningFailed", "ExternalProvisioning"];
            let is_over = later
                .iter()
                .filter_map(|reason| pending.newest(reason))
                .any(|other| other.last_seen >= event.last_seen);
            (!is_over).then(|| (event, pending.class().unwrap_or_default().to_owned()))
        });
    }
}

fn newer<'a>(one: Option<&'a Event>, other: Option<&'a Event>) -> Option<&'a Event> {
    one.into_iter()
        .chain(other)
        .max_by_key(|event| event.last_seen)
}
