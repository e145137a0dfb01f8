//! `dogwatch case export`.

use std::fs;

use dogwatch_adapters::store::SqlStore;
use dogwatch_agent::recovery::{IncidentBody, PlanBody};
use dogwatch_model::{
    canonical::sha256_hex,
    ports::store::{Plan, Store as _, StoreError},
    record::Checkpoint,
};
use jiff::Timestamp;

use super::recordings;
use crate::{
    args::recovery::CaseExport,
    case_file::{Case, CaseIncident, CasePlan, CaseRecording, SCHEMA, Seal},
    commands::plan,
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{chain, checkpoints, recovery},
};

fn failed(error: &StoreError) -> CliError {
    CliError::failure(chain(error))
}

pub(super) async fn run(args: &CaseExport) -> Result<Exit, CliError> {
    let config = Config::load(args.config.as_deref())?;
    let store = recovery::store(&config).await?;
    let case = case(&store, &args.incident).await?;
    let count = case.records.len();
    let missing = case.incident.body.rounds.len() - case.recordings.len();
    let body = serde_json::to_string(&case);
    let body = body.map_err(|error| CliError::failure(error.to_string()))?;
    let seal = seal(&store, &body, count)?;
    let first = serde_json::to_string(&seal);
    let first = first.map_err(|error| CliError::failure(error.to_string()))?;
    fs::write(&args.file, format!("{first}\n{body}\n")).map_err(|error| {
        CliError::failure(format!(
            "{} cannot be written: {error}",
            args.file.display()
        ))
    })?;
    render::print(&format!(
        "{}: {} rounds, {} plans, {count} records, signed with {}\n",
        args.file.display(),
        case.incident.body.rounds.len(),
        case.plans.len(),
        seal.signed.public_key
    ));
    if missing > 0 {
        anstream::eprintln!(
            "{missing} rounds have no recording on this machine and cannot be replayed"
        );
    }
    Ok(Exit::Ok)
}

async fn case(store: &SqlStore, id: &str) -> Result<Case, CliError> {
    let incident = store.incident(id).await.map_err(|error| failed(&error))?;
    let incident = incident.ok_or_else(|| {
        CliError::failure(format!(
            "there is no incident {id}; `dogwatch incidents list` names those there are"
        ))
    })?;
    let body = IncidentBody::of(&incident).map_err(plan::error)?;
    let mut plans = Vec::new();
    for known in store.plans_of(id).await.map_err(|error| failed(&error))? {
        plans.push(case_plan(store, known).await?);
    }
    let mut kept = Vec::new();
    for (round, known) in body.rounds.iter().enumerate() {
        if let Some(recording) = recording(id, round, &known.recording)? {
            kept.push(recording);
        }
    }
    Ok(Case {
        records: store
            .records_of_incident(id)
            .await
            .map_err(|error| failed(&error))?,
        incident: CaseIncident {
            id: incident.id,
            cluster: incident.cluster,
            title: incident.title,
            state: incident.state.as_str().to_owned(),
            body,
        },
        plans,
        recordings: kept,
    })
}

async fn case_plan(store: &SqlStore, known: Plan) -> Result<CasePlan, CliError> {
    let approvals = store
        .approvals(&known.id)
        .await
        .map_err(|error| failed(&error))?;
    let steps = store
        .steps(&known.id)
        .await
        .map_err(|error| failed(&error))?;
    let body = PlanBody::of(&known).map_err(plan::error)?;
    let decision = |one: &dogwatch_model::ports::store::Approval| {
        [
            one.by.clone(),
            one.verdict.as_str().to_owned(),
            one.decided_at.to_string(),
            one.proof.clone(),
        ]
    };
    let step = |one: &dogwatch_model::ports::store::Step| {
        [
            one.n.to_string(),
            one.state.as_str().to_owned(),
            one.outcome.clone().unwrap_or_default(),
        ]
    };
    Ok(CasePlan {
        decisions: approvals.iter().map(decision).collect(),
        steps: steps.iter().map(step).collect(),
        id: known.id,
        letter: known.letter,
        digest: known.digest,
        state: known.state,
        body,
    })
}

/// The recording of a round, when it is here and is what the incident says.
fn recording(id: &str, round: usize, hash: &str) -> Result<Option<CaseRecording>, CliError> {
    let path = recordings::path(id, round)?;
    let Ok(bytes) = fs::read(&path) else {
        return Ok(None);
    };
    let recording = CaseRecording::of(round, &bytes);
    if recording.sha256 != hash {
        return Err(CliError::failure(format!(
            "{} is not the recording that the incident names",
            path.display()
        )));
    }
    Ok(Some(recording))
}

/// Signs the hash of the content with the key beside the store.
fn seal(store: &SqlStore, body: &str, count: usize) -> Result<Seal, CliError> {
    let key = checkpoints::key(store)?;
    let sha256 = sha256_hex(body.as_bytes());
    let checkpoint = Checkpoint {
        count: u64::try_from(count).unwrap_or(u64::MAX),
        last_hash: sha256.clone(),
        at: Timestamp::now(),
        previous: None,
    };
    let signed = key.sign(checkpoint);
    Ok(Seal {
        schema: SCHEMA.to_owned(),
        sha256,
        signed: signed.map_err(|error| CliError::failure(chain(&error)))?,
    })
}
