#![doc = include_str!("reboot_machine.md")]

use dogwatch_model::{
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    ports::{CloudAct, Machine, RUNNING, STOPPED},
    snapshot::Node,
};
use serde_json::json;

use super::{
    Ground, Remedy, RemedyMeta,
    machines::{self, Change},
    sketch,
};

/// Starts the machine of a Node anew.
#[derive(Debug)]
pub(crate) struct RebootMachine;

/// Seconds until a machine that was started anew is a Ready Node.
const SECONDS: u32 = 300;

static META: RemedyMeta = RemedyMeta {
    id: "reboot-machine",
    does: "Asks the provider to start the machine of a Node anew.",
    risk: Risk::High,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for RebootMachine {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("reboot_machine.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RebootMachine {
            node: target,
            machine,
            hard,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let (node, machine) = machines::of_node(ground, target, machine)?;
        check(ground, (node, machine), target)?;
        let how = if *hard { " by its power" } else { "" };
        let title = format!("start machine {} of {target} anew{how}", machine.id);
        let scenario = "The Node does not answer, and its operating system is what hangs.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let act = if *hard {
            CloudAct::ResetMachine
        } else {
            CloudAct::RebootMachine
        };
        let change = Change {
            act,
            id: &machine.id,
            from: RUNNING,
            to: RUNNING,
        };
        let name = format!("start machine {} anew", machine.id);
        machines::note(&mut draft, &change, name);
        remember_start(&mut draft, machine);
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/unschedulable"]));
        let down = machines::movable(ground, node).count();
        draft.impact.nodes = 1;
        draft.impact.pods_restarted = u32::try_from(down).unwrap_or(u32::MAX);
        draft.impact.expected_seconds = SECONDS;
        let summary = format!("{down} Pods of {target} start anew, besides those of DaemonSets");
        draft.impact.summary.push(summary);
        expect(ground, &mut draft, (node, target));
        if *hard {
            let lost = "what was not written to disk is lost: try without hard first";
            draft.warnings.push(lost.to_owned());
        }
        Ok(draft)
    }
}

fn check(
    ground: &Ground<'_>,
    (node, machine): (&Node, &Machine),
    target: &Target,
) -> Result<(), PlanRefusal> {
    if machine.state == STOPPED {
        let because = format!(
            "machine {} of {target} is stopped; start it (start-machine)",
            machine.id
        );
        return Err(machines::unsupported(because));
    }
    if machine.state != RUNNING {
        let because = format!(
            "machine {} of {target} is {} at the provider; wait until it is running",
            machine.id, machine.state
        );
        return Err(machines::unsupported(because));
    }
    // A Node that is not Ready serves nobody; one that is must have nothing to lose.
    if machines::is_ready(node) {
        ground.can_spare(node)?;
        machines::ensure_empty(ground, node, target)?;
    }
    Ok(())
}

/// Two starts of a machine differ in their time, and in nothing else that a provider tells.
fn remember_start(draft: &mut PlanOption<Draft>, machine: &Machine) {
    let Some(started_at) = &machine.started_at else {
        let blind = "the provider does not tell when the machine was started: without an answer to the request nothing tells whether it was done";
        draft.warnings.push(blind.to_owned());
        return;
    };
    for step in &mut draft.steps {
        if let Act::Provider { parameters, .. } = &mut step.act {
            parameters.insert("startedAt".to_owned(), json!(started_at));
        }
    }
}

fn expect(ground: &Ground<'_>, draft: &mut PlanOption<Draft>, (node, target): (&Node, &Target)) {
    let boot_id = &node.status.node_info.boot_id;
    if boot_id.is_empty() {
        let blind = format!(
            "the kubelet of {target} tells no boot id: that it was started anew is the provider's word alone"
        );
        draft.warnings.push(blind);
    } else {
        draft.verification.push(Expectation::Rebooted {
            node: target.clone(),
            boot_id: boot_id.to_string(),
        });
    }
    let before = machines::ready_nodes(ground);
    let own = u32::from(!machines::is_ready(node));
    draft.verification.push(Expectation::NodesReady {
        before,
        at_least: before + own,
    });
}
