#![doc = include_str!("start_machine.md")]

use dogwatch_model::{
    plan::{
        Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk, Target,
    },
    ports::{CloudAct, Machine, RUNNING, STOPPED},
    snapshot::Node,
};

use super::{
    Ground, Remedy, RemedyMeta,
    machines::{self, Change},
    sketch,
};

/// Starts the machine of a Node, or shuts it down.
#[derive(Debug)]
pub(crate) struct StartMachine;

/// Seconds until a machine that was started is a Ready Node, or one that was stopped is quiet.
const SECONDS: u32 = 300;

static META: RemedyMeta = RemedyMeta {
    id: "start-machine",
    does: "Asks the provider to start the machine of a Node, or to shut it down (stop-machine).",
    risk: Risk::High,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for StartMachine {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("start_machine.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::StartMachine {
            node: target,
            machine,
            on,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let (node, machine) = machines::of_node(ground, target, machine)?;
        let (from, to) = if *on {
            (STOPPED, RUNNING)
        } else {
            (RUNNING, STOPPED)
        };
        check_state(machine, (from, to), target)?;
        if *on {
            let title = format!("start machine {} of {target}", machine.id);
            let scenario = "The Node is not Ready because its machine is stopped.";
            let mut draft = sketch::draft(&META, request, title, scenario);
            change(&mut draft, machine, true);
            let cost = machines::cost("a running machine", machine.price.as_ref());
            draft.impact.cost = Some(cost);
            expect_start(ground, &mut draft, node);
            return Ok(draft);
        }
        ground.can_spare(node)?;
        machines::ensure_empty(ground, node, target)?;
        let title = format!("shut machine {} of {target} down", machine.id);
        let scenario = "The machine is to be looked at or repaired, and nothing runs on its Node.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        change(&mut draft, machine, false);
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/unschedulable"]));
        Ok(draft)
    }
}

fn check_state(
    machine: &Machine,
    (from, to): (&str, &str),
    target: &Target,
) -> Result<(), PlanRefusal> {
    let because = format!(
        "machine {} of {target} is {} at the provider",
        machine.id, machine.state
    );
    if machine.state == to {
        return Err(PlanRefusal::NothingToDo { because });
    }
    if machine.state != from {
        let because = format!("{because}; wait until it is {from}");
        return Err(machines::unsupported(because));
    }
    Ok(())
}

/// The change, and the way back.
fn change(draft: &mut PlanOption<Draft>, machine: &Machine, on: bool) {
    let start = Change {
        act: CloudAct::StartMachine,
        id: &machine.id,
        from: STOPPED,
        to: RUNNING,
    };
    let stop = Change {
        act: CloudAct::StopMachine,
        id: &machine.id,
        from: RUNNING,
        to: STOPPED,
    };
    let names = [
        format!("start machine {}", machine.id),
        format!("shut machine {} down", machine.id),
    ];
    let [starting, stopping] = names;
    let (forth, back) = if on {
        ((&start, starting), (&stop, stopping))
    } else {
        ((&stop, stopping), (&start, starting))
    };
    machines::note(draft, forth.0, forth.1);
    let target = draft.steps[0].target.clone();
    draft.rollback.push(back.0.step(back.1, &target));
    draft.impact.nodes = 1;
    draft.impact.expected_seconds = SECONDS;
    if on {
        draft.warnings.push(
            "going back shuts the machine down with whatever runs there by then: drain its Node first"
                .to_owned(),
        );
    }
}

fn expect_start(ground: &Ground<'_>, draft: &mut PlanOption<Draft>, node: &Node) {
    let before = machines::ready_nodes(ground);
    let own = u32::from(!machines::is_ready(node));
    draft.verification.push(Expectation::NodesReady {
        before,
        at_least: before + own,
    });
}
