#![doc = include_str!("apiserver_overload.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// The API server turns requests away because there are too many.
#[derive(Debug)]
pub(crate) struct ApiServerOverload;

static META: Meta = Meta {
    id: CheckId::new("controlplane/apiserver-overload"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::ApiServerOverload),
    needs: sources::PODS_AND_LOGS,
    advice: &["Find the client that asks most, by its user agent, and slow it down."],
    casebook: include_str!("apiserver_overload.md"),
};

impl Check for ApiServerOverload {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::TooManyRequests, OFTEN, report);
    }
}

/// How often a log must say it: once it is said on a good day too.
const OFTEN: i64 = 3;
