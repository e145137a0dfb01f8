//! What a step asks of a provider, and whether it was done.

mod cloud;

use dogwatch_model::{
    plan::{Act, PoolShape},
    ports::{NodePool, PoolMachines},
};
use serde_json::{Value, json};

use super::{RecoveryError, ending::Claimed, step::Stop};

pub(crate) use cloud::CloudChange;

/// What a provider is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order<'a> {
    /// Another number of Nodes.
    Resize { pool: &'a str, from: u32, to: u32 },
    /// A new pool.
    Create {
        name: &'a str,
        machines: Machines<'a>,
        nodes: u32,
    },
    /// A pool less.
    DeletePool { pool: &'a str, from: u32 },
    /// Something that is no pool.
    Cloud(CloudChange<'a>),
}

/// What the machines of a new pool are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Machines<'a> {
    Like(&'a str),
    Shape(Box<PoolShape>),
}

impl Machines<'_> {
    pub(crate) fn wanted(&self) -> PoolMachines<'_> {
        match self {
            Self::Like(pool) => PoolMachines::Like(pool),
            Self::Shape(shape) => PoolMachines::Shape(shape),
        }
    }
}

impl<'a> Order<'a> {
    /// The order of a step; `None` for one that is no order, or that lacks a part.
    pub(crate) fn of(act: &'a Act) -> Option<Self> {
        let Act::Provider {
            operation,
            resource,
            parameters,
            ..
        } = act
        else {
            return None;
        };
        let number = |name: &str| u32::try_from(parameters.get(name)?.as_u64()?).ok();
        let machines = || match parameters.get("shape") {
            None => parameters.get("like")?.as_str().map(Machines::Like),
            Some(shape) => {
                let shape = serde_json::from_value(shape.clone()).ok()?;
                Some(Machines::Shape(Box::new(shape)))
            }
        };
        match operation.as_str() {
            "resize_node_pool" => Some(Self::Resize {
                pool: resource,
                from: number("from")?,
                to: number("nodes")?,
            }),
            "create_node_pool" => Some(Self::Create {
                name: resource,
                machines: machines()?,
                nodes: number("nodes")?,
            }),
            "delete_node_pool" => Some(Self::DeletePool {
                pool: resource,
                from: number("from")?,
            }),
            word => CloudChange::of(word, resource, parameters).map(Self::Cloud),
        }
    }

    /// For the record.
    pub(crate) fn record(&self) -> Value {
        match self {
            Self::Resize { pool, from, to } => json!({"resize": pool, "from": from, "to": to}),
            Self::Create {
                name,
                machines: Machines::Like(like),
                nodes,
            } => json!({"create": name, "like": like, "nodes": nodes}),
            Self::Create {
                name,
                machines: Machines::Shape(shape),
                nodes,
            } => json!({"create": name, "shape": shape, "nodes": nodes}),
            Self::DeletePool { pool, from } => json!({"delete": pool, "from": from}),
            Self::Cloud(change) => change.record(),
        }
    }

    /// What is no longer as it was approved, in words.
    fn drift(&self, pools: &[NodePool]) -> Option<String> {
        match self {
            Self::Resize { pool, from, .. } | Self::DeletePool { pool, from } => {
                match nodes_of(pools, pool) {
                    None => Some(format!("node pool {pool} is gone")),
                    Some(now) if now == *from => None,
                    Some(now) => Some(format!(
                        "node pool {pool} has {now} Nodes instead of {from}"
                    )),
                }
            }
            Self::Create { name, machines, .. } => {
                if named(pools, name).is_some() {
                    return Some(format!("there is a node pool {name} meanwhile"));
                }
                let Machines::Like(like) = machines else {
                    return None;
                };
                let is_gone = nodes_of(pools, like).is_none();
                is_gone.then(|| format!("node pool {like} is gone"))
            }
            Self::Cloud(_) => None,
        }
    }

    /// True when the provider has it as it was asked for.
    fn is_done(&self, pools: &[NodePool]) -> bool {
        match self {
            Self::Resize { pool, to, .. } => nodes_of(pools, pool) == Some(*to),
            Self::Create { name, nodes, .. } => {
                named(pools, name).is_some_and(|pool| pool.nodes == *nodes)
            }
            Self::DeletePool { pool, .. } => nodes_of(pools, pool).is_none(),
            Self::Cloud(_) => false,
        }
    }
}

fn nodes_of(pools: &[NodePool], id: &str) -> Option<u32> {
    let found = pools.iter().find(|pool| pool.id == id);
    found.map(|pool| pool.nodes)
}

/// A provider gives a new pool an id of its own, or takes its name for one.
fn named<'p>(pools: &'p [NodePool], name: &str) -> Option<&'p NodePool> {
    let mut pools = pools.iter();
    pools.find(|pool| pool.name == name || pool.id == name)
}

impl Claimed<'_> {
    /// Stops when the provider has not what it had when the order was approved.
    pub(crate) async fn still_wanted(&self, order: &Order<'_>) -> Result<(), Stop> {
        let drift = match order {
            Order::Cloud(change) => change.drift(&self.cloud().await?),
            order => order.drift(&self.pools().await?),
        };
        drift.map_or(Ok(()), |why| Err(Stop::Drifted(why)))
    }

    /// True when the provider has it as it was asked for.
    pub(crate) async fn is_provided(&self, order: &Order<'_>) -> Result<bool, Stop> {
        Ok(match order {
            Order::Cloud(change) => change.is_done(&self.cloud().await?),
            order => order.is_done(&self.pools().await?),
        })
    }

    /// The pools of the provider as they are now.
    async fn pools(&self) -> Result<Vec<NodePool>, Stop> {
        let Some(reader) = self.recovery.pools else {
            return Err(unknown("no provider of Nodes is configured"));
        };
        let pools = reader.pools().await;
        pools.map_err(|error| unknown(&error.to_string()))
    }
}

/// Without an answer nothing is known, and the plan can be gone on with later.
fn unknown(why: &str) -> Stop {
    Stop::Error(RecoveryError::NotNow(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(id: &str, nodes: u32) -> NodePool {
        NodePool {
            id: id.to_owned(),
            name: id.to_owned(),
            nodes,
            min: 0,
            max: None,
            members: Vec::new(),
            price: None,
        }
    }

    fn act(operation: &str, resource: &str, parameters: Value) -> Act {
        Act::Provider {
            provider: "node-pools".to_owned(),
            operation: operation.to_owned(),
            resource: resource.to_owned(),
            parameters: serde_json::from_value(parameters).unwrap(),
        }
    }

    #[test]
    fn a_resize_holds_on_to_the_number_that_was_approved() {
        let act = act("resize_node_pool", "p", json!({"from": 2, "nodes": 3}));
        let order = Order::of(&act).unwrap();
        assert_eq!(order.drift(&[pool("p", 2)]), None);
        assert!(order.drift(&[pool("p", 4)]).unwrap().contains("has 4"));
        assert!(order.drift(&[pool("q", 2)]).unwrap().contains("gone"));
        assert!(order.is_done(&[pool("p", 3)]));
        assert!(!order.is_done(&[pool("p", 2)]));
    }

    #[test]
    fn a_pool_is_made_once_and_like_one_that_is_there() {
        let act = act("create_node_pool", "p-2", json!({"like": "p", "nodes": 2}));
        let order = Order::of(&act).unwrap();
        assert_eq!(order.drift(&[pool("p", 9)]), None);
        assert!(!order.is_done(&[pool("p", 9)]));
        let both = [pool("p", 9), pool("p-2", 2)];
        assert!(order.drift(&both).unwrap().contains("meanwhile"));
        assert!(order.is_done(&both));
        assert!(order.drift(&[pool("q", 9)]).unwrap().contains("gone"));
    }

    #[test]
    fn a_pool_with_a_shape_of_its_own_needs_no_other() {
        let shape = json!({"flavor": "c7.large.2", "zone": "z", "rootVolumeSize": 40, "rootVolumeType": "SSD"});
        let act = act("create_node_pool", "p", json!({"shape": shape, "nodes": 1}));
        let order = Order::of(&act).unwrap();
        assert_eq!(order.drift(&[]), None);
        assert_eq!(order.record()["shape"]["flavor"], "c7.large.2");
    }

    #[test]
    fn a_deletion_is_of_as_many_nodes_as_were_approved() {
        let act = act("delete_node_pool", "p", json!({"from": 2}));
        let order = Order::of(&act).unwrap();
        assert_eq!(order.drift(&[pool("p", 2)]), None);
        assert!(order.drift(&[pool("p", 3)]).unwrap().contains("has 3"));
        assert!(order.is_done(&[]));
        assert!(!order.is_done(&[pool("p", 0)]));
    }

    #[test]
    fn an_order_without_a_part_or_of_another_kind_is_none() {
        for (operation, parameters) in [
            ("resize_node_pool", json!({"nodes": 3})),
            ("resize_node_pool", json!({"from": 2, "nodes": -3})),
            ("create_node_pool", json!({"nodes": 3})),
            (
                "create_node_pool",
                json!({"nodes": 3, "shape": {"flavor": "x"}}),
            ),
            ("delete_node_pool", json!({})),
            ("delete_cluster", json!({"from": "available", "to": "gone"})),
            ("reboot_machine", json!({"to": "running"})),
        ] {
            let act = act(operation, "p", parameters);
            assert_eq!(Order::of(&act), None, "{operation}");
        }
    }
}
