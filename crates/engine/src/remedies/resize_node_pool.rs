#![doc = include_str!("resize_node_pool.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk, Step,
        Target,
    },
    ports::NodePool,
    snapshot::{Condition, Node},
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, room, sketch};

/// Another number of Nodes in a pool.
#[derive(Debug)]
pub(crate) struct ResizeNodePool;

/// Nodes added at once: more is a capacity project, not a remedy.
const MAX_MORE: u32 = 5;

/// Seconds until a new machine is a Ready Node.
const NODE_SECONDS: u32 = 600;

static META: RemedyMeta = RemedyMeta {
    id: "resize-node-pool",
    does: "Asks the provider for more Nodes in a pool. They cost money until they are given back.",
    risk: Risk::High,
    reversibility: Reversibility::Partial,
    since: "0.1.0",
};

impl Remedy for ResizeNodePool {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("resize_node_pool.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::ResizeNodePool {
            pool,
            nodes,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let pool = find(ground, pool)?;
        check(pool, *nodes)?;
        let rollout = ground.rollout(workload)?;
        ground.needs(Kind::Node)?;
        let title = format!(
            "resize node pool {} from {} to {nodes} Nodes",
            pool.name, pool.nodes
        );
        let scenario = "Pods wait for capacity that no Node of the cluster has.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(pool, workload, (pool.nodes, *nodes)));
        draft
            .rollback
            .push(step(pool, workload, (*nodes, pool.nodes)));
        draft
            .preconditions
            .push(format!("node pool {} has {} Nodes", pool.id, pool.nodes));
        let more = nodes.saturating_sub(pool.nodes);
        draft.impact.nodes = more;
        draft.impact.summary.push(format!("{more} Nodes more"));
        draft.impact.expected_seconds = NODE_SECONDS;
        draft.impact.cost = Some(pool.price.as_ref().map_or_else(
            || format!("{more} Nodes more cost money; the price is not known here"),
            |price| format!("{more} × {price}, until they are given back"),
        ));
        draft.warnings.push(
            "going back does not give the money back, and takes Nodes away with what runs there by then: drain them first".to_owned(),
        );
        room::on_new_nodes(ground, &mut draft, (pool, more), workload);
        let before = ready_nodes(ground);
        draft.verification.push(Expectation::NodesReady {
            before,
            at_least: before + more,
        });
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}

fn find<'a>(ground: &Ground<'a>, pool: &str) -> Result<&'a NodePool, PlanRefusal> {
    let Some(pools) = ground.pools else {
        let because =
            "no provider of Nodes is configured (nodePools in the configuration)".to_owned();
        return Err(PlanRefusal::NotSupported { because });
    };
    let by_id = pools.iter().find(|known| known.id == pool);
    let mut by_name = pools.iter().filter(|known| known.name == pool);
    // A name that two pools share names none of them.
    let only = || by_name.next().filter(|_| by_name.next().is_none());
    by_id.or_else(only).ok_or_else(|| {
        let names: Vec<&str> = pools.iter().map(|pool| &*pool.name).collect();
        PlanRefusal::NotSupported {
            because: format!(
                "there is not exactly one node pool \"{pool}\"; there are: {}",
                names.join(", ")
            ),
        }
    })
}

fn check(pool: &NodePool, nodes: u32) -> Result<(), PlanRefusal> {
    if nodes == pool.nodes {
        let because = format!("node pool {} has {nodes} Nodes already", pool.name);
        return Err(PlanRefusal::NothingToDo { because });
    }
    if nodes < pool.nodes {
        let because = "Nodes are taken away by the provider's own tools, after a drain".to_owned();
        return Err(PlanRefusal::NotSupported { because });
    }
    if pool.max.is_some_and(|max| nodes > max) {
        let max = pool.max.unwrap_or_default();
        let because = format!("node pool {} may have at most {max} Nodes", pool.name);
        return Err(PlanRefusal::TooMuch { because });
    }
    if nodes - pool.nodes > MAX_MORE {
        let because = format!(
            "{} Nodes at once are more than {MAX_MORE}",
            nodes - pool.nodes
        );
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(())
}

fn step(pool: &NodePool, workload: &Target, (from, nodes): (u32, u32)) -> Step {
    let mut parameters = BTreeMap::new();
    parameters.insert("from".to_owned(), json!(from));
    parameters.insert("nodes".to_owned(), json!(nodes));
    let act = Act::Provider {
        provider: "node-pools".to_owned(),
        operation: "resize_node_pool".to_owned(),
        resource: pool.id.clone(),
        parameters,
    };
    sketch::step(
        format!("set node pool {} to {nodes} Nodes", pool.name),
        workload.clone(),
        act,
    )
}

fn ready_nodes(ground: &Ground<'_>) -> u32 {
    let nodes = ground.view.snapshot.nodes.iter();
    let ready = |node: &&Node| node.condition("Ready").is_some_and(Condition::is_true);
    u32::try_from(nodes.filter(ready).count()).unwrap_or(u32::MAX)
}
