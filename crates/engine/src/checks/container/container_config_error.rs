#![doc = include_str!("container_config_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// The kubelet cannot build the configuration of the container.
#[derive(Debug)]
pub(crate) struct ConfigError;

static META: Meta = Meta {
    id: CheckId::new("container/container-config-error"),
    kind: FindingKind::Container(ContainerFinding::ConfigError),
    needs: sources::PODS,
    advice: &["Read the message in the evidence and correct the field it names."],
    casebook: include_str!("container_config_error.md"),
};

impl Check for ConfigError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::OtherConfig, report);
    }
}
