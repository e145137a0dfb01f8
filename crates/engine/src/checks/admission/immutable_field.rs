#![doc = include_str!("immutable_field.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// Somebody wants to change a field that cannot be changed.
#[derive(Debug)]
pub(crate) struct ImmutableField;

static META: Meta = Meta {
    id: CheckId::new("admission/immutable-field"),
    kind: FindingKind::Admission(AdmissionFinding::ImmutableField),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Leave the field as it is, or create the object anew; for a StatefulSet delete it with its Pods kept.",
    ],
    casebook: include_str!("immutable_field.md"),
};

impl Check for ImmutableField {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for mention in mentions::of(view, Words::ImmutableField) {
            report.found(mentions::subject(mention), mention.evidence.clone(), None);
        }
    }
}
