#![doc = include_str!("hrp_worker_starvation.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// So many releases are waited for that others stand in the queue.
#[derive(Debug)]
pub(crate) struct HrpWorkerStarvation;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-worker-starvation"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpWorkerStarvation),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::HELM_RELEASE_PROXY,
    ))],
    advice: &[
        "Shorten the waits or give the controller more workers (its flag for the concurrency of HelmReleaseProxies, 10 by default).",
    ],
    casebook: include_str!("hrp_worker_starvation.md"),
};

/// Workers of the controller, unless it was started with another number.
const WORKERS: usize = 10;

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmReleaseProxy"],
    types: &["HelmReleaseReady"],
    bad: &["False"],
    reasons: &["PreparingToHelmInstall", "HelmReleasePending"],
    grace: customs::WORKING,
    fields: &[],
};

impl Check for HrpWorkerStarvation {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let busy: Vec<_> = customs::failing(view, &WANTED).collect();
        let Some(first) = busy.first().filter(|_| busy.len() >= WORKERS) else {
            return;
        };
        let object = customs::reference(first.object);
        let since = busy.iter().filter_map(|known| known.condition.since).min();
        let subject = Subject::of(object)
            .detail(format!("{} at the same time", busy.len()))
            .since(since);
        let facts = busy.iter().take(WORKERS);
        let facts =
            facts.map(|known| cite::condition(&customs::reference(known.object), known.condition));
        report.found_all(subject, facts.collect::<Vec<_>>());
    }
}
