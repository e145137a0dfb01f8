#![doc = include_str!("crd_terminating.md")]

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, OperatorFinding,
    snapshot::{CustomResourceDefinition, find_condition},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A definition shall be gone, and its objects do not go.
#[derive(Debug)]
pub(crate) struct CrdTerminating;

static META: Meta = Meta {
    id: CheckId::new("operator/crd-terminating"),
    kind: FindingKind::Operator(OperatorFinding::CrdTerminating),
    needs: sources::DEFINITIONS,
    advice: &[
        "Let the controller of the kind run until its objects are gone: it alone removes what they stand for.",
        "A definition that is being deleted cannot be kept: it goes with its last object, and is made anew afterwards.",
    ],
    casebook: include_str!("crd_terminating.md"),
};

impl Check for CrdTerminating {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for definition in &view.snapshot.definitions {
            let meta = &definition.meta;
            let is_late = |at| view.now().duration_since(at) >= PATIENCE;
            let Some(deletion) = meta.deletion.filter(|at| is_late(*at)) else {
                continue;
            };
            let object = cite::object(Kind::CustomResourceDefinition, meta);
            let field = "metadata.deletionTimestamp";
            let gone = cite::status_at(&object, field, deletion, Some(deletion));
            let held = cite::spec(&object, "metadata.finalizers", meta.finalizers.joined(", "));
            let said = find_condition(&definition.status.conditions, "Terminating");
            let said = said.map(|known| cite::condition(&object, known));
            let detail = said_by(definition).unwrap_or_default();
            let left = left(view, definition);
            let subject = Subject::of(object).detail(detail).since(Some(deletion));
            report.found(subject, gone, [held].into_iter().chain(said).chain(left));
        }
    }
}

/// The API server deletes the objects of a definition first; their finalizers may take minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Objects of the kind that are quoted.
const MAX_QUOTED: usize = 3;

fn said_by(definition: &CustomResourceDefinition) -> Option<&str> {
    let condition = find_condition(&definition.status.conditions, "Terminating")?;
    condition.is_true().then_some(&*condition.reason)
}

/// Objects of the kind that are still there. A definition is called `<plural>.<group>`.
fn left(view: &View<'_>, definition: &CustomResourceDefinition) -> Vec<Evidence> {
    let all = view.snapshot.customs.iter().filter(|known| {
        let info = known.kind.info();
        let name = definition.meta.name.split_once('.');
        name == Some((info.plural, info.group))
    });
    let quoted = all.take(MAX_QUOTED).map(|known| {
        let object = cite::object(known.kind, &known.meta);
        let held = known.meta.finalizers.joined(", ");
        cite::spec(
            &object,
            "metadata.finalizers",
            if held.is_empty() { "none" } else { &held },
        )
    });
    quoted.collect()
}
