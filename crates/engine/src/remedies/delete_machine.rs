#![doc = include_str!("delete_machine.md")]

use dogwatch_model::{
    plan::{Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk},
    ports::{CloudAct, GONE},
};

use super::{
    Ground, Remedy, RemedyMeta,
    machines::{self, Change},
    sketch,
};

/// Takes an empty Node out of the cluster and gives its machine back.
#[derive(Debug)]
pub(crate) struct DeleteMachine;

/// Seconds until the Node is gone.
const SECONDS: u32 = 300;

static META: RemedyMeta = RemedyMeta {
    id: "delete-machine",
    does: "Takes an empty Node out of the cluster and gives its machine back to the provider.",
    risk: Risk::High,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for DeleteMachine {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("delete_machine.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::DeleteMachine {
            node: target,
            machine,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let (node, machine) = machines::of_node(ground, target, machine)?;
        ground.can_spare(node)?;
        machines::ensure_empty(ground, node, target)?;
        let title = format!("take {target} away and give machine {} back", machine.id);
        let scenario =
            "The machine is broken for good, or no longer needed, and its Node is empty.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let change = Change {
            act: CloudAct::DeleteMachine,
            id: &machine.id,
            from: &machine.state,
            to: GONE,
        };
        let name = format!("give machine {} back", machine.id);
        machines::note(&mut draft, &change, name);
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/unschedulable"]));
        draft.verification.push(Expectation::Gone {
            object: target.clone(),
        });
        draft.impact.nodes = 1;
        draft.impact.expected_seconds = SECONDS;
        let summary = format!("{target} and the disks of its machine are gone for good");
        draft.impact.summary.push(summary);
        let cost = machines::cost("until then the machine", machine.price.as_ref());
        draft.impact.cost = Some(cost);
        draft.warnings.push(
            "a pool that wants more Nodes than it has makes a new machine: resize it at the provider to stay smaller"
                .to_owned(),
        );
        Ok(draft)
    }
}
