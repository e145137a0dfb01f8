#![doc = include_str!("namespace_stuck_terminating.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, LifecycleFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Namespace shall be gone and is not.
#[derive(Debug)]
pub(crate) struct NamespaceStuck;

static META: Meta = Meta {
    id: CheckId::new("lifecycle/namespace-stuck-terminating"),
    kind: FindingKind::Lifecycle(LifecycleFinding::NamespaceStuck),
    needs: sources::NAMESPACES,
    advice: &[
        "Read the conditions: they name the resources and the finalizers that remain, or the API group that does not answer.",
    ],
    casebook: include_str!("namespace_stuck_terminating.md"),
};

impl Check for NamespaceStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for namespace in &view.snapshot.namespaces {
            let deletion = namespace.meta.deletion;
            let is_late = |at| view.now().duration_since(at) > PATIENCE;
            let Some(deletion) = deletion.filter(|at| is_late(*at)) else {
                continue;
            };
            let object = cite::object(Kind::Namespace, &namespace.meta);
            let conditions = namespace.status.conditions.iter();
            let reasons = conditions.filter(|known| known.is_true());
            let facts: Vec<Evidence> = reasons
                .map(|known| cite::condition(&object, known))
                .collect();
            let field = "metadata.deletionTimestamp";
            let at = cite::status_at(&object, field, deletion, Some(deletion));
            report.found(Subject::of(object).since(Some(deletion)), at, facts);
        }
    }
}

/// A Namespace with much in it needs a few minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
