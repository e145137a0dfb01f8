#![doc = include_str!("authn_webhook_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// The webhook that authenticates or authorizes requests does not answer.
#[derive(Debug)]
pub(crate) struct AuthnWebhookDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/authn-webhook-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::AuthnWebhookDown),
    needs: sources::PODS_AND_LOGS,
    advice: &["Bring the webhook back that the API server asks who somebody is."],
    casebook: include_str!("authn_webhook_down.md"),
};

impl Check for AuthnWebhookDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::AuthenticationWebhook, OFTEN, report);
    }
}

/// How often a log must say it: once it is said on a good day too.
const OFTEN: i64 = 3;
