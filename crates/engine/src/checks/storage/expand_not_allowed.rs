#![doc = include_str!("expand_not_allowed.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::refusals,
    view::View,
};

/// A claim shall be enlarged, and its class does not allow that.
#[derive(Debug)]
pub(crate) struct ExpandNotAllowed;

static META: Meta = Meta {
    id: CheckId::new("storage/expand-not-allowed"),
    kind: FindingKind::Storage(StorageFinding::ExpandNotAllowed),
    needs: sources::EVENTS,
    advice: &[
        "Set allowVolumeExpansion on the class when the driver can do it; else move the data to a larger volume.",
    ],
    casebook: include_str!("expand_not_allowed.md"),
};

impl Check for ExpandNotAllowed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        refusals::report(view, WORDS, report);
    }
}

/// The words of the API server.
const WORDS: &str = "only dynamically provisioned pvc can be resized";
