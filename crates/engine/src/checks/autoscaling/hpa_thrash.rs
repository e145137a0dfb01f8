#![doc = include_str!("hpa_thrash.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::autoscalers,
    view::View,
};

/// An autoscaler goes up and down all the time.
#[derive(Debug)]
pub(crate) struct HpaThrash;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-thrash"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaThrash),
    needs: sources::AUTOSCALERS_AND_EVENTS,
    advice: &[
        "Lengthen the stabilization window, or set the target further from the usual load; a metric that falls when Pods start makes it swing.",
    ],
    casebook: include_str!("hpa_thrash.md"),
};

impl Check for HpaThrash {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for known in autoscalers::all(view) {
            let sizes = autoscalers::rescales(view, known, SPAN);
            let count: i64 = sizes.values().map(|known| known.count).sum();
            let events = sizes.values().filter_map(|known| known.event);
            let falls = events
                .clone()
                .any(|event| event.message.contains("below target"));
            let rises = events
                .clone()
                .any(|event| event.message.contains("above target"));
            if count < MANY || !falls || !rises {
                continue;
            }
            let first = sizes.values().filter_map(|known| known.first).min();
            let subject = Subject::of(autoscalers::object(known))
                .detail(format!("{count} changes"))
                .since(first);
            report.found_all(subject, events.map(cite::event));
        }
    }
}

/// Changes that are looked at.
const SPAN: SignedDuration = SignedDuration::from_mins(30);

/// More than a load that comes and goes once explains.
const MANY: i64 = 6;
