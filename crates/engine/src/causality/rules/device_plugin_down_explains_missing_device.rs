#![doc = include_str!("device_plugin_down_explains_missing_device.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NodeFinding, RuleId, SchedulingFinding};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::View;

/// Devices that their plugin does not give out explain why Pods that need them find no place.
#[derive(Debug)]
pub(crate) struct DevicePluginDownExplainsMissingDevice;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("device-plugin-down-explains-missing-device"),
    because: "the node has such devices and does not give them out",
    strength: EdgeStrength::State,
    casebook: include_str!("device_plugin_down_explains_missing_device.md"),
};

impl Rule for DevicePluginDownExplainsMissingDevice {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::DevicePluginDown) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Scheduling(
                SchedulingFinding::DeviceMissing | SchedulingFinding::InsufficientExtendedResource,
            ) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_same = effect.detail.contains(&cause.detail)
            || effect
                .evidence
                .iter()
                .any(|fact| fact.value.contains(&cause.detail));
        is_same.then(|| Link::proven_by(cause.evidence.clone()))
    }
}
