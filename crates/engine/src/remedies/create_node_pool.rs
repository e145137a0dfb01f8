#![doc = include_str!("create_node_pool.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, NODE_PASSWORD, PlanOption, PlanRefusal, PoolShape, RemedyRequest,
        Reversibility, Risk, Step, Target,
    },
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
    does: "Asks the provider for a new pool, with Nodes like those of another one or of a shape of their own. They cost money until the pool is deleted.",
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
            shape,
            nodes,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let machines = match shape {
            Some(shape) => Machines::Shape(shape),
            None => Machines::Like(pools::find(ground, like)?),
        };
        check(ground, name, *nodes)?;
        if let Machines::Shape(shape) = machines {
            check_shape(shape, *nodes)?;
        }
        let rollout = pools::waiting(ground, workload)?;
        ground.needs(Kind::Node)?;
        let of = machines.words();
        let title = format!("create node pool {name} with {nodes} Nodes {of}");
        let scenario = "Pods wait for capacity, and the pool that would give it cannot grow.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(name, &machines, (workload, *nodes)));
        draft
            .preconditions
            .push(format!("no node pool is called {name}"));
        draft.warnings.push(
            "going back is a plan of its own: drain its Nodes, then delete-node-pool".to_owned(),
        );
        draft
            .warnings
            .extend(shape.as_deref().and_then(by_password));
        pools::grow(ground, &mut draft, (machines.pattern(), *nodes), rollout);
        Ok(draft)
    }
}

/// What the machines of the new pool are.
enum Machines<'a> {
    /// Like those of this pool.
    Like(&'a NodePool),
    /// Of a shape of their own.
    Shape(&'a PoolShape),
}

impl<'a> Machines<'a> {
    fn words(&self) -> String {
        match self {
            Self::Like(pool) => format!("like those of {}", pool.name),
            Self::Shape(shape) => format!("of {} in {}", shape.flavor, shape.zone),
        }
    }

    fn pattern(&self) -> Option<&'a NodePool> {
        match self {
            Self::Like(pool) => Some(pool),
            Self::Shape(_) => None,
        }
    }
}

fn by_password(shape: &PoolShape) -> Option<String> {
    let variable = shape.password_from.as_ref()?;
    Some(format!(
        "logins to its Nodes are by the password in {variable}; a key pair is safer"
    ))
}

/// Refuses a shape that no provider could make.
fn check_shape(shape: &PoolShape, nodes: u32) -> Result<(), PlanRefusal> {
    let unusable = |because: &str| {
        Err(PlanRefusal::NotSupported {
            because: because.to_owned(),
        })
    };
    let words = [&shape.flavor, &shape.zone, &shape.root_volume_type];
    if words.iter().any(|word| word.trim().is_empty()) {
        return unusable("flavor, zone and type of the root volume must be named");
    }
    if shape.root_volume_size == 0 || shape.data_volumes.iter().any(|disk| disk.size == 0) {
        return unusable("a volume has at least 1 GiB");
    }
    match &shape.password_from {
        Some(_) if shape.ssh_key.is_some() => {
            return unusable("logins are by a key pair or by a password, not by both");
        }
        Some(variable) if variable != NODE_PASSWORD => {
            return unusable("a password for logins is taken from CCE_NODE_PASSWORD only");
        }
        Some(_) | None => {}
    }
    match shape.autoscaling {
        Some(bounds) if bounds.max < bounds.min || nodes < bounds.min || nodes > bounds.max => {
            unusable("the Nodes wanted must lie between minimum and maximum of the autoscaler")
        }
        _ => Ok(()),
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

fn step(name: &str, machines: &Machines<'_>, (workload, nodes): (&Target, u32)) -> Step {
    let mut parameters = BTreeMap::new();
    match machines {
        Machines::Like(pool) => parameters.insert("like".to_owned(), json!(pool.id)),
        Machines::Shape(shape) => parameters.insert("shape".to_owned(), json!(shape)),
    };
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
