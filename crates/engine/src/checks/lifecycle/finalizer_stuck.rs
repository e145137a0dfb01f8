#![doc = include_str!("finalizer_stuck.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, LifecycleFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::objects,
    view::View,
};

/// An object shall be gone, and a finalizer holds it.
#[derive(Debug)]
pub(crate) struct FinalizerStuck;

static META: Meta = Meta {
    id: CheckId::new("lifecycle/finalizer-stuck"),
    kind: FindingKind::Lifecycle(LifecycleFinding::FinalizerStuck),
    needs: sources::PODS,
    advice: &[
        "Find the controller that owns the finalizer and see why it does not remove it. To remove it by hand leaves what the controller would have cleaned up.",
    ],
    casebook: include_str!("finalizer_stuck.md"),
};

impl Check for FinalizerStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (object, meta) in objects::all(view) {
            let patience = if matches!(object.kind, Kind::Custom(_)) {
                PATIENCE_CUSTOM
            } else {
                PATIENCE
            };
            let is_late = |at| view.now().duration_since(at) > patience;
            let deletion = meta.deletion.filter(|at| is_late(*at));
            let Some(deletion) = deletion.filter(|_| !meta.finalizers.is_empty()) else {
                continue;
            };
            let names = meta.finalizers.joined(", ");
            let field = "metadata.deletionTimestamp";
            let at = cite::status_at(&object, field, deletion, Some(deletion));
            let held = cite::spec(&object, "metadata.finalizers", &names);
            let subject = Subject::of(object).detail(names).since(Some(deletion));
            report.found(subject, held, [at]);
        }
    }
}

/// Controllers remove their finalizers within minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Behind objects of custom kinds there may be machines.
const PATIENCE_CUSTOM: SignedDuration = SignedDuration::from_mins(20);
