#![doc = include_str!("crd_missing.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::{
        kinds,
        mentions::{self, Words},
    },
    view::View,
};

/// Somebody uses a kind that no definition in the cluster defines.
#[derive(Debug)]
pub(crate) struct CrdMissing;

static META: Meta = Meta {
    id: CheckId::new("admission/crd-missing"),
    kind: FindingKind::Admission(AdmissionFinding::CrdMissing),
    needs: sources::PODS_AND_LOGS,
    advice: &["Install the definition first, in the version that is asked for."],
    casebook: include_str!("crd_missing.md"),
};

impl Check for CrdMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let definitions = Source::Objects(Kind::CustomResourceDefinition);
        for mention in mentions::of(view, Words::NoSuchKind) {
            let Some((kind, version)) = kinds::asked(&mention.detail) else {
                continue;
            };
            let Some((group, _)) = version
                .split_once('/')
                .filter(|(group, _)| group.contains('.'))
            else {
                continue;
            };
            if kinds::is_built_in(group) {
                continue;
            }
            if !view.snapshot.ledger.is_complete(definitions) {
                report.undecided(mention.object.clone(), definitions);
            } else if !kinds::is_defined(view, group, kind) {
                let none = cite::status(
                    &mention.object,
                    "definitions",
                    format!("none of {kind}.{group}"),
                );
                report.found(mentions::subject(mention), mention.evidence.clone(), [none]);
            }
        }
    }
}
