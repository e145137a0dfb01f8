#![doc = include_str!("capi_remediation_blocked.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// An unhealthy Machine is not replaced.
#[derive(Debug)]
pub(crate) struct CapiRemediationBlocked;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-remediation-blocked"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::RemediationBlocked),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &[
        "The message names what remediation waits for: quorum, another Machine, or retries that are used up.",
    ],
    casebook: include_str!("capi_remediation_blocked.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Machine"],
    types: &["OwnerRemediated"],
    bad: &["False"],
    reasons: &[
        "CannotBeRemediated",
        "RemediationDeferred",
        "RemediationFailed",
    ],
    grace: customs::WORKING,
    fields: &["spec.clusterName", "status.phase"],
};

impl Check for CapiRemediationBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
