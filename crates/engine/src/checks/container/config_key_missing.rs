#![doc = include_str!("config_key_missing.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::starts::{self, StartClass},
    view::View,
};

/// A key is missing in a ConfigMap or Secret.
#[derive(Debug)]
pub(crate) struct ConfigKeyMissing;

static META: Meta = Meta {
    id: CheckId::new("container/config-key-missing"),
    kind: FindingKind::Container(ContainerFinding::ConfigKeyMissing),
    needs: sources::PODS,
    advice: &["Add the key, correct its name in the template, or mark the reference optional."],
    casebook: include_str!("config_key_missing.md"),
};

impl Check for ConfigKeyMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        starts::report(view, StartClass::ConfigKeyMissing, report);
    }
}
