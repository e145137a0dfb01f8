#![doc = include_str!("hpa_fights_manual.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::autoscalers,
    view::View,
};

/// An autoscaler sets the same size again and again because somebody else sets another.
#[derive(Debug)]
pub(crate) struct HpaFightsManual;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-fights-manual"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaFightsManual),
    needs: sources::AUTOSCALERS_AND_EVENTS,
    advice: &[
        "Take replicas out of the manifest that a pipeline or GitOps applies, or leave the size to that side alone.",
    ],
    casebook: include_str!("hpa_fights_manual.md"),
};

impl Check for HpaFightsManual {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for known in autoscalers::all(view) {
            let sizes = autoscalers::rescales(view, known, SPAN);
            let newest = sizes.iter().max_by_key(|(_, known)| known.last);
            let Some((size, rescales)) = newest.filter(|(_, known)| known.count >= MANY) else {
                continue;
            };
            let mut others = sizes.iter().filter(|(other, _)| *other != size);
            let is_own = others.any(|(_, other)| other.last >= rescales.first);
            let Some(event) = rescales.event.filter(|_| !is_own) else {
                continue;
            };
            let object = autoscalers::object(known);
            let subject = Subject::of(object)
                .detail(format!("size {size} set {} times", rescales.count))
                .since(rescales.first);
            report.found(subject, cite::event(event), None);
        }
    }
}

/// Rescales that are looked at.
const SPAN: SignedDuration = SignedDuration::from_mins(30);

/// Once more may be a correction by hand.
const MANY: i64 = 3;
