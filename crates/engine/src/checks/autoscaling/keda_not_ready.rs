#![doc = include_str!("keda_not_ready.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, ObjectRef};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::scaleups,
    view::View,
};

/// KEDA cannot scale by a ScaledObject or ScaledJob.
#[derive(Debug)]
pub(crate) struct KedaNotReady;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/keda-not-ready"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::KedaNotReady),
    needs: sources::AUTOSCALERS,
    advice: &["Read the message: the trigger, its credentials, or whom it scales."],
    casebook: include_str!("keda_not_ready.md"),
};

impl Check for KedaNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in scaleups::keda(view).filter(|known| !scaleups::is_paused(known)) {
            let ready = object
                .condition("Ready")
                .filter(|known| known.status == "False");
            let Some(condition) = ready else { continue };
            let since = condition.since.or(object.meta.created);
            if since.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
                continue;
            }
            let reference = ObjectRef::of(object.kind, &object.meta);
            let subject = Subject::of(reference.clone())
                .detail(&*condition.reason)
                .since(condition.since);
            report.found(subject, cite::condition(&reference, condition), None);
        }
    }
}

/// A trigger that fails once is asked again within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
