//! Alerts that are firing: pointers to objects. None of them is evidence alone: a finding needs a fact
//! of the object besides.

use dogwatch_model::{Alert, Kind};

use crate::view::View;

/// Alerts whose name holds one of the words, about objects of one kind.
pub(crate) fn named<'a>(
    view: &View<'a>,
    kind: Kind,
    words: &'static [&'static str],
) -> impl Iterator<Item = &'a Alert> + use<'a> {
    view.snapshot.alerts.iter().filter(move |alert| {
        let name = alert.name.to_ascii_lowercase();
        alert.object.kind == kind && words.iter().any(|word| name.contains(word))
    })
}
