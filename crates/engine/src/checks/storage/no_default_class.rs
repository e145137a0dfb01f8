#![doc = include_str!("no_default_class.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
    view::View,
};

/// The claim names no class and the cluster has no default.
#[derive(Debug)]
pub(crate) struct NoDefaultClass;

static META: Meta = Meta {
    id: CheckId::new("storage/no-default-class"),
    kind: FindingKind::Storage(StorageFinding::NoDefaultClass),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Name a StorageClass in the claim, or mark one as the default."],
    casebook: include_str!("no_default_class.md"),
};

impl Check for NoDefaultClass {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        claims::report(view, report, |pending| {
            // Once the claim names a class, the Event is history.
            let event = pending.newest("FailedBinding").filter(|event| {
                pending.class().is_none() && event.message.contains("no storage class is set")
            })?;
            let is_on_purpose = pending.claim.spec.storage_class_name.is_some();
            let detail = if is_on_purpose {
                "the claim asks for a volume without a class"
            } else {
                ""
            };
            Some((event, detail.to_owned()))
        });
    }
}
