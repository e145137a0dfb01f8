//! `dogwatch plan execute`.

use dogwatch_agent::recovery::{Ended, Made};
use dogwatch_engine::report::ended_document;
use dogwatch_model::ports::store::PlanState;
use serde_json::json;

use super::{error, show};
use crate::{
    args::{Common, recovery::PlanExecute},
    exit::{CliError, Exit},
    progress::Shown,
    wiring::recovery::{kit, tools},
};

pub(super) async fn run(args: &PlanExecute, common: &Common) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    let tools = tools(&args.recovery, &kit).await?;
    let recovery = kit.recovery();
    let hands = tools.hands();
    let shown = Shown::new(common.quiet);
    let ended = recovery
        .execute(&args.plan, &hands, &shown)
        .await
        .map_err(error)?;
    drop(shown);
    let (plan, body) = recovery.plan(&args.plan).await.map_err(error)?;
    let made = Made { plan, body };
    let entry = show::entry(&made, &[]);
    let document = ended_document(
        &entry,
        &ended.words,
        &ended.verification,
        next(&made, &ended),
    );
    let machine = json!({
        "schema": "dogwatch.execution/v1",
        "plan": made.plan.id,
        "incident": made.plan.incident_id,
        "state": ended.state,
        "words": ended.words,
        "verification": ended.verification,
    });
    show::print(args.output, &document, &machine, common)?;
    Ok(match ended.state {
        PlanState::Succeeded => Exit::Ok,
        PlanState::Drifted | PlanState::Aborted => Exit::Refused,
        _ => Exit::NotRecovered,
    })
}

/// What a person does next.
fn next(made: &Made, ended: &Ended) -> Vec<String> {
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
    match ended.state {
        PlanState::Succeeded => vec![format!(
            "dogwatch case export {} case.json",
            made.plan.incident_id
        )],
        PlanState::Failed | PlanState::Inconclusive => {
            vec![again, format!("dogwatch plan rollback {plan}")]
        }
        _ => vec![again],
    }
}
