#![doc = include_str!("secret_missing.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// A Secret that the container refers to does not exist.
#[derive(Debug)]
pub(crate) struct SecretMissing;

static META: Meta = Meta {
    id: CheckId::new("container/secret-missing"),
    kind: FindingKind::Container(ContainerFinding::SecretMissing),
    needs: sources::PODS,
    advice: &[
        "Create the Secret in the Namespace of the Pod, or correct the name in the template.",
    ],
    casebook: include_str!("secret_missing.md"),
};

impl Check for SecretMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::SecretMissing, report);
    }
}
