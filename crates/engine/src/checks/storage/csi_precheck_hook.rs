#![doc = include_str!("csi_precheck_hook.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, StorageFinding,
    snapshot::{Job, Pod},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A hook of the chart of a storage driver waits, and the release with it.
#[derive(Debug)]
pub(crate) struct CsiHook;

static META: Meta = Meta {
    id: CheckId::new("storage/csi-precheck-hook"),
    kind: FindingKind::Storage(StorageFinding::CsiHook),
    needs: sources::JOBS_AND_PODS,
    advice: &["Look at what its Pod waits for: usually a node, because all of them carry a taint."],
    casebook: include_str!("csi_precheck_hook.md"),
};

impl Check for CsiHook {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let jobs = view.snapshot.jobs.iter();
        for job in jobs.filter(|job| is_hook(job) && job.status.active > 0) {
            let late = |pod: &&Pod| {
                let begun = pod.begun();
                begun.is_some_and(|at| view.now().duration_since(at) > PATIENCE)
            };
            let mut pods = view.snapshot.pods_of(&job.meta.uid);
            let waiting = pods.find(|pod| pod.status.phase == "Pending" && late(pod));
            let Some(pod) = waiting else { continue };
            let object = cite::object(Kind::Job, &job.meta);
            let hook = job.meta.annotations.get(HOOK).unwrap_or_default();
            let facts = [
                cite::status(&object, "status.active", job.status.active),
                cite::status(&cite::pod(pod), "status.phase", "Pending"),
            ];
            let subject = Subject::of(object.clone()).since(pod.begun());
            report.found(subject, cite::spec(&object, HOOK, hook), facts);
        }
    }
}

const HOOK: &str = "helm.sh/hook";

/// A Pod is placed within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// Hooks after an install hold no driver back.
fn is_hook(job: &Job) -> bool {
    let is_before = |hook: &str| hook.contains("pre-install") || hook.contains("pre-upgrade");
    let labels = ["helm.sh/chart", "app.kubernetes.io/name", "app"];
    let mut labels = labels.iter().filter_map(|key| job.meta.labels.get(key));
    job.meta.annotations.get(HOOK).is_some_and(is_before)
        && (speaks_of_csi(&job.meta.name) || labels.any(speaks_of_csi))
}

fn speaks_of_csi(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == "csi")
}
