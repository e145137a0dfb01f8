//! The documents of plans: what is offered, what it would change, how it ended.

use dogwatch_model::{
    plan::{Expectation, Outcome, PlanOption, Previewed, Verification},
    report::{Block, Document, Mark, Section},
};
use jiff::Timestamp;

/// What is known of a plan besides its content.
#[derive(Debug, Clone)]
pub struct PlanEntry<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it stands.
    pub state: &'a str,
    /// When the preview ends.
    pub expires_at: Timestamp,
    /// What was previewed.
    pub option: &'a PlanOption<Previewed>,
    /// Decisions so far, in words.
    pub decisions: Vec<String>,
}

/// Differences shown to a person.
const MAX_DIFFERENCES: usize = 20;

/// The document of the options of an incident.
pub fn plans_document(
    title: &str,
    conclusion: &str,
    plans: &[PlanEntry<'_>],
    remarks: Vec<String>,
) -> Document {
    let mut sections: Vec<Section> = plans.iter().map(section).collect();
    if !remarks.is_empty() {
        sections.push(Section {
            heading: "Not offered, not known".to_owned(),
            blocks: vec![Block::List(remarks)],
        });
    }
    let can_do = plans
        .iter()
        .filter(|plan| plan.option.state.preview.blocked.is_empty())
        .count();
    Document {
        title: title.to_owned(),
        mark: if can_do > 0 { Mark::Warn } else { Mark::Unkn },
        status: if can_do > 0 {
            "awaiting approval"
        } else {
            "for a person"
        }
        .to_owned(),
        conclusion: conclusion.to_owned(),
        footing: "Nothing has been changed. A plan runs only after it was approved.".to_owned(),
        sections,
    }
}

fn section(plan: &PlanEntry<'_>) -> Section {
    let option = plan.option;
    let mut blocks = vec![Block::Text(option.scenario.clone())];
    let mut facts = vec![
        format!(
            "plan: {} ({}), digest {}",
            plan.id,
            plan.state,
            option.state.digest.short()
        ),
        format!("risk: {}, {}", option.risk, option.reversibility),
    ];
    if !option.steps.is_empty() {
        facts.extend(facts_of(option));
        let expires = plan.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ");
        facts.push(format!("expires: {expires}"));
        if let Some(spoken) = option.request.spoken() {
            facts.push(format!(
                "approved by typing: {spoken} {}",
                option.state.digest.short()
            ));
        }
    }
    facts.extend(plan.decisions.iter().cloned());
    blocks.push(Block::List(facts));
    if !option.steps.is_empty() {
        blocks.push(steps(option));
    }
    if !option.verification.is_empty() && !option.steps.is_empty() {
        let expected = option.verification.iter().map(Expectation::to_string);
        blocks.push(Block::Text("It has worked when:".to_owned()));
        blocks.push(Block::List(expected.collect()));
    }
    for reason in &option.state.preview.blocked {
        blocks.push(Block::Text(format!("Cannot be executed: {reason}.")));
    }
    if option.state.preview.blocked.is_empty() && plan.state == "awaiting" {
        blocks.push(Block::Commands(vec![
            format!("dogwatch plan approve {}", plan.id),
            format!("dogwatch plan execute {}", plan.id),
        ]));
    }
    Section {
        heading: format!("Option {}: {}", option.state.letter, option.title),
        blocks,
    }
}

/// Impact, prediction, warnings and the way back, a line each.
fn facts_of(option: &PlanOption<Previewed>) -> Vec<String> {
    let impact = &option.impact;
    let mut facts = Vec::new();
    if !impact.summary.is_empty() {
        facts.push(format!("impact: {}", impact.summary.join("; ")));
    }
    if impact.ready_lost_percent > 0 {
        facts.push(format!(
            "at most {} % of the Ready Pods are missing meanwhile",
            impact.ready_lost_percent
        ));
    }
    if let Some(fit) = &option.fit {
        let words = if fit.fits >= fit.asked {
            format!("prediction: all {} new Pods find a place", fit.asked)
        } else {
            format!(
                "prediction: {} of {} new Pods stay Pending: {}",
                fit.asked - fit.fits,
                fit.asked,
                fit.shortfall
            )
        };
        facts.push(words);
    }
    if let Some(cost) = &impact.cost {
        facts.push(format!("cost: {cost}"));
    }
    facts.extend(
        option
            .warnings
            .iter()
            .map(|warning| format!("note: {warning}")),
    );
    facts.push(match option.rollback.first() {
        Some(step) => format!("way back: {}", step.name),
        None => "way back: none".to_owned(),
    });
    facts.push(format!("takes about {} s", impact.expected_seconds));
    facts
}

fn steps(option: &PlanOption<Previewed>) -> Block {
    let steps = option.steps.iter();
    Block::List(
        steps
            .map(|step| format!("step {}: {}", step.n, step.name))
            .collect(),
    )
}

/// The document of what a plan would change, field by field.
pub fn diff_document(plan: &PlanEntry<'_>) -> Document {
    let option = plan.option;
    let differences = &option.state.preview.differences;
    let shown = differences.iter().take(MAX_DIFFERENCES).map(|one| {
        let value = |text: &String| {
            if text.is_empty() {
                "(nothing)".to_owned()
            } else {
                text.clone()
            }
        };
        format!(
            "step {}, {} {}: {} -> {}",
            one.step,
            one.target,
            one.field,
            value(&one.before),
            value(&one.after)
        )
    });
    let mut blocks = vec![Block::List(shown.collect())];
    if differences.len() > MAX_DIFFERENCES {
        let more = differences.len() - MAX_DIFFERENCES;
        blocks.push(Block::Text(format!(
            "{more} more fields; `-o json` of plan show has them all."
        )));
    }
    Document {
        title: format!("Option {}: {}", option.state.letter, option.title),
        mark: Mark::Info,
        status: plan.state.to_owned(),
        conclusion: "What the API server says it would change, from a dry run.".to_owned(),
        footing: format!("digest {}", option.state.digest),
        sections: vec![Section {
            heading: "Changes".to_owned(),
            blocks,
        }],
    }
}

/// The document of an executed plan.
pub fn ended_document(
    plan: &PlanEntry<'_>,
    words: &str,
    verification: &Verification,
    next: Vec<String>,
) -> Document {
    let is_good = plan.state == "succeeded";
    let verdicts = verification.verdicts.iter().map(|verdict| {
        let word = match verdict.outcome {
            Outcome::Met => "met",
            Outcome::Unmet => "not met",
            Outcome::Undecided => "not known",
        };
        format!("{word}: {} ({})", verdict.expectation, verdict.seen)
    });
    let mut sections = vec![Section {
        heading: "Verification".to_owned(),
        blocks: vec![Block::List(verdicts.collect())],
    }];
    if verification.verdicts.is_empty() {
        sections.clear();
    }
    if !next.is_empty() {
        sections.push(Section {
            heading: "What next".to_owned(),
            blocks: vec![Block::Commands(next)],
        });
    }
    Document {
        title: format!("Option {}: {}", plan.option.state.letter, plan.option.title),
        mark: if is_good { Mark::Ok } else { Mark::Crit },
        status: plan.state.to_owned(),
        conclusion: words.to_owned(),
        footing: format!(
            "plan {}, digest {}",
            plan.id,
            plan.option.state.digest.short()
        ),
        sections,
    }
}
