//! What changed before the trouble: which object, what, when, and who as far as that is known.
//!
//! A change is blamed only when what changed is shown, can cause the finding, and came before it. What
//! came before and cannot be shown to be its cause coincides, and is said to.

mod audit;
mod blame;
mod compare;
mod edits;
mod gitops;
mod maker;
mod merge;
mod nodes;
mod reach;
mod related;
mod releases;
mod rollouts;
mod template;
mod title;

use core::cmp::Reverse;

use dogwatch_model::{Kind, ObjectRef, wire::Text};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::view::View;

pub use blame::Blame;
pub(crate) use blame::blame;
pub use maker::Maker;
pub(crate) use maker::maker_of;
pub use reach::{Reach, reach};
pub(crate) use related::{Link, links};

/// Stands for a value that is not known.
const UNKNOWN: &str = "?";

/// Fields quoted of one change.
const MAX_FIELDS: usize = 20;

/// Changes of one snapshot that are kept, the newest ones.
const MAX_CHANGES: usize = 2000;

/// What is older than this is no change before the trouble, but how things are.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(24);

/// Where a change was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSource {
    /// Two versions of the template of a workload.
    Template,
    /// `metadata.managedFields`: who wrote when, without the values.
    ManagedFields,
    /// A Node and its Events.
    Node,
    /// What Argo CD or Flux applied.
    Gitops,
    /// Revisions of a release of Helm.
    Helm,
    /// An audit log.
    AuditLog,
    /// Two recordings of one cluster.
    Captures,
}

/// What became of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// Between which times something changed, where the moment is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Between {
    /// It was not so yet.
    pub after: Timestamp,
    /// It was so already.
    pub before: Timestamp,
}

/// A change of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where it was read.
    pub source: ChangeSource,
    /// What became of the object.
    pub act: Act,
    /// The object.
    pub object: ObjectRef,
    /// When, as the API server dated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Between which times, when the moment is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<Between>,
    /// The new version: the object that carries it, or a revision; empty when it has no name.
    pub version: String,
    /// The version before; empty when it has no name.
    pub before: String,
    /// Fields that differ.
    pub fields: Vec<FieldChange>,
    /// Fields that the writer set now or earlier; what they were is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<String>,
    /// True when it differs in fields that are never read, such as the values of environment
    /// variables.
    pub has_unread_fields: bool,
    /// Who made the change, as far as the objects or the audit log say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Who reconciles the object: a change by hand would be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// Path in the object, for a template in the Pod template.
    pub path: String,
    /// Before; empty when it was absent. Redacted.
    pub from: String,
    /// Now; empty when it is absent. Redacted.
    pub to: String,
}

impl FieldChange {
    fn new(path: impl Into<String>, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            from: from.into(),
            to: to.into(),
        }
    }
}

impl Change {
    /// A change of which nothing but its object is known.
    fn of(source: ChangeSource, act: Act, object: ObjectRef) -> Self {
        Self {
            source,
            act,
            object,
            at: None,
            between: None,
            version: String::new(),
            before: String::new(),
            fields: Vec::new(),
            touched: Vec::new(),
            has_unread_fields: false,
            actor: None,
            managed_by: None,
        }
    }

    fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }

    fn with_fields(mut self, mut fields: Vec<FieldChange>) -> Self {
        fields.truncate(MAX_FIELDS);
        self.fields = fields;
        self
    }

    fn versions(mut self, before: impl Into<String>, version: impl Into<String>) -> Self {
        self.before = before.into();
        self.version = version.into();
        self
    }

    /// True when what changed can be shown, and not only that somebody wrote.
    pub fn is_shown(&self) -> bool {
        !self.fields.is_empty()
            || self.has_unread_fields
            || self.version != self.before
            || self.act != Act::Updated
    }
}

/// Kind, Namespace and name.
pub(crate) type Key = (Kind, Text, Text);

pub(crate) fn key(object: &ObjectRef) -> Key {
    (object.kind, object.namespace.clone(), object.name.clone())
}

/// Every change that the snapshot tells of, newest first, at most [`MAX_CHANGES`].
pub(crate) fn all(view: &View<'_>) -> Vec<Change> {
    let rollouts = view.rollouts.iter();
    let mut changes: Vec<Change> = rollouts
        .filter_map(|rollout| rollouts::of_rollout(view, rollout))
        .collect();
    edits::attribute(view.snapshot, &mut changes);
    let written = edits::changes(view.snapshot, &changes);
    changes.extend(written);
    changes.extend(nodes::changes(view));
    changes.extend(gitops::changes(view.snapshot));
    changes.extend(releases::changes(view.snapshot));
    changes.extend(audit::changes(view.snapshot));
    changes.extend(compare::changes(view.snapshot));
    let mut changes = merge::merge(changes);
    let end = |change: &Change| {
        let between = change.between.map(|between| between.before);
        change.at.or(between)
    };
    changes.sort_by(|one, other| {
        let order = |change: &Change| (Reverse(end(change)), key(&change.object), change.source);
        order(one).cmp(&order(other))
    });
    changes.truncate(MAX_CHANGES);
    changes
}

/// True when the time lies within what counts as lately.
fn is_late(now: Timestamp, at: Timestamp) -> bool {
    now.duration_since(at) <= LOOKS_BACK
}
