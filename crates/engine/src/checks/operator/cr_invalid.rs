#![doc = include_str!("cr_invalid.md")]

use dogwatch_model::{CheckId, FindingKind, OperatorFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::conditions,
    view::View,
};

/// An operator turns the spec of a custom resource down.
#[derive(Debug)]
pub(crate) struct CrInvalid;

static META: Meta = Meta {
    id: CheckId::new("operator/cr-invalid"),
    kind: FindingKind::Operator(OperatorFinding::CrInvalid),
    needs: sources::PODS,
    advice: &["Correct the field that the message names."],
    casebook: include_str!("cr_invalid.md"),
};

impl Check for CrInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in &view.snapshot.customs {
            let bad = conditions::bad_conditions(view, object);
            let refused = bad.into_iter().find(|known| conditions::is_refused(known));
            let Some(refused) = refused else { continue };
            let reference = cite::object(object.kind, &object.meta);
            let subject = Subject::of(reference.clone())
                .detail(format!("{} {}", refused.kind, refused.reason))
                .since(refused.since);
            report.found(subject, cite::condition(&reference, refused), None);
        }
    }
}
