#![doc = include_str!("delete_node_pool.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    ports::{GONE, NodePool, ResourceKind, ResourceRef},
    snapshot::Node,
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, machines, pools, sketch};
use crate::cite;

/// Gives a pool back whose Nodes are empty.
#[derive(Debug)]
pub(crate) struct DeleteNodePool;

/// Seconds until its Nodes are gone.
const SECONDS: u32 = 600;

static META: RemedyMeta = RemedyMeta {
    id: "delete-node-pool",
    does: "Gives a pool of empty Nodes back to the provider.",
    risk: Risk::High,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for DeleteNodePool {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("delete_node_pool.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::DeleteNodePool { pool, cluster } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let pool = find(ground, pool)?;
        ground.needs(Kind::Node)?;
        let members = members(ground, pool)?;
        for node in &members {
            ground.can_spare(node)?;
            machines::ensure_empty(ground, node, &target_of(node))?;
        }
        let title = format!(
            "give node pool {} with {} Nodes back",
            pool.name, pool.nodes
        );
        let scenario = "The pool is no longer needed, and its Nodes are empty.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let mut parameters = BTreeMap::new();
        parameters.insert("from".to_owned(), json!(pool.nodes));
        let act = Act::Provider {
            provider: "node-pools".to_owned(),
            operation: "delete_node_pool".to_owned(),
            resource: pool.id.clone(),
            parameters,
        };
        let name = format!("give node pool {} back", pool.name);
        draft.steps.push(sketch::step(name, cluster.clone(), act));
        draft
            .preconditions
            .push(format!("node pool {} has {} Nodes", pool.id, pool.nodes));
        draft.verification.push(Expectation::AtProvider {
            resource: ResourceRef {
                kind: ResourceKind::NodePool,
                id: pool.id.clone(),
            },
            state: GONE.to_owned(),
        });
        for node in &members {
            let object = target_of(node);
            let observed = sketch::relies_on(&object, &["/spec/unschedulable"]);
            draft.observed.push(observed);
            draft.verification.push(Expectation::Gone { object });
        }
        draft.impact.nodes = pool.nodes;
        draft.impact.expected_seconds = SECONDS;
        let summary = format!("{} Nodes and their disks are gone for good", pool.nodes);
        draft.impact.summary.push(summary);
        let cost = machines::cost("until then each Node", pool.price.as_ref());
        draft.impact.cost = Some(cost);
        Ok(draft)
    }
}

/// The pool of exactly this id: what cannot be undone is named by no name that two may share.
fn find<'a>(ground: &Ground<'a>, id: &str) -> Result<&'a NodePool, PlanRefusal> {
    let mut all = pools::all(ground)?.iter();
    all.find(|known| known.id == id).ok_or_else(|| {
        machines::unsupported(format!(
            "there is no node pool with the id \"{id}\"; a name is not enough here"
        ))
    })
}

/// The Nodes of a pool, all of them.
fn members<'a>(ground: &Ground<'a>, pool: &NodePool) -> Result<Vec<&'a Node>, PlanRefusal> {
    let known = pool.members.iter();
    let nodes: Vec<&Node> = known
        .filter_map(|name| ground.view.snapshot.node(name))
        .collect();
    if usize::try_from(pool.nodes).is_ok_and(|wanted| wanted > nodes.len()) {
        let needs = format!("which Nodes belong to node pool {}", pool.id);
        return Err(PlanRefusal::NotKnown { needs });
    }
    if nodes.len() > machines::MAX_NODES {
        let because = format!(
            "{} Nodes at once are more than {}",
            nodes.len(),
            machines::MAX_NODES
        );
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(nodes)
}

fn target_of(node: &Node) -> Target {
    Target::of(&cite::object(Kind::Node, &node.meta))
}
