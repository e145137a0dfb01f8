//! `dogwatch case verify`.

use std::path::Path;

use dogwatch_model::{plan::Binding, record::Record};

use super::file::{Case, read};
use crate::{
    exit::{CliError, Exit},
    render,
};

pub(super) fn run(path: &Path) -> Result<Exit, CliError> {
    let (seal, case) = read(path)?;
    for record in &case.records {
        check_record(record)?;
    }
    check_order(&case.records)?;
    check_plans(&case)?;
    for recording in &case.recordings {
        recording.bytes()?;
    }
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

/// Records of other incidents lie between these, so each is checked by itself.
fn check_record(record: &Record) -> Result<(), CliError> {
    if record.is_intact() {
        return Ok(());
    }
    Err(CliError::failure(format!(
        "audit record {} is not what its hash says",
        record.seq
    )))
}

/// Neighbours in the chain must be neighbours here too.
fn check_order(records: &[Record]) -> Result<(), CliError> {
    for pair in records.windows(2) {
        let [one, next] = pair else { continue };
        let is_wrong = next.seq <= one.seq || next.seq == one.seq + 1 && next.prev_hash != one.hash;
        if is_wrong {
            return Err(CliError::failure(format!(
                "audit record {} does not follow record {}",
                next.seq, one.seq
            )));
        }
    }
    Ok(())
}

/// Every digest must be that of its plan.
fn check_plans(case: &Case) -> Result<(), CliError> {
    for plan in &case.plans {
        let option = &plan.body.option;
        let state = &option.state;
        let binding = Binding {
            incident_id: &state.incident_id,
            letter: state.letter,
            cluster_uid: &state.cluster_uid,
            policy_version: &state.policy_version,
        };
        let digest = option.digest(&binding, &state.preview.difference_hashes);
        let is_right = digest.is_ok_and(|digest| digest.as_str() == plan.digest);
        if !is_right || state.digest.as_str() != plan.digest {
            return Err(CliError::failure(format!(
                "the digest of {} is not that of its content",
                plan.id
            )));
        }
    }
    Ok(())
}
