#![doc = include_str!("owner_cross_namespace.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, LifecycleFinding, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::{View, is_within},
};

/// An object names an owner of another Namespace.
#[derive(Debug)]
pub(crate) struct OwnerElsewhere;

static META: Meta = Meta {
    id: CheckId::new("lifecycle/owner-cross-namespace"),
    kind: FindingKind::Lifecycle(LifecycleFinding::OwnerElsewhere),
    needs: sources::EVENTS,
    advice: &[
        "Correct metadata.ownerReferences: an owner stands in the same Namespace or in none.",
    ],
    casebook: include_str!("owner_cross_namespace.md"),
};

impl Check for OwnerElsewhere {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let events = view.snapshot.events.iter();
        let mut seen = BTreeMap::new();
        for event in events.filter(|event| event.reason == "OwnerRefInvalidNamespace") {
            let is_recent = |at| is_within(view.now(), at, notes::RECENT);
            if event.last_seen.is_some_and(is_recent) {
                seen.insert(&event.involved.uid, event);
            }
        }
        for event in seen.into_values() {
            let about = &event.involved;
            let Some(kind) = Kind::of_object(&about.kind) else {
                continue;
            };
            let object = ObjectRef {
                kind,
                namespace: about.namespace.clone(),
                name: about.name.clone(),
                uid: about.uid.clone(),
            };
            report.found(
                Subject::of(object).since(event.first_seen),
                cite::event(event),
                None,
            );
        }
    }
}
