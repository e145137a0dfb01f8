//! Who wrote when, by `metadata.managedFields`. What a field was before is not told there, so that such
//! a write alone is never blamed; it names the writer of a change that is shown elsewhere.

use std::collections::BTreeMap;

use dogwatch_model::{
    Snapshot,
    snapshot::{Edit, Edited},
};
use jiff::{SignedDuration, Timestamp};

use super::{Act, Change, ChangeSource, Key, is_late, key};

/// A controller makes the new version of a workload so soon after the workload was written.
const SOON: SignedDuration = SignedDuration::from_secs(15);

/// Components of the cluster: what they write follows from something else.
const COMPONENTS: &[&str] = &[
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-apiserver",
    "cloud-controller-manager",
    "cluster-autoscaler",
    "dogwatch",
];

/// Names the writer of each new version of a workload, where its write is dated right before it.
pub(super) fn attribute(snapshot: &Snapshot, changes: &mut [Change]) {
    for change in changes {
        let edited = snapshot.edited(&change.object);
        let made = change.at;
        let writer = edited.and_then(|edited| {
            let mut edits = edited.edits.iter();
            edits.find(|edit| made.is_some_and(|made| makes(edit, made)))
        });
        change.actor = writer.map(|edit| edit.writer.to_string());
    }
}

/// True when the write led to the version that was made at this time.
fn makes(edit: &Edit, made: Timestamp) -> bool {
    let after = made.duration_since(edit.at);
    let is_template = |path: &str| path.starts_with("spec.template");
    !after.is_negative()
        && after <= SOON
        && (edit.has_more || edit.fields.iter().any(|path| is_template(path)))
}

/// Writes of the last day that are not told by another change already.
pub(super) fn changes(snapshot: &Snapshot, told: &[Change]) -> Vec<Change> {
    let told: BTreeMap<Key, Timestamp> = told
        .iter()
        .filter_map(|change| Some((key(&change.object), change.at?)))
        .collect();
    let mut changes = Vec::new();
    for edited in &snapshot.edited {
        let known = told.get(&key(&edited.object)).copied();
        let edits = edited.edits.iter().filter(|edit| {
            is_late(snapshot.captured_at, edit.at)
                && !COMPONENTS.contains(&&*edit.writer)
                && !known.is_some_and(|made| makes(edit, made))
        });
        changes.extend(edits.map(|edit| change(edited, edit)));
    }
    changes
}

fn change(edited: &Edited, edit: &Edit) -> Change {
    let mut change = Change::of(
        ChangeSource::ManagedFields,
        Act::Updated,
        edited.object.clone(),
    )
    .at(Some(edit.at));
    change.touched = edit.fields.iter().map(ToString::to_string).collect();
    change.actor = Some(edit.writer.to_string());
    change
}
