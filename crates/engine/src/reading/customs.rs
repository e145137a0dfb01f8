//! Custom resources by their conditions: which of them say, for a while already, that something is
//! wrong.

use dogwatch_model::{
    Evidence, ObjectRef,
    snapshot::{Condition, CustomObject},
};
use jiff::SignedDuration;

use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// A condition may be False for this long while a controller does its work.
pub(crate) const WORKING: SignedDuration = SignedDuration::from_mins(2);

/// What is asked of the custom resources of one group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// API group.
    pub(crate) group: &'static str,
    /// Kinds of the group.
    pub(crate) kinds: &'static [&'static str],
    /// Types of conditions, the most telling first.
    pub(crate) types: &'static [&'static str],
    /// The statuses that are bad: `False` for most types.
    pub(crate) bad: &'static [&'static str],
    /// Reasons that count; empty for all.
    pub(crate) reasons: &'static [&'static str],
    /// How long it must have lasted.
    pub(crate) grace: SignedDuration,
    /// Fields that are quoted beside the condition.
    pub(crate) fields: &'static [&'static str],
}

/// A custom resource and the condition that is bad.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failing<'a> {
    pub(crate) object: &'a CustomObject,
    pub(crate) condition: &'a Condition,
}

/// The reference to a custom object.
pub(crate) fn reference(object: &CustomObject) -> ObjectRef {
    cite::object(object.kind, &object.meta)
}

/// True when somebody told the controllers to leave it alone.
pub(crate) fn is_paused(object: &CustomObject) -> bool {
    object.flag("spec.paused")
        || object.flag("spec.suspend")
        || object
            .meta
            .annotations
            .get("cluster.x-k8s.io/paused")
            .is_some()
}

/// Resources whose condition is bad, one per object. Those that are paused or being deleted are
/// left out: their conditions stand still.
pub(crate) fn failing<'v, 'a: 'v>(
    view: &'v View<'a>,
    wanted: &'v Wanted,
) -> impl Iterator<Item = Failing<'a>> + 'v {
    view.snapshot
        .customs
        .iter()
        .filter(|object| {
            wanted
                .kinds
                .iter()
                .any(|kind| object.is(wanted.group, kind))
        })
        .filter(|object| !is_paused(object) && !object.meta.is_terminating())
        .filter_map(|object| {
            let condition = bad_condition(object, wanted)?;
            let begun = condition.since.or(object.meta.created)?;
            let lasts = view.now().duration_since(begun) >= wanted.grace;
            lasts.then_some(Failing { object, condition })
        })
}

/// The first bad condition of an object in the order of the wanted types.
pub(crate) fn bad_condition<'a>(
    object: &'a CustomObject,
    wanted: &Wanted,
) -> Option<&'a Condition> {
    let is_bad = |condition: &&Condition| {
        wanted.bad.contains(&&*condition.status)
            && (wanted.reasons.is_empty() || wanted.reasons.contains(&&*condition.reason))
    };
    wanted.types.iter().find_map(|kind| {
        let mut known = object.conditions.iter().filter(|known| known.kind == *kind);
        known.find(is_bad)
    })
}

/// Reports every resource that is failing in the wanted way.
pub(crate) fn report(view: &View<'_>, wanted: &Wanted, report: &mut Report<'_>) {
    for failing in failing(view, wanted) {
        found(&failing, wanted.fields, report);
    }
}

/// Reports one failing resource with its condition and fields.
pub(crate) fn found(failing: &Failing<'_>, fields: &[&str], report: &mut Report<'_>) {
    let object = reference(failing.object);
    let subject = Subject::of(object.clone())
        .detail(&*failing.condition.reason)
        .since(failing.condition.since);
    report.found(
        subject,
        cite::condition(&object, failing.condition),
        quoted(failing.object, fields),
    );
}

/// The fields of an object that are there, as evidence.
pub(crate) fn quoted(object: &CustomObject, fields: &[&str]) -> Vec<Evidence> {
    let reference = reference(object);
    fields
        .iter()
        .filter_map(|path| {
            let value = object.field(path)?;
            Some(if path.starts_with("spec.") {
                cite::spec(&reference, path, value)
            } else {
                cite::status(&reference, path, value)
            })
        })
        .collect()
}
