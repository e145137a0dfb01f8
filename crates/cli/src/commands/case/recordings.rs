//! Recordings of what the rounds of an incident read, beside the store.

use std::{fs, path::PathBuf};

use dogwatch_agent::recovery::Created;
use dogwatch_model::canonical::sha256_hex;

use crate::{commands::plan, config::state_folder, exit::CliError, wiring::recovery::Kit};

/// Keeps the recording of the round that was just made, and writes its hash into the incident.
pub(in crate::commands) async fn keep(kit: &Kit, created: &Created) -> Result<(), CliError> {
    let path = path(&created.incident.id, created.round)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            CliError::failure(format!("{} cannot be made: {error}", folder.display()))
        })?;
    }
    kit.source.save(Some(&path), &created.ledger)?;
    let bytes = fs::read(&path).map_err(|error| {
        CliError::failure(format!("{} cannot be read: {error}", path.display()))
    })?;
    let recovery = kit.recovery();
    let hash = sha256_hex(&bytes);
    let noted = recovery.note_recording(&created.incident.id, created.round, &hash);
    noted.await.map_err(plan::error)
}

/// Where the recording of a round lies.
pub(super) fn path(incident: &str, round: usize) -> Result<PathBuf, CliError> {
    let folder = state_folder()?.join("recordings").join(incident);
    Ok(folder.join(format!("round-{round}.tar.gz")))
}
