#![doc = include_str!("argo_out_of_sync.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// An Application of Argo CD is out of sync.
#[derive(Debug)]
pub(crate) struct ArgoOutOfSync;

static META: Meta = Meta {
    id: CheckId::new("gitops/argo-out-of-sync"),
    kind: FindingKind::Gitops(GitopsFinding::ArgoOutOfSync),
    needs: &[Source::Objects(Kind::Custom(CustomKind::APPLICATION))],
    advice: &[
        "Compare before anything is changed by hand: with automated self-healing a change is undone.",
    ],
    casebook: include_str!("argo_out_of_sync.md"),
};

/// The group of Applications.
const GROUP: &str = "argoproj.io";

impl Check for ArgoOutOfSync {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for app in view.snapshot.customs_of(GROUP, "Application") {
            let is_out = app.field("status.sync.status") == Some("OutOfSync");
            let is_running = app.field("status.operationState.phase") == Some("Running");
            if !is_out || is_running || app.meta.is_terminating() {
                continue;
            }
            let object = customs::reference(app);
            let fact = cite::status(&object, "status.sync.status", "OutOfSync");
            let heals = customs::quoted(app, &["spec.syncPolicy.automated.selfHeal"]);
            report.found(Subject::of(object), fact, heals);
        }
    }
}
