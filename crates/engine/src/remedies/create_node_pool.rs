#![doc = include_str!("create_node_pool.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{Act, Draft, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk, Step, Target},
    ports::NodePool,
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, pools, sketch};

/// A new pool like one that cannot grow.
#[derive(Debug)]
pub(crate) struct CreateNodePool;

/// Longest name: it becomes part of the names of the Nodes.
const MAX_NAME: usize = 40;

static META: RemedyMeta = RemedyMeta {
    id: "create-node-pool",
    does: "Asks the provider for a new pool with Nodes like those of another one. They cost money until the pool is deleted.",
    risk: Risk::High,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for CreateNodePool {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("create_node_pool.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::CreateNodePool {
            name,
            like,
            nodes,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let like = pools::find(ground, like)?;
        check(ground, name, *nodes)?;
        let rollout = ground.rollout(workload)?;
        ground.needs(Kind::Node)?;
        let title = format!(
            "create node pool {name} with {nodes} Nodes like those of {}",
            like.name
        );
        let scenario = "Pods wait for capacity, and the pool that would give it cannot grow.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(name, like, (workload, *nodes)));
        draft
            .preconditions
            .push(format!("no node pool is called {name}"));
        draft.warnings.push(
            "nothing here deletes a node pool: drain its Nodes and use the provider's own tools to go back".to_owned(),
        );
        pools::grow(ground, &mut draft, (like, *nodes), rollout);
        Ok(draft)
    }
}

fn check(ground: &Ground<'_>, name: &str, nodes: u32) -> Result<(), PlanRefusal> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.len() <= MAX_NAME
        && name.bytes().all(is_plain);
    if !is_name {
        let because = format!(
            "a node pool is called by at most {MAX_NAME} lower-case letters, digits and hyphens, a letter first"
        );
        return Err(PlanRefusal::NotSupported { because });
    }
    let is_known = |pool: &&NodePool| pool.name == name || pool.id == name;
    if pools::all(ground)?.iter().any(|pool| is_known(&pool)) {
        let because = format!("there is a node pool {name} already");
        return Err(PlanRefusal::NothingToDo { because });
    }
    if nodes == 0 {
        let because = "a pool without Nodes gives no capacity".to_owned();
        return Err(PlanRefusal::NothingToDo { because });
    }
    pools::check_number(nodes)
}

fn step(name: &str, like: &NodePool, (workload, nodes): (&Target, u32)) -> Step {
    let mut parameters = BTreeMap::new();
    parameters.insert("like".to_owned(), json!(like.id));
    parameters.insert("nodes".to_owned(), json!(nodes));
    let act = Act::Provider {
        provider: "node-pools".to_owned(),
        operation: "create_node_pool".to_owned(),
        resource: name.to_owned(),
        parameters,
    };
    sketch::step(
        format!("create node pool {name} with {nodes} Nodes"),
        workload.clone(),
        act,
    )
}
