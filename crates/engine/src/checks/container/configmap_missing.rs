#![doc = include_str!("configmap_missing.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// A ConfigMap that the container refers to does not exist.
#[derive(Debug)]
pub(crate) struct ConfigMapMissing;

static META: Meta = Meta {
    id: CheckId::new("container/configmap-missing"),
    kind: FindingKind::Container(ContainerFinding::ConfigMapMissing),
    needs: sources::PODS,
    advice: &[
        "Create the ConfigMap in the Namespace of the Pod, or correct the name in the template.",
    ],
    casebook: include_str!("configmap_missing.md"),
};

impl Check for ConfigMapMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::ConfigMapMissing, report);
    }
}
