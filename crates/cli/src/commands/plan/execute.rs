//! `dogwatch plan execute`.

use dogwatch_agent::recovery::{Ended, Made, RecoveryError};
use dogwatch_engine::report::ended_document;
use dogwatch_model::{approval::Refusal, ports::store::PlanState};
use serde_json::json;

use super::{create::created_document, error, next, show};
use crate::{
    args::{Common, Format, recovery::PlanExecute},
    commands::incidents::recheck,
    exit::{CliError, Exit},
    progress::Shown,
    wiring::recovery::{kit, tools},
};

pub(super) async fn run(args: &PlanExecute, common: &Common) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    recheck::remind(&kit.config, &kit.store).await?;
    let tools = tools(&args.recovery, &kit).await?;
    let recovery = kit.recovery();
    let hands = tools.hands();
    let shown = Shown::new(common.quiet);
    let ended = recovery.execute(&args.plan, &hands, &shown).await;
    drop(shown);
    if let Err(RecoveryError::Refused(Refusal::Expired { at })) = ended {
        let late = next::Late {
            plan: &args.plan,
            at,
            output: args.output,
        };
        return late.follow(&args.recovery, common).await;
    }
    let ended = ended.map_err(error)?;
    for remark in &ended.remarks {
        anstream::eprintln!("{remark}");
    }
    let (plan, body) = recovery.plan(&args.plan).await.map_err(error)?;
    let made = Made { plan, body };
    let next = if leads_on(&made, &ended) {
        next::round(&args.recovery, &args.plan, common).await?
    } else {
        None
    };
    let options = next.as_ref().map(|next| next.plans.as_slice());
    let options = options.unwrap_or_default();
    let entry = show::entry(&made, &[]);
    let words = commands(&made, &ended, options);
    let document = ended_document(&entry, &ended.words, &ended.verification, words);
    let machine = json!({
        "schema": "dogwatch.execution/v1",
        "plan": made.plan.id,
        "incident": made.plan.incident_id,
        "state": ended.state,
        "words": ended.words,
        "verification": ended.verification,
        "next": options.iter().map(show::in_json).collect::<Vec<_>>(),
    });
    if let (Some(next), Format::Text | Format::Markdown) = (&next, args.output) {
        show::print(args.output, &document, &machine, common)?;
        let (after, _) = created_document(next);
        show::print(args.output, &after, &machine, common)?;
        return Ok(exit(&ended));
    }
    show::print(args.output, &document, &machine, common)?;
    Ok(exit(&ended))
}

fn exit(ended: &Ended) -> Exit {
    match ended.state {
        PlanState::Succeeded => Exit::Ok,
        PlanState::Drifted | PlanState::Aborted => Exit::Refused,
        _ => Exit::NotRecovered,
    }
}

/// Whether another look is worth a connection; the agent decides whether there is a next round.
fn leads_on(made: &Made, ended: &Ended) -> bool {
    match ended.state {
        PlanState::Succeeded => made.body.undoes.is_some(),
        PlanState::Aborted => false,
        _ => true,
    }
}

/// What a person does next.
fn commands(made: &Made, ended: &Ended, options: &[Made]) -> Vec<String> {
    let target = &made.body.target;
    let place = if target.namespace.is_empty() {
        String::new()
    } else {
        format!(" -n {}", target.namespace)
    };
    let again = format!(
        "dogwatch plan create {}/{}{place}",
        target.plural, target.name
    );
    let plan = &made.plan.id;
    let can_do = |made: &&Made| made.body.option.state.preview.blocked.is_empty();
    let mut next: Vec<String> = options
        .iter()
        .filter(can_do)
        .map(|made| format!("dogwatch plan approve {}", made.plan.id))
        .collect();
    if next.is_empty() {
        next.push(again);
    }
    match ended.state {
        PlanState::Succeeded => vec![format!(
            "dogwatch case export {} case.json",
            made.plan.incident_id
        )],
        PlanState::Failed | PlanState::Inconclusive => {
            next.push(format!("dogwatch plan rollback {plan}"));
            next
        }
        _ => next,
    }
}
