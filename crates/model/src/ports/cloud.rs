//! Ports to what a provider has beside pools of Nodes: machines, the cluster itself, its public
//! addresses, and what a scanner of the provider has found.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{PoolError, PortFuture};

/// A machine behind a Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Id at the provider.
    pub id: String,
    /// Name for people.
    #[serde(default)]
    pub name: String,
    /// Name of its Node; `None` for a machine that is none of this cluster.
    #[serde(default)]
    pub node: Option<String>,
    /// In the provider's words; `running` and `stopped` are understood.
    pub state: String,
    /// When it was started last, in the provider's words: two starts differ in it.
    #[serde(default)]
    pub started_at: Option<String>,
    /// Price in words, such as `0.42 USD per hour`.
    #[serde(default)]
    pub price: Option<String>,
}

/// The cluster as its provider sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedCluster {
    /// Id at the provider.
    pub id: String,
    /// Name for people.
    #[serde(default)]
    pub name: String,
    /// In the provider's words; `available` and `hibernated` are understood.
    pub state: String,
    /// Price in words while it is awake.
    #[serde(default)]
    pub price: Option<String>,
}

/// A public address that may lead to the API server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicAddress {
    /// Id at the provider.
    pub id: String,
    /// The address.
    #[serde(default)]
    pub ip: String,
    /// Id of what it is bound to; `None` when it is free.
    #[serde(default)]
    pub bound_to: Option<String>,
}

/// A weakness that the provider's scanner has found on machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vulnerability {
    /// Id at the provider.
    pub id: String,
    /// In the provider's words.
    pub status: String,
    /// Names of Nodes that have it.
    #[serde(default)]
    pub nodes: Vec<String>,
}

/// Everything of a provider that can be acted on, beside pools.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cloud {
    /// The cluster; `None` when the provider does not know it.
    #[serde(default)]
    pub cluster: Option<ManagedCluster>,
    /// Machines.
    #[serde(default)]
    pub machines: Vec<Machine>,
    /// Public addresses.
    #[serde(default)]
    pub addresses: Vec<PublicAddress>,
    /// Weaknesses.
    #[serde(default)]
    pub vulnerabilities: Vec<Vulnerability>,
}

/// What kind of thing is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A machine.
    Machine,
    /// The cluster.
    Cluster,
    /// A public address.
    Address,
    /// A weakness.
    Vulnerability,
    /// A pool of Nodes.
    NodePool,
}

/// One thing at a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceRef {
    /// What it is.
    pub kind: ResourceKind,
    /// Id at the provider.
    pub id: String,
}

impl fmt::Display for ResourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ResourceKind::Machine => "machine",
            ResourceKind::Cluster => "cluster",
            ResourceKind::Address => "public address",
            ResourceKind::Vulnerability => "vulnerability",
            ResourceKind::NodePool => "node pool",
        };
        write!(f, "{kind} {}", self.id)
    }
}

/// State of a machine that runs.
pub const RUNNING: &str = "running";

/// State of a machine that does not.
pub const STOPPED: &str = "stopped";

/// State of a cluster that works.
pub const AVAILABLE: &str = "available";

/// State of a cluster that sleeps.
pub const HIBERNATED: &str = "hibernated";

/// State of an address that nothing has.
pub const FREE: &str = "free";

/// State of what is not there.
pub const GONE: &str = "gone";

impl Cloud {
    /// The state of one thing, in the words that orders use; `None` when it is not there. Pools are
    /// elsewhere.
    pub fn state_of(&self, resource: &ResourceRef) -> Option<String> {
        let id = &resource.id;
        match resource.kind {
            ResourceKind::Machine => self.machine(id).map(|known| known.state.clone()),
            ResourceKind::Cluster => {
                let known = self.cluster.as_ref().filter(|known| known.id == *id);
                known.map(|known| known.state.clone())
            }
            ResourceKind::Address => {
                let known = self.addresses.iter().find(|known| known.id == *id);
                known.map(PublicAddress::state)
            }
            ResourceKind::Vulnerability => {
                let mut all = self.vulnerabilities.iter();
                let known = all.find(|known| known.id == *id);
                known.map(|known| known.status.clone())
            }
            ResourceKind::NodePool => None,
        }
    }

    /// The machine of this id.
    pub fn machine(&self, id: &str) -> Option<&Machine> {
        self.machines.iter().find(|known| known.id == id)
    }

    /// The machine of a Node.
    pub fn machine_of(&self, node: &str) -> Option<&Machine> {
        let mut all = self.machines.iter();
        all.find(|known| known.node.as_deref() == Some(node))
    }
}

impl PublicAddress {
    /// `free`, or what it is bound to.
    pub fn state(&self) -> String {
        match &self.bound_to {
            None => FREE.to_owned(),
            Some(id) => bound_to(id),
        }
    }
}

/// State of an address that something has.
pub fn bound_to(id: &str) -> String {
    format!("bound to {id}")
}

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloudAct {
    /// Restarts a machine through its operating system.
    RebootMachine,
    /// Restarts a machine as if its power had failed.
    ResetMachine,
    /// Starts a machine.
    StartMachine,
    /// Shuts a machine down.
    StopMachine,
    /// Takes a machine out of the cluster and gives it back.
    DeleteMachine,
    /// Stops control plane and Nodes.
    HibernateCluster,
    /// Starts them again.
    AwakeCluster,
    /// Gives the API server a public address.
    BindAddress,
    /// Takes it away.
    UnbindAddress,
    /// Says what is thought of a weakness.
    MarkVulnerability,
}

impl CloudAct {
    /// Every act.
    pub const ALL: [Self; 10] = [
        Self::RebootMachine,
        Self::ResetMachine,
        Self::StartMachine,
        Self::StopMachine,
        Self::DeleteMachine,
        Self::HibernateCluster,
        Self::AwakeCluster,
        Self::BindAddress,
        Self::UnbindAddress,
        Self::MarkVulnerability,
    ];

    /// The word for it in plans and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RebootMachine => "reboot_machine",
            Self::ResetMachine => "reset_machine",
            Self::StartMachine => "start_machine",
            Self::StopMachine => "stop_machine",
            Self::DeleteMachine => "delete_machine",
            Self::HibernateCluster => "hibernate_cluster",
            Self::AwakeCluster => "awake_cluster",
            Self::BindAddress => "bind_address",
            Self::UnbindAddress => "unbind_address",
            Self::MarkVulnerability => "mark_vulnerability",
        }
    }

    /// What kind of thing it is done to.
    pub const fn on(self) -> ResourceKind {
        match self {
            Self::RebootMachine
            | Self::ResetMachine
            | Self::StartMachine
            | Self::StopMachine
            | Self::DeleteMachine => ResourceKind::Machine,
            Self::HibernateCluster | Self::AwakeCluster => ResourceKind::Cluster,
            Self::BindAddress | Self::UnbindAddress => ResourceKind::Address,
            Self::MarkVulnerability => ResourceKind::Vulnerability,
        }
    }

    /// True when the thing has the same state before and after, and only a new start tells.
    pub const fn is_restart(self) -> bool {
        matches!(self, Self::RebootMachine | Self::ResetMachine)
    }
}

/// One request to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloudOrder<'a> {
    /// What.
    pub act: CloudAct,
    /// Id of the thing.
    pub id: &'a str,
    /// The state that is wanted; [`GONE`] for a deletion.
    pub to: &'a str,
}

/// Reads a provider.
pub trait CloudReader: Send + Sync {
    /// Everything that can be acted on.
    fn cloud(&self) -> PortFuture<'_, Result<Cloud, PoolError>>;
}

/// Acts at a provider.
pub trait CloudWriter: Send + Sync {
    /// Asks for it. The same key is the same request: a provider does it once. Success means that it
    /// was accepted; reading tells when it is done.
    fn act<'a>(
        &'a self,
        order: CloudOrder<'a>,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_found_by_kind_and_id() {
        let cloud: Cloud = serde_json::from_value(serde_json::json!({
            "cluster": {"id": "c", "state": "available"},
            "machines": [{"id": "m", "node": "n1", "state": "running"}],
            "addresses": [{"id": "a"}, {"id": "b", "boundTo": "c"}],
            "vulnerabilities": [{"id": "v", "status": "open"}],
        }))
        .expect("the form is right");
        let state = |kind, id: &str| {
            let id = id.to_owned();
            cloud.state_of(&ResourceRef { kind, id })
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(state(ResourceKind::Cluster, "c"), said("available"));
        assert_eq!(state(ResourceKind::Cluster, "d"), None);
        assert_eq!(state(ResourceKind::Machine, "m"), said("running"));
        assert_eq!(state(ResourceKind::Machine, "c"), None);
        assert_eq!(state(ResourceKind::Address, "a"), said("free"));
        assert_eq!(state(ResourceKind::Address, "b"), said("bound to c"));
        assert_eq!(state(ResourceKind::Vulnerability, "v"), said("open"));
        assert_eq!(state(ResourceKind::NodePool, "m"), None);
        assert_eq!(cloud.machine_of("n1").map(|known| &*known.id), Some("m"));
        assert_eq!(cloud.machine_of("n2"), None);
    }

    #[test]
    fn every_act_has_a_word_of_its_own() {
        let mut words = CloudAct::ALL.map(CloudAct::word);
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
