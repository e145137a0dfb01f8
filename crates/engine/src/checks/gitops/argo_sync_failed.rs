#![doc = include_str!("argo_sync_failed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// Argo CD could not sync an Application.
#[derive(Debug)]
pub(crate) struct ArgoSyncFailed;

static META: Meta = Meta {
    id: CheckId::new("gitops/argo-sync-failed"),
    kind: FindingKind::Gitops(GitopsFinding::ArgoSyncFailed),
    needs: &[Source::Objects(Kind::Custom(CustomKind::APPLICATION))],
    advice: &["The message names the manifest or the object that was refused."],
    casebook: include_str!("argo_sync_failed.md"),
};

/// The group of Applications.
const GROUP: &str = "argoproj.io";

/// Conditions that say that something could not be done; others are warnings.
const ERRORS: &[&str] = &[
    "ComparisonError",
    "SyncError",
    "InvalidSpecError",
    "DeletionError",
    "UnknownError",
];

impl Check for ArgoSyncFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for app in view.snapshot.customs_of(GROUP, "Application") {
            if app.meta.is_terminating() {
                continue;
            }
            let object = customs::reference(app);
            let phase = app.field("status.operationState.phase").unwrap_or_default();
            let errors = app
                .conditions
                .iter()
                .filter(|known| ERRORS.contains(&&*known.kind));
            let mut facts: Vec<_> = errors
                .map(|known| cite::condition(&object, known))
                .collect();
            let is_failed = matches!(phase, "Failed" | "Error");
            if is_failed {
                let message = app
                    .field("status.operationState.message")
                    .unwrap_or_default();
                let words = format!("{phase}: {message}");
                facts.insert(0, cite::status(&object, "status.operationState", words));
            }
            let since = app
                .field("status.operationState.finishedAt")
                .filter(|_| is_failed);
            let subject = Subject::of(object).since(since.and_then(|at| at.parse().ok()));
            report.found_all(subject, facts);
        }
    }
}
