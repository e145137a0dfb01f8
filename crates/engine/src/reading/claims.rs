//! Claims that wait for a volume, and what was said of them.

use dogwatch_model::{
    Kind, ObjectRef, Source,
    snapshot::{Event, PersistentVolumeClaim},
};

use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// One claim without a volume.
#[derive(Debug)]
pub(crate) struct PendingClaim<'a> {
    pub(crate) claim: &'a PersistentVolumeClaim,
    pub(crate) object: ObjectRef,
    /// Events about this incarnation, oldest first.
    pub(crate) events: Vec<&'a Event>,
}

/// Every Pending claim that nobody is deleting.
pub(crate) fn pending<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = PendingClaim<'a>> + 'v {
    let claims = view.snapshot.claims.iter();
    let waiting =
        claims.filter(|claim| claim.status.phase == "Pending" && !claim.meta.is_terminating());
    waiting.map(|claim| PendingClaim {
        claim,
        object: cite::object(Kind::PersistentVolumeClaim, &claim.meta),
        events: view
            .events_since(&claim.meta.uid, claim.meta.created)
            .collect(),
    })
}

impl<'a> PendingClaim<'a> {
    /// The class that the claim names, if any.
    pub(crate) fn class(&self) -> Option<&'a str> {
        let class = self.claim.spec.storage_class_name.as_ref();
        class.map(|name| &**name).filter(|name| !name.is_empty())
    }

    /// The newest Event of a reason.
    pub(crate) fn newest(&self, reason: &str) -> Option<&'a Event> {
        self.events
            .iter()
            .rfind(|event| event.reason == reason)
            .copied()
    }

    /// The newest Event that says that there is no class of the claim's name.
    pub(crate) fn missing_class(&self) -> Option<&'a Event> {
        let failed = self.newest("ProvisioningFailed")?;
        let says_so = failed.message.contains("storageclass.storage.k8s.io")
            && failed.message.contains("not found");
        says_so.then_some(failed)
    }
}

/// Reports each claim of which an Event says why it waits, with the words that go into the detail.
pub(crate) fn report<'a>(
    view: &View<'a>,
    report: &mut Report<'_>,
    reads: impl Fn(&PendingClaim<'a>) -> Option<(&'a Event, String)>,
) {
    for pending in pending(view) {
        if !view.has_events() {
            report.undecided(pending.object, Source::Objects(Kind::Event));
            continue;
        }
        let Some((event, detail)) = reads(&pending) else {
            continue;
        };
        let object = pending.object;
        let subject = Subject::of(object.clone())
            .detail(detail)
            .since(event.first_seen);
        let phase = cite::status(&object, "status.phase", "Pending");
        report.found(subject, cite::event(event), [phase]);
    }
}
