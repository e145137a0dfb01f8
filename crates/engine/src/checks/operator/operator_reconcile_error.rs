#![doc = include_str!("operator_reconcile_error.md")]

use dogwatch_model::{CheckId, FindingKind, OperatorFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::conditions,
    view::View,
};

/// An operator says that it cannot bring a custom resource about.
#[derive(Debug)]
pub(crate) struct ReconcileError;

static META: Meta = Meta {
    id: CheckId::new("operator/operator-reconcile-error"),
    kind: FindingKind::Operator(OperatorFinding::ReconcileError),
    needs: sources::PODS,
    advice: &["Read the message of the condition, then the log of the operator."],
    casebook: include_str!("operator_reconcile_error.md"),
};

impl Check for ReconcileError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in &view.snapshot.customs {
            let bad = conditions::bad_conditions(view, object);
            let bad: Vec<_> = bad
                .into_iter()
                .filter(|known| !conditions::is_refused(known))
                .collect();
            let reference = cite::object(object.kind, &object.meta);
            let Some(first) = bad.first() else {
                if let Some((field, value)) = conditions::failed_state(view, object) {
                    let why = ["status.failureReason", "status.failureMessage"];
                    let why = why.into_iter().filter_map(|field| {
                        let value = object.field(field)?;
                        Some(cite::status(&reference, field, value))
                    });
                    let facts: Vec<_> = why.collect();
                    let subject = Subject::of(reference.clone()).detail(value);
                    report.found(subject, cite::status(&reference, field, value), facts);
                }
                continue;
            };
            let seen = object
                .observed_generation
                .filter(|_| conditions::is_behind(object));
            let behind =
                seen.map(|seen| cite::status(&reference, "status.observedGeneration", seen));
            let subject = Subject::of(reference.clone())
                .detail(format!("{} {}", first.kind, first.reason))
                .since(bad.iter().filter_map(|known| known.since).min());
            let facts = bad.iter().map(|known| cite::condition(&reference, known));
            report.found_all(subject, facts.chain(behind));
        }
    }
}
