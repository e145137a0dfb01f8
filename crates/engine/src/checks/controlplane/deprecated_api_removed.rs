#![doc = include_str!("deprecated_api_removed.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::{
        kinds,
        mentions::{self, Words},
        versions::Version,
    },
    view::View,
};

/// Somebody uses a version of an API that this Kubernetes does not serve any more.
#[derive(Debug)]
pub(crate) struct DeprecatedApiRemoved;

static META: Meta = Meta {
    id: CheckId::new("controlplane/deprecated-api-removed"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::DeprecatedApiRemoved),
    needs: sources::PODS_AND_LOGS,
    advice: &["Move the manifest, chart or client to the version that the server serves."],
    casebook: include_str!("deprecated_api_removed.md"),
};

impl Check for DeprecatedApiRemoved {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let Some(server) = view
            .snapshot
            .server_version
            .as_deref()
            .and_then(Version::parse)
        else {
            return;
        };
        for mention in mentions::of(view, Words::NoSuchKind) {
            let Some(dropped) = kinds::removed_in(&mention.detail, server) else {
                continue;
            };
            let dropped = cite::status(&mention.object, "dropped in", format!("v1.{dropped}"));
            report.found(
                mentions::subject(mention),
                mention.evidence.clone(),
                [dropped],
            );
        }
    }
}
