//! `dogwatch plan show` and `plan diff`.

use dogwatch_agent::recovery::{Made, PlanBody};
use dogwatch_engine::report::{PlanEntry, diff_document, plans_document};
use dogwatch_model::{
    ports::store::{Approval, Plan, Store as _, Verdict},
    report::Document,
};
use serde_json::{Value, json};

use super::error;
use crate::{
    args::{
        Common, Format,
        recovery::{PlanName, PlanShow},
    },
    commands::incidents::recheck,
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{chain, recovery},
};

pub(super) async fn run(args: &PlanShow, common: &Common) -> Result<Exit, CliError> {
    let config = Config::load(args.config.as_deref())?;
    let store = recovery::store(&config).await?;
    recheck::remind(&config, &store).await?;
    let failed = |error: dogwatch_model::ports::store::StoreError| CliError::failure(chain(&error));
    let plans: Vec<Plan> = match store.plan(&args.id).await.map_err(failed)? {
        Some(plan) => vec![plan],
        None => store.plans_of(&args.id).await.map_err(failed)?,
    };
    if plans.is_empty() {
        return Err(CliError::failure(format!(
            "there is no plan and no incident with plans named {}; `dogwatch incidents list` names the incidents",
            args.id
        )));
    }
    let mut all = Vec::new();
    for plan in plans {
        let approvals = store.approvals(&plan.id).await.map_err(failed)?;
        let body = PlanBody::of(&plan).map_err(error)?;
        all.push((Made { plan, body }, approvals));
    }
    all.sort_by_key(|(made, _)| (made.plan.letter, made.plan.saved_at));
    let entries: Vec<_> = all.iter().map(|(made, said)| entry(made, said)).collect();
    let document = plans_document(&args.id, "", &entries, Vec::new());
    let machine = json!({
        "schema": "dogwatch.plans/v1",
        "plans": all.iter().map(|(made, _)| in_json(made)).collect::<Vec<_>>(),
    });
    print(args.output, &document, &machine, common)?;
    Ok(Exit::Ok)
}

pub(super) async fn diff(args: &PlanName, common: &Common) -> Result<Exit, CliError> {
    let config = Config::load(args.recovery.config.as_deref())?;
    let store = recovery::store(&config).await?;
    let plan = store.plan(&args.plan).await;
    let plan = plan.map_err(|error| CliError::failure(chain(&error)))?;
    let plan = plan.ok_or_else(|| CliError::failure(format!("there is no plan {}", args.plan)))?;
    let body = PlanBody::of(&plan).map_err(error)?;
    let made = Made { plan, body };
    let document = diff_document(&entry(&made, &[]));
    render::print(&render::text(&document, common.ascii));
    Ok(Exit::Ok)
}

/// What a document says of a plan.
pub(super) fn entry<'a>(made: &'a Made, said: &[Approval]) -> PlanEntry<'a> {
    let decision = |one: &Approval| {
        let word = match one.verdict {
            Verdict::Approve => "approved",
            Verdict::Deny => "rejected",
        };
        format!("{word} by {} at {}", one.by, one.decided_at)
    };
    PlanEntry {
        id: &made.plan.id,
        state: made.plan.state.as_str(),
        expires_at: made.plan.expires_at,
        option: &made.body.option,
        decisions: said.iter().map(decision).collect(),
    }
}

/// A plan for machines.
pub(super) fn in_json(made: &Made) -> Value {
    json!({
        "id": made.plan.id,
        "incident": made.plan.incident_id,
        "letter": made.plan.letter,
        "digest": made.plan.digest,
        "state": made.plan.state,
        "expires_at": made.plan.expires_at,
        "requester": made.body.requester,
        "typed": made.body.option.typed(),
        "option": made.body.option,
    })
}

/// One document in the wanted format.
pub(super) fn print(
    format: Format,
    document: &Document,
    machine: &Value,
    common: &Common,
) -> Result<(), CliError> {
    let text = match format {
        Format::Text => render::text(document, common.ascii),
        Format::Json => render::json(machine)?,
        Format::Yaml => render::yaml(machine)?,
        Format::Markdown => render::in_markdown(document),
        Format::Html | Format::Junit | Format::Sarif => {
            return Err(CliError::usage(
                "plans are printed as text, json, yaml or markdown",
            ));
        }
    };
    render::print(&text);
    Ok(())
}
