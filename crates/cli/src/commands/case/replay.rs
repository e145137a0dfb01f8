//! `dogwatch case replay`: the same diagnosis from the recording, byte for byte.

use std::path::Path;

use dogwatch_adapters::bundle::Bundle;
use dogwatch_agent::{
    collect::{Limits, Scope, Silent, collect},
    recovery::{MAX_PODS, Round},
};
use dogwatch_engine::report::object;
use dogwatch_model::{Alert, ObjectRef};
use jiff::Timestamp;

use crate::{
    case_file::{Case, CaseRecording, read},
    exit::{CliError, Exit},
    render,
};

pub(super) async fn run(path: &Path) -> Result<Exit, CliError> {
    let (_, case) = read(path)?;
    if case.recordings.is_empty() {
        return Err(CliError::incomplete(
            "the case file holds no recording to replay",
        ));
    }
    for recording in &case.recordings {
        replay(&case, recording, path).await?;
    }
    render::print(&format!(
        "OK: {} rounds of {} lead to the same diagnosis, byte for byte\n",
        case.recordings.len(),
        case.incident.id
    ));
    Ok(Exit::Ok)
}

async fn replay(case: &Case, recording: &CaseRecording, path: &Path) -> Result<(), CliError> {
    let round = case.round(recording.round)?;
    let again = diagnosis(case, round, &recording.bundle(path)?).await?;
    let kept = round.diagnosis.to_string();
    if again == kept {
        return Ok(());
    }
    Err(CliError::failure(format!(
        "round {} leads to another diagnosis than the one that was kept",
        recording.round
    )))
}

async fn diagnosis(case: &Case, round: &Round, bundle: &Bundle) -> Result<String, CliError> {
    let now = Timestamp::now();
    let mut snapshot = collect(bundle, &Scope::Plans, &Limits::default(), &Silent, now).await;
    let body = &case.incident.body;
    let target: ObjectRef = body.target.object().ok_or_else(|| {
        CliError::failure(format!("{} is no kind that is read", body.target.kind))
    })?;
    // The recording keeps what its own source knew; what the round was told is in the case.
    snapshot.alerts = round.alerts.iter().filter_map(Alert::from_file).collect();
    let report = object(&snapshot, &target, MAX_PODS);
    let value = serde_json::to_value(&report);
    value
        .map(|value| value.to_string())
        .map_err(|error| CliError::failure(error.to_string()))
}
