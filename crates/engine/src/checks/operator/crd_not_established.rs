#![doc = include_str!("crd_not_established.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, OperatorFinding, snapshot::Condition};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A definition is not served, or breaks its own rules.
#[derive(Debug)]
pub(crate) struct CrdNotEstablished;

static META: Meta = Meta {
    id: CheckId::new("operator/crd-not-established"),
    kind: FindingKind::Operator(OperatorFinding::CrdNotEstablished),
    needs: sources::DEFINITIONS,
    advice: &[
        "Read the message: another definition may hold the name, or the schema is not complete.",
    ],
    casebook: include_str!("crd_not_established.md"),
};

impl Check for CrdNotEstablished {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for definition in &view.snapshot.definitions {
            let object = cite::object(Kind::CustomResourceDefinition, &definition.meta);
            let is_new = definition
                .meta
                .created
                .is_some_and(|at| view.now().duration_since(at) < PATIENCE);
            let conditions = definition.status.conditions.iter();
            let bad = conditions
                .filter(|known| is_bad(known))
                .map(|known| cite::condition(&object, known));
            let facts: Vec<_> = bad.collect();
            if is_new || definition.meta.is_terminating() {
                continue;
            }
            report.found_all(Subject::of(object), facts);
        }
    }
}

/// The API server needs seconds for a new definition.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

fn is_bad(condition: &Condition) -> bool {
    match &*condition.kind {
        "NamesAccepted" | "Established" => condition.status == "False",
        "NonStructuralSchema" => condition.is_true(),
        _ => false,
    }
}
