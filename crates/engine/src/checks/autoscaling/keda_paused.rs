#![doc = include_str!("keda_paused.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::scaleups,
    view::View,
};

/// Somebody has paused KEDA for a workload.
#[derive(Debug)]
pub(crate) struct KedaPaused;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/keda-paused"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::KedaPaused),
    needs: sources::AUTOSCALERS,
    advice: &["Remove the annotation when the workload shall follow its load again."],
    casebook: include_str!("keda_paused.md"),
};

impl Check for KedaPaused {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in scaleups::keda(view).filter(|known| scaleups::is_paused(known)) {
            let reference = ObjectRef::of(object.kind, &object.meta);
            let mut keys = scaleups::PAUSED.iter();
            let annotation = keys.find_map(|key| {
                let value = object.meta.annotations.get(key)?;
                Some(cite::spec(&reference, key, value))
            });
            let condition = object.condition("Paused").filter(|known| known.is_true());
            let condition = condition.map(|known| cite::condition(&reference, known));
            let facts = annotation.into_iter().chain(condition);
            report.found_all(Subject::of(reference.clone()), facts);
        }
    }
}
