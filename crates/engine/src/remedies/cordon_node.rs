#![doc = include_str!("cordon_node.md")]

use dogwatch_model::plan::{
    Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
};

use super::{Ground, Remedy, RemedyMeta, sketch};

/// Keeps new Pods away from a Node, or lets them in again.
#[derive(Debug)]
pub(crate) struct CordonNode;

static META: RemedyMeta = RemedyMeta {
    id: "cordon-node",
    does: "Cordons a Node, or uncordons it. Pods that run there stay.",
    risk: Risk::Low,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for CordonNode {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("cordon_node.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::CordonNode { node, cordoned } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let known = ground.node(node)?;
        if known.spec.unschedulable == *cordoned {
            let word = if *cordoned {
                "cordoned"
            } else {
                "not cordoned"
            };
            let because = format!("{node} is {word} already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        if *cordoned {
            ground.can_spare(known)?;
        }
        let (verb, scenario) = if *cordoned {
            ("cordon", "The Node harms what is placed on it.")
        } else {
            ("uncordon", "The Node is well and its capacity is needed.")
        };
        let mut draft = sketch::draft(&META, request, format!("{verb} {node}"), scenario);
        let field = ("/spec/unschedulable", "unschedulable");
        draft.steps.push(sketch::flag(node, field, *cordoned));
        draft.rollback.push(sketch::flag(node, field, !*cordoned));
        draft
            .observed
            .push(sketch::relies_on(node, &["/spec/unschedulable"]));
        if !*cordoned {
            draft
                .warnings
                .push("somebody cordoned it: ask whether that is still needed".to_owned());
        }
        draft.impact.nodes = 1;
        draft.impact.expected_seconds = 10;
        let fact = if *cordoned {
            Fact::new("/spec/unschedulable", true)
        } else {
            Fact::absent("/spec/unschedulable")
        };
        draft.verification.push(Expectation::FieldIs {
            object: node.clone(),
            fact,
        });
        Ok(draft)
    }
}
