#![doc = include_str!("pod_api_evicted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// Somebody evicted the Pod through the Eviction API.
#[derive(Debug)]
pub(crate) struct ApiEvicted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-api-evicted"),
    kind: FindingKind::Pod(PodFinding::ApiEvicted),
    needs: sources::PODS,
    advice: &["Expected during a drain or a scale-down of nodes."],
    casebook: include_str!("pod_api_evicted.md"),
};

impl Check for ApiEvicted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_disrupted(view, report, "EvictionByEvictionAPI", &[]);
    }
}
