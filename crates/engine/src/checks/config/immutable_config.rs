#![doc = include_str!("immutable_config.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::refusals,
    view::View,
};

/// A ConfigMap or Secret that is immutable shall be changed.
#[derive(Debug)]
pub(crate) struct ImmutableConfig;

static META: Meta = Meta {
    id: CheckId::new("config/immutable-config"),
    kind: FindingKind::Config(ConfigFinding::ImmutableConfig),
    needs: sources::EVENTS,
    advice: &["Make a ConfigMap or Secret of a new name and refer to that one."],
    casebook: include_str!("immutable_config.md"),
};

impl Check for ImmutableConfig {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        refusals::report(view, WORDS, report);
    }
}

/// The words of the API server.
const WORDS: &str = "field is immutable when `immutable` is set";
