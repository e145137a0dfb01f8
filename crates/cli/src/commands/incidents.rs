//! `dogwatch incidents`: list, show, abandon, recheck.

pub(super) mod recheck;

use dogwatch_agent::recovery::{IncidentBody, PlanBody};
use dogwatch_model::{
    ports::store::{Incident, IncidentFilter, IncidentState, Store as _, StoreError},
    record::Record,
    report::{Block, Document, Mark, Section},
};
use serde_json::{Value, json};

use super::plan;
use crate::{
    args::{
        Common, Format,
        recovery::{IncidentsAbandon, IncidentsCommand, IncidentsList, IncidentsShow},
    },
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{chain, recovery},
};

/// Incidents that are listed.
const MAX_INCIDENTS: u32 = 200;

pub(super) async fn run(command: &IncidentsCommand, common: &Common) -> Result<Exit, CliError> {
    match command {
        IncidentsCommand::List(args) => list(args).await,
        IncidentsCommand::Show(args) => show(args, common).await,
        IncidentsCommand::Abandon(args) => abandon(args).await,
        IncidentsCommand::Recheck(args) => recheck::run(args, common).await,
    }
}

async fn abandon(args: &IncidentsAbandon) -> Result<Exit, CliError> {
    let kit = recovery::kit(&args.recovery, false).await?;
    let by = kit.person().await?;
    let recovery = kit.recovery();
    let closed = recovery.abandon(&args.id, &args.reason, &by).await;
    let closed = closed.map_err(plan::error)?;
    render::print(&format!(
        "{} is {}; nothing of it awaits a decision any more\n",
        closed.id,
        closed.state.as_str()
    ));
    Ok(Exit::Ok)
}

fn failed(error: &StoreError) -> CliError {
    CliError::failure(chain(error))
}

async fn list(args: &IncidentsList) -> Result<Exit, CliError> {
    let config = Config::load(args.config.as_deref())?;
    let store = recovery::store(&config).await?;
    recheck::remind(&config, &store).await?;
    let all = store
        .incidents(&IncidentFilter::default(), MAX_INCIDENTS)
        .await;
    let mut all = all.map_err(|error| failed(&error))?;
    all.retain(|incident| !args.open || !incident.state.is_closed());
    if args.output == Format::Json {
        let rows: Vec<Value> = all.iter().map(in_json).collect();
        render::print(&render::json(
            &json!({"schema": "dogwatch.incidents/v1", "incidents": rows}),
        )?);
        return Ok(Exit::Ok);
    }
    if all.is_empty() {
        render::print("no incidents\n");
        return Ok(Exit::Ok);
    }
    let mut text = format!("{:<36}  {:<18}  {:<20}  TITLE\n", "ID", "STATE", "OPENED");
    text.extend(all.iter().map(|incident| {
        let opened = incident.opened_at.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "{:<36}  {:<18}  {opened:<20}  {}\n",
            incident.id,
            incident.state.as_str(),
            incident.title
        )
    }));
    render::print(&text);
    Ok(Exit::Ok)
}

fn in_json(incident: &Incident) -> Value {
    json!({
        "id": incident.id,
        "cluster": incident.cluster,
        "title": incident.title,
        "state": incident.state,
        "opened_at": incident.opened_at,
        "changed_at": incident.changed_at,
    })
}

async fn show(args: &IncidentsShow, common: &Common) -> Result<Exit, CliError> {
    let config = Config::load(args.config.as_deref())?;
    let store = recovery::store(&config).await?;
    recheck::remind(&config, &store).await?;
    let found = store
        .incident(&args.id)
        .await
        .map_err(|error| failed(&error))?;
    let incident = found.ok_or_else(|| {
        CliError::failure(format!(
            "there is no incident {}; `dogwatch incidents list` names those there are",
            args.id
        ))
    })?;
    let body = IncidentBody::of(&incident).map_err(plan::error)?;
    let plans = store
        .plans_of(&incident.id)
        .await
        .map_err(|error| failed(&error))?;
    let records = store.records_of_incident(&incident.id).await;
    let records = records.map_err(|error| failed(&error))?;
    let mut rows = Vec::new();
    for plan in plans.iter().rev() {
        let title = PlanBody::of(plan).map_err(plan::error)?.option.title;
        rows.push(format!(
            "{} {}: {title} ({})",
            plan.letter, plan.state, plan.id
        ));
    }
    if args.output == Format::Json {
        let mut machine = in_json(&incident);
        machine["rounds"] = json!(body.rounds);
        machine["rechecks"] = json!(body.rechecks);
        machine["earlier"] = json!(body.earlier);
        machine["abandoned"] = json!(body.abandoned);
        machine["plans"] = plans
            .iter()
            .map(|plan| json!({"id": plan.id, "letter": plan.letter, "state": plan.state}))
            .collect();
        machine["records"] = json!(records);
        render::print(&render::json(&machine)?);
        return Ok(Exit::Ok);
    }
    let document = document(&incident, &body, rows, &records);
    render::print(&render::text(&document, common.ascii));
    Ok(Exit::Ok)
}

fn document(
    incident: &Incident,
    body: &IncidentBody,
    plans: Vec<String>,
    records: &[Record],
) -> Document {
    let rounds = body.rounds.iter().map(|round| {
        let end = round.executed.as_ref();
        let end = end.map_or("nothing was executed".to_owned(), |end| {
            format!("{}: {}", end.state, end.words)
        });
        format!(
            "{}  {}  {end}",
            round.at.strftime("%H:%M:%S"),
            round.headline
        )
    });
    let timeline = records.iter().map(|record| {
        vec![
            record.seq.to_string(),
            record.ts.strftime("%H:%M:%S").to_string(),
            record
                .actor
                .as_ref()
                .map(|actor| actor.id.clone())
                .unwrap_or_default(),
            record.action.clone(),
            record.object.clone(),
        ]
    });
    let heads = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Document {
        title: incident.title.clone(),
        mark: if incident.state == IncidentState::Resolved {
            Mark::Ok
        } else {
            Mark::Warn
        },
        status: incident.state.as_str().to_owned(),
        conclusion: body
            .rounds
            .last()
            .map(|round| round.headline.clone())
            .unwrap_or_default(),
        footing: footing(incident, body),
        sections: vec![
            Section {
                heading: "Rounds".to_owned(),
                blocks: vec![Block::List(rounds.collect())],
            },
            Section {
                heading: "Later looks".to_owned(),
                blocks: vec![Block::List(later(body))],
            },
            Section {
                heading: "Plans".to_owned(),
                blocks: vec![Block::List(plans)],
            },
            Section {
                heading: "Record".to_owned(),
                blocks: vec![Block::Table {
                    columns: heads(&["SEQ", "TIME", "WHO", "ACTION", "OBJECT"]),
                    rows: timeline.collect(),
                }],
            },
        ],
    }
}

/// What was seen later of what plans had promised.
fn later(body: &IncidentBody) -> Vec<String> {
    if body.rechecks.is_empty() {
        return vec!["none".to_owned()];
    }
    let looks = body.rechecks.iter();
    looks
        .map(|look| {
            let at = look.at.strftime("%Y-%m-%dT%H:%M:%SZ");
            format!("{at}  {}  {}", look.plan, look.words)
        })
        .collect()
}

/// Which incident it is, what came before it, and who gave it up.
fn footing(incident: &Incident, body: &IncidentBody) -> String {
    let mut words = vec![
        format!("incident {}", incident.id),
        format!("cluster {}", incident.cluster),
    ];
    words.extend(body.earlier.iter().map(|id| format!("after {id}")));
    let end = body.abandoned.iter();
    words.extend(end.map(|end| format!("given up by {}: {}", end.by, end.reason)));
    words.join(", ")
}
