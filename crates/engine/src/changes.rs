//! What changed before the trouble: the fields in which two versions of a template differ, and when.
//!
//! A change is blamed only when a field that can cause the finding differs and the change came before
//! it. What came before and cannot be its cause coincides, and is said to.

mod blame;
mod template;

use dogwatch_model::{
    ObjectRef,
    snapshot::{ControllerRevision, ReplicaSet, Template},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    rollout::{Rollout, Workload},
    view::View,
};

pub use blame::Blame;
pub(crate) use blame::blame;

/// Fields quoted of one change.
const MAX_FIELDS: usize = 20;

/// A change of the template of a workload: its newest one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The workload.
    pub object: ObjectRef,
    /// When the new version was made, as the API server dated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The object that carries the new version.
    pub version: String,
    /// The object that carries the version before.
    pub before: String,
    /// Fields that differ.
    pub fields: Vec<FieldChange>,
    /// True when the templates differ in fields that are never read, such as the values of environment
    /// variables.
    pub has_unread_fields: bool,
    /// Who reconciles the workload: a change by hand would be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// Path in the Pod template.
    pub path: String,
    /// Before; empty when it was absent. Redacted.
    pub from: String,
    /// Now; empty when it is absent. Redacted.
    pub to: String,
}

/// The newest change of one workload.
pub(crate) fn of_rollout(view: &View<'_>, rollout: &Rollout<'_>) -> Option<Change> {
    let (new, old) = match rollout.workload {
        Workload::Deployment(_) => {
            let new = rollout.version.new_rs?;
            // Of the others the one with the highest revision was current before.
            let old = rollout.version.old_rs.first()?;
            (Carrier::of_set(new), Carrier::of_set(old))
        }
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => revisions(view, rollout)?,
    };
    if new.template.fingerprint == old.template.fingerprint {
        return None;
    }
    let mut fields = template::differences(old.template, new.template);
    let has_unread_fields = fields.is_empty();
    fields.truncate(MAX_FIELDS);
    Some(Change {
        object: rollout.object.clone(),
        at: new.at,
        version: new.name.to_owned(),
        before: old.name.to_owned(),
        fields,
        has_unread_fields,
        managed_by: manager(rollout),
    })
}

/// An object that carries one version of a template.
struct Carrier<'a> {
    name: &'a str,
    at: Option<Timestamp>,
    template: &'a Template,
}

impl<'a> Carrier<'a> {
    fn of_set(set: &'a ReplicaSet) -> Self {
        Self {
            name: &set.meta.name,
            at: set.meta.created,
            template: &set.spec.template,
        }
    }

    fn of_revision(revision: &'a ControllerRevision) -> Self {
        Self {
            name: &revision.meta.name,
            at: revision.meta.created,
            template: &revision.template,
        }
    }
}

/// The two newest ControllerRevisions of a workload.
fn revisions<'a>(view: &View<'a>, rollout: &Rollout<'a>) -> Option<(Carrier<'a>, Carrier<'a>)> {
    let all = view.snapshot.revisions.iter();
    let mut owned: Vec<&ControllerRevision> = all
        .filter(|revision| revision.meta.is_controlled_by(&rollout.object.uid))
        .collect();
    owned.sort_by_key(|revision| core::cmp::Reverse(revision.revision));
    let [new, old, ..] = owned.as_slice() else {
        return None;
    };
    Some((Carrier::of_revision(new), Carrier::of_revision(old)))
}

/// Labels and annotations by which a tool marks what it reconciles.
fn manager(rollout: &Rollout<'_>) -> Option<String> {
    let meta = rollout.meta();
    if let Some(release) = meta.annotations.get("meta.helm.sh/release-name") {
        return Some(format!("Helm release {release}"));
    }
    let labels = [
        ("helm.toolkit.fluxcd.io/name", "Flux HelmRelease"),
        ("kustomize.toolkit.fluxcd.io/name", "Flux Kustomization"),
        ("argocd.argoproj.io/instance", "Argo CD Application"),
    ];
    labels.iter().find_map(|(label, what)| {
        let name = meta.labels.get(label)?;
        Some(format!("{what} {name}"))
    })
}
