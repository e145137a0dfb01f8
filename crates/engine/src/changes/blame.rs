//! Which change may be blamed for which finding: by the field and by the order in time.

use dogwatch_model::{ContainerFinding, Finding, FindingKind};
use jiff::SignedDuration;

use super::Change;

/// A failure that begins later than this after a change began for another reason.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Clocks of different components compare with this tolerance.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// How a change and a finding stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// A field that can cause it changed shortly before.
    Blamed,
    /// Something changed shortly before, and no field that is read can cause it.
    Coincides,
}

/// Judges a change against a finding about the same workload; `None` when the order in time is not
/// proven.
pub(crate) fn blame(change: &Change, finding: &Finding) -> Option<Blame> {
    let (changed, began) = (change.at?, finding.since?);
    let after = began.duration_since(changed);
    if after < -TOLERANCE || after > WINDOW {
        return None;
    }
    let hit = change
        .fields
        .iter()
        .any(|field| can_cause(finding, &field.path));
    // Environment values are not read: only their change is known, and it can cause an exit.
    let unread = change.has_unread_fields && is_about_the_program(finding.kind);
    Some(if hit || unread {
        Blame::Blamed
    } else {
        Blame::Coincides
    })
}

/// True when a different value of the field can lead to the finding.
fn can_cause(finding: &Finding, path: &str) -> bool {
    let is_own = finding.container.is_empty()
        || !path.contains('[')
        || path.contains(&format!("[{}]", finding.container))
        || !path.contains("ontainers[");
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    is_own
        && match finding.kind {
            FindingKind::Image(_) => has(&[".image", "imagePullSecrets", "serviceAccountName"]),
            FindingKind::Probe(_) => has(&["Probe", ".ports", ".image", ".args", ".command"]),
            FindingKind::Scheduling(_) => has(&[
                "resources.requests",
                "nodeSelector",
                "affinity",
                "tolerations",
                "volumes",
                "ports",
                "priorityClassName",
                "schedulerName",
                "hostNetwork",
                "nodeName",
            ]),
            FindingKind::Storage(_) => has(&["volumes"]),
            FindingKind::Admission(_) => true,
            FindingKind::Container(
                ContainerFinding::OomKilled | ContainerFinding::JvmHeapLimit,
            ) => has(&["resources.limits.memory", ".image", ".args", ".command"]),
            FindingKind::Container(
                ContainerFinding::ConfigMapMissing
                | ContainerFinding::SecretMissing
                | ContainerFinding::ConfigKeyMissing,
            ) => has(&["volumes", "serviceAccountName"]),
            FindingKind::Container(_) => has(&[
                ".image",
                ".command",
                ".args",
                "volumes",
                "serviceAccountName",
                "runtimeClassName",
            ]),
            _ => false,
        }
}

fn is_about_the_program(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Container(_) | FindingKind::Probe(_))
}
