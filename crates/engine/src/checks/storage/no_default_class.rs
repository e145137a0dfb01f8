#![doc = include_str!("no_default_class.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for claim in view
            .snapshot
            .claims
            .iter()
            .filter(|claim| claim.status.phase == "Pending")
        {
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            if !view.has_events() {
                report.undecided(object, Source::Objects(Kind::Event));
                continue;
            }
            let events = view.events_since(&claim.meta.uid, claim.meta.created);
            let Some(event) = events
                .filter(|event| {
                    event.reason == "FailedBinding"
                        && event.message.contains("no storage class is set")
                })
                .last()
            else {
                continue;
            };
            let subject = Subject::of(object.clone())
                .detail(String::new())
                .since(event.first_seen);
            let phase = cite::status(&object, "status.phase", "Pending");
            report.found(subject, cite::event(event), [phase]);
        }
    }
}
