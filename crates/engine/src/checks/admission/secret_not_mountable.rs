#![doc = include_str!("secret_not_mountable.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The ServiceAccount does not list the Secret that the Pod mounts.
#[derive(Debug)]
pub(crate) struct SecretNotMountable;

static META: Meta = Meta {
    id: CheckId::new("admission/secret-not-mountable"),
    kind: FindingKind::Admission(AdmissionFinding::SecretNotMountable),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Add the Secret to the ServiceAccount, or mount another one."],
    casebook: include_str!("secret_not_mountable.md"),
};

impl Check for SecretNotMountable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::SecretNotMountable, report);
    }
}
