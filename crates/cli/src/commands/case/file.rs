//! The case file: a line that signs, and a line that is signed.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_adapters::store::verify_checkpoint;
use dogwatch_model::{
    canonical::sha256_hex,
    ports::store::PlanState,
    record::{Record, SignedCheckpoint},
};
use serde::{Deserialize, Serialize};

use dogwatch_agent::recovery::{IncidentBody, PlanBody};

use crate::exit::CliError;

/// Version of the file.
pub(super) const SCHEMA: &str = "dogwatch.case/v1";

/// Largest case file.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Seal {
    pub(super) schema: String,
    /// SHA-256 of the second line.
    pub(super) sha256: String,
    /// Signature over that hash, as the last hash of a checkpoint.
    pub(super) signed: SignedCheckpoint,
}

/// The second line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Case {
    pub(super) incident: CaseIncident,
    pub(super) plans: Vec<CasePlan>,
    /// The audit records of the incident.
    pub(super) records: Vec<Record>,
    /// What each round read.
    pub(super) recordings: Vec<CaseRecording>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CaseIncident {
    pub(super) id: String,
    pub(super) cluster: String,
    pub(super) title: String,
    pub(super) state: String,
    pub(super) body: IncidentBody,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CasePlan {
    pub(super) id: String,
    pub(super) letter: char,
    pub(super) digest: String,
    pub(super) state: PlanState,
    pub(super) body: PlanBody,
    /// Decisions: identity, verdict, time, proof.
    pub(super) decisions: Vec<[String; 4]>,
    /// Steps: number, state, outcome.
    pub(super) steps: Vec<[String; 3]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CaseRecording {
    pub(super) round: usize,
    pub(super) sha256: String,
    /// The support bundle (.tar.gz), in base64.
    pub(super) data: String,
}

impl CaseRecording {
    pub(super) fn of(round: usize, bytes: &[u8]) -> Self {
        Self {
            round,
            sha256: sha256_hex(bytes),
            data: STANDARD.encode(bytes),
        }
    }

    /// The bytes, when they are what the hash says.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, CliError> {
        let bytes = STANDARD.decode(&self.data).unwrap_or_default();
        if sha256_hex(&bytes) != self.sha256 {
            return Err(CliError::failure(format!(
                "the recording of round {} is not what its hash says",
                self.round
            )));
        }
        Ok(bytes)
    }
}

/// Reads a case file and checks hash and signature.
pub(super) fn read(path: &Path) -> Result<(Seal, Case), CliError> {
    let shown = path.display();
    let bad = |what: String| CliError::failure(format!("{shown}: {what}"));
    let size = fs::metadata(path)
        .map_err(|error| bad(error.to_string()))?
        .len();
    if size > MAX_BYTES {
        return Err(bad(format!("{size} bytes are more than {MAX_BYTES}")));
    }
    let text = fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let no_case = || bad("this is no case file of Dogwatch".to_owned());
    let (first, second) = text.split_once('\n').ok_or_else(no_case)?;
    let seal: Seal = serde_json::from_str(first).map_err(|_| no_case())?;
    let body = second.strip_suffix('\n').unwrap_or(second);
    if seal.schema != SCHEMA {
        return Err(bad(format!(
            "\"{}\" is no version that is understood",
            seal.schema
        )));
    }
    let hash = sha256_hex(body.as_bytes());
    if hash != seal.sha256 || hash != seal.signed.checkpoint.last_hash {
        return Err(bad("the content is not what was signed".to_owned()));
    }
    verify_checkpoint(&seal.signed, &seal.signed.public_key)
        .map_err(|error| bad(error.to_string()))?;
    let case = serde_json::from_str(body)
        .map_err(|error| bad(format!("the content cannot be understood: {error}")))?;
    Ok((seal, case))
}
