#![doc = include_str!("vip_unreachable_explains_component_down.md")]

use dogwatch_model::{
    AddonFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, NetworkFinding,
    OperatorFinding, RuleId,
};

use super::super::{
    Key, Rule, RuleMeta,
    key::{container_key, workload_of_pod},
};
use crate::View;

/// A component that cannot reach the API server ends or stands still.
#[derive(Debug)]
pub(crate) struct VipUnreachableExplainsComponentDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("vip-unreachable-explains-component-down"),
    because: "the component cannot work without the API server",
    strength: EdgeStrength::Hard,
    casebook: include_str!("vip_unreachable_explains_component_down.md"),
};

impl Rule for VipUnreachableExplainsComponentDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(NetworkFinding::ClusterVipUnreachable) => {
                let mut keys = workload_of_pod(view, finding);
                keys.extend(container_key(finding));
                keys
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CcmNotRunning | AddonFinding::CniOperatorMissing)
            | FindingKind::Operator(OperatorFinding::OperatorDown) => {
                vec![Key::workload(&finding.object)]
            }
            // It waits for something else when another line is its reason.
            FindingKind::Network(NetworkFinding::CiliumStartupFailing)
                if finding.detail == "API server not reached" =>
            {
                container_key(finding)
            }
            FindingKind::Container(
                ContainerFinding::AppDependencyCrash
                | ContainerFinding::AppErrorExit
                | ContainerFinding::AppErrorLogged,
            ) => container_key(finding),
            _ => Vec::new(),
        }
    }
}
