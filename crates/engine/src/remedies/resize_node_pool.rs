#![doc = include_str!("resize_node_pool.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{Act, Draft, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk, Step, Target},
    ports::NodePool,
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, pools, sketch};

/// Another number of Nodes in a pool.
#[derive(Debug)]
pub(crate) struct ResizeNodePool;

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
        let pool = pools::find(ground, pool)?;
        check(pool, *nodes)?;
        let rollout = pools::waiting(ground, workload)?;
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
        draft.warnings.push(
            "going back does not give the money back, and takes Nodes away with what runs there by then: drain them first".to_owned(),
        );
        let more = nodes.saturating_sub(pool.nodes);
        pools::grow(ground, &mut draft, (Some(pool), more), rollout);
        Ok(draft)
    }
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
    pools::check_number(nodes - pool.nodes)
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
