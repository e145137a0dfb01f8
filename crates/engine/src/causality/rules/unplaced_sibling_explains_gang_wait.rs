#![doc = include_str!("unplaced_sibling_explains_gang_wait.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, RuleId, SchedulingFinding, wire::Text,
};

use super::super::{Key, Rule, RuleMeta, key::pod_of};
use crate::{View, reading::gangs};

/// A Pod of the group that no node takes explains why the others of the group wait.
#[derive(Debug)]
pub(crate) struct UnplacedSiblingExplainsGangWait;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("unplaced-sibling-explains-gang-wait"),
    because: "the other Pod is of the same group, which runs as a whole or not at all",
    strength: EdgeStrength::Hard,
    casebook: include_str!("unplaced_sibling_explains_gang_wait.md"),
};

impl Rule for UnplacedSiblingExplainsGangWait {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Scheduling(
                SchedulingFinding::ExtenderPlugin | SchedulingFinding::PreemptionNotHelpful,
            ) => Vec::new(),
            FindingKind::Scheduling(_) => group_key(view, finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Scheduling(SchedulingFinding::ExtenderPlugin) => group_key(view, finding),
            _ => Vec::new(),
        }
    }
}

/// One key for all Pods of a group.
fn group_key(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let Some(pod) = pod_of(view, finding) else {
        return Vec::new();
    };
    let group = gangs::group(pod).map(|name| {
        let name = Text::from(format!("group {name}"));
        Key::Object(Kind::Pod, pod.meta.namespace.clone(), name)
    });
    group.into_iter().collect()
}
