//! The newest change of the template of a workload: its two newest versions.

use dogwatch_model::{
    Uid,
    snapshot::{ControllerRevision, Meta, ReplicaSet, Template},
};
use jiff::Timestamp;

use super::{Act, Change, ChangeSource, template};
use crate::{
    rollout::{Rollout, Workload},
    view::View,
};

/// The newest change of one workload.
pub(super) fn of_rollout(view: &View<'_>, rollout: &Rollout<'_>) -> Option<Change> {
    let (new, old) = match rollout.workload {
        Workload::Deployment(_) => {
            let new = rollout.version.new_rs?;
            // Of the others the one with the highest revision was current before.
            let old = rollout.version.old_rs.first()?;
            (Carrier::of_set(new), Carrier::of_set(old))
        }
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => revisions(view, &rollout.object.uid)?,
    };
    if new.template.fingerprint == old.template.fingerprint {
        return None;
    }
    let fields = template::differences(old.template, new.template);
    let mut change = Change::of(ChangeSource::Template, Act::Updated, rollout.object.clone())
        .at(new.at)
        .versions(old.name, new.name);
    change.has_unread_fields = fields.is_empty();
    change.managed_by = reconciler(rollout.meta());
    Some(change.with_fields(fields))
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
fn revisions<'a>(view: &View<'a>, workload: &Uid) -> Option<(Carrier<'a>, Carrier<'a>)> {
    let all = view.snapshot.revisions.iter();
    let mut owned: Vec<&ControllerRevision> = all
        .filter(|revision| revision.meta.is_controlled_by(workload))
        .collect();
    owned.sort_by_key(|revision| core::cmp::Reverse(revision.revision));
    let [new, old, ..] = owned.as_slice() else {
        return None;
    };
    Some((Carrier::of_revision(new), Carrier::of_revision(old)))
}

/// Who reconciles an object, by the labels and annotations with which a tool marks what is its own.
pub(super) fn reconciler(meta: &Meta) -> Option<String> {
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
