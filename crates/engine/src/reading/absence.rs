//! When it may be said that something does not exist.

use dogwatch_model::{Kind, Ledger, Source};

/// True when every object of the kind in a Namespace was read: one that is not in the snapshot does
/// not exist. For kinds without a Namespace, and for "anywhere", the Namespace is empty.
pub(crate) fn is_proven(ledger: &Ledger, kind: Kind, namespace: &str) -> bool {
    let source = Source::Objects(kind);
    let mut covers = ledger.entries().iter().filter(|entry| {
        let place = entry.namespace.as_deref();
        entry.source == source && place.is_none_or(|known| known == namespace)
    });
    let mut is_whole = false;
    let has_hole = covers.any(|entry| {
        is_whole |= entry.outcome.is_usable() && !entry.selected;
        entry.outcome.is_hole()
    });
    is_whole && !has_hole
}
