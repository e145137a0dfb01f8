//! `dogwatch case verify`.

use std::path::Path;

use crate::{
    case_file::verified,
    exit::{CliError, Exit},
    render,
};

pub(super) fn run(path: &Path) -> Result<Exit, CliError> {
    let (seal, case) = verified(path)?;
    render::print(&format!(
        "OK: incident {} ({}), {} plans, {} records, {} recordings; signed with {} at {}\n",
        case.incident.id,
        case.incident.state,
        case.plans.len(),
        case.records.len(),
        case.recordings.len(),
        seal.signed.public_key,
        seal.signed.checkpoint.at
    ));
    Ok(Exit::Ok)
}
