#![doc = include_str!("cluster_trouble_explains_cluster_api_wait.md")]

use dogwatch_model::{
    ClusterApiFinding, CustomKind, EdgeStrength, Finding, FindingKind, Kind, RuleId,
};

use super::super::{Key, Link, Rule, RuleMeta, key::custom_of};
use crate::View;

/// What is wrong with a cluster or its control plane holds up what Cluster API does with it.
#[derive(Debug)]
pub(crate) struct ClusterTroubleExplainsClusterApiWait;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cluster-trouble-explains-cluster-api-wait"),
    because: "nothing goes on in this cluster until then",
    strength: EdgeStrength::Hard,
    casebook: include_str!("cluster_trouble_explains_cluster_api_wait.md"),
};

impl Rule for ClusterTroubleExplainsClusterApiWait {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let FindingKind::ClusterApi(kind) = finding.kind else {
            return Vec::new();
        };
        if rank(kind).is_some_and(|rank| rank < LAST) {
            cluster_of(view, finding).into_iter().collect()
        } else {
            Vec::new()
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let FindingKind::ClusterApi(kind) = finding.kind else {
            return Vec::new();
        };
        if rank(kind).is_some_and(|rank| rank > 0) {
            cluster_of(view, finding).into_iter().collect()
        } else {
            Vec::new()
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let (FindingKind::ClusterApi(cause), FindingKind::ClusterApi(effect)) =
            (cause.kind, effect.kind)
        else {
            return None;
        };
        let is_counted = effect == ClusterApiFinding::MhcShortcircuit;
        // Single Machines stop a health check and nothing else.
        let is_machine = cause == ClusterApiFinding::MachineUnhealthy;
        (rank(cause)? < rank(effect)? && is_machine == is_counted).then(Link::proven)
    }
}

/// The last step: it explains nothing further here.
const LAST: u8 = 4;

/// The order in which troubles of a cluster follow from each other; `None` for those outside it.
const fn rank(kind: ClusterApiFinding) -> Option<u8> {
    Some(match kind {
        ClusterApiFinding::KcpCerts | ClusterApiFinding::KcpComponent => 0,
        ClusterApiFinding::KcpEtcdUnhealthy | ClusterApiFinding::MachineUnhealthy => 1,
        ClusterApiFinding::CpNotInitialized => 2,
        ClusterApiFinding::RemoteUnreachable => 3,
        ClusterApiFinding::HrpClusterUnavailable
        | ClusterApiFinding::MdRolloutStuck
        | ClusterApiFinding::KcpRolloutBlocked
        | ClusterApiFinding::RemediationBlocked
        | ClusterApiFinding::MhcShortcircuit => LAST,
        _ => return None,
    })
}

/// The Cluster that an object belongs to: itself, by `spec.clusterName`, or by `spec.clusterRef`.
/// The control plane of a Cluster carries its name as a label.
fn cluster_of(view: &View<'_>, finding: &Finding) -> Option<Key> {
    let object = custom_of(view, finding)?;
    let label = object.meta.labels.get("cluster.x-k8s.io/cluster-name");
    let is_cluster = object.is("cluster.x-k8s.io", "Cluster");
    let name = object
        .field("spec.clusterName")
        .or_else(|| object.field("spec.clusterRef.name"))
        .or(label)
        .or_else(|| is_cluster.then_some(&*object.meta.name))?;
    let namespace = object.field("spec.clusterRef.namespace");
    let namespace = namespace.unwrap_or(&object.meta.namespace);
    let kind = Kind::Custom(CustomKind::CLUSTER);
    Some(Key::Object(kind, namespace.into(), name.into()))
}
