//! Which change may be blamed for which finding: by what changed, by what depends on it, and by the
//! order in time.

mod template_fields;

use dogwatch_model::{ConfigFinding, Finding, FindingKind};
use jiff::{SignedDuration, Timestamp};

use super::{Act, Change, ChangeSource, Link};

/// A failure that begins later than this after a change began for another reason.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// How a change and a finding stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// What changed is shown, can cause it, and came shortly before it.
    Blamed,
    /// It came shortly before, and that it is the cause is not shown.
    Coincides,
}

/// What is known of the order of a change and the beginning of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The change came first.
    Before,
    /// It may have come first.
    Open,
}

/// Judges a change against a finding that depends on its object; `None` when the change came later, or
/// so long before that it says nothing.
pub(crate) fn blame(change: &Change, finding: &Finding, link: Link) -> Option<Blame> {
    let order = order(change, finding, link)?;
    let is_cause = order == Order::Before && change.is_shown() && can_cause(change, finding, link);
    Some(if is_cause {
        Blame::Blamed
    } else {
        Blame::Coincides
    })
}

/// A change that came with or after the beginning is never its cause, but for two cases in which the
/// same second proves more: what was made from a new version may fail in the second in which that
/// version was made, and a finding about a write begins with the write.
fn order(change: &Change, finding: &Finding, link: Link) -> Option<Order> {
    let began = finding.since?;
    let is_drift = finding.kind == FindingKind::Config(ConfigFinding::ConfigDrift);
    let is_about_write = is_drift && link == Link::Config;
    let (after, before) = match (change.at, change.between) {
        (Some(at), _) => (at, at),
        (None, Some(between)) => (between.after, between.before),
        (None, None) => return None,
    };
    let is_first = |at: Timestamp| match change.source {
        ChangeSource::Template => at <= began,
        ChangeSource::ManagedFields
        | ChangeSource::Node
        | ChangeSource::Gitops
        | ChangeSource::Helm
        | ChangeSource::AuditLog
        | ChangeSource::Captures => at < began || (is_about_write && at == began),
    };
    if !is_first(after) || began.duration_since(before) > WINDOW {
        return None;
    }
    Some(if is_first(before) {
        Order::Before
    } else {
        Order::Open
    })
}

/// True when this change of an object with this link can lead to the finding.
fn can_cause(change: &Change, finding: &Finding, link: Link) -> bool {
    let kind = finding.kind;
    match link {
        Link::Own => change.act == Act::Created || own(change, finding),
        Link::Config => matches!(
            kind,
            FindingKind::Container(_) | FindingKind::Probe(_) | FindingKind::Config(_)
        ),
        Link::Node => of_node(change, kind),
        Link::Service => matches!(kind, FindingKind::Network(_)),
        Link::Policy => matches!(
            kind,
            FindingKind::Network(_) | FindingKind::Container(_) | FindingKind::Probe(_)
        ),
        Link::Autoscaler => matches!(kind, FindingKind::Autoscaling(_) | FindingKind::Workload(_)),
        Link::Budget => matches!(kind, FindingKind::Disruption(_)),
        Link::Quota => matches!(kind, FindingKind::Admission(_)),
        Link::Maker => true,
    }
}

/// A change of the object itself, or of the workload that it belongs to.
fn own(change: &Change, finding: &Finding) -> bool {
    if finding.object.kind == dogwatch_model::Kind::Node {
        return of_node(change, finding.kind);
    }
    let mut fields = change.fields.iter();
    let hit = fields.any(|field| template_fields::can_cause(finding, &field.path));
    // Environment values are not read: only their change is known, and it can cause an exit.
    let unread = change.has_unread_fields
        && matches!(
            finding.kind,
            FindingKind::Container(_) | FindingKind::Probe(_)
        );
    hit || unread
}

/// What was done to a Node can cause what befell its Pods; what its conditions say is told by findings
/// of their own.
fn of_node(change: &Change, kind: FindingKind) -> bool {
    if change.act != Act::Updated {
        return matches!(
            kind,
            FindingKind::Scheduling(_)
                | FindingKind::Pod(_)
                | FindingKind::Node(_)
                | FindingKind::Storage(_)
        );
    }
    let has = |prefix: &str| {
        let mut fields = change.fields.iter();
        fields.any(|field| field.path.starts_with(prefix))
    };
    if has("spec.unschedulable") || has("spec.taints") {
        return matches!(
            kind,
            FindingKind::Scheduling(_) | FindingKind::Pod(_) | FindingKind::Node(_)
        );
    }
    let is_restart = has("status.nodeInfo") || has("kubelet");
    is_restart && matches!(kind, FindingKind::Node(_) | FindingKind::Pod(_))
}
