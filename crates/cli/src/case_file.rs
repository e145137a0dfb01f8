//! The case file: a line that signs, and a line that is signed. It may stand for a recording too.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_adapters::{bundle::Bundle, store::verify_checkpoint};
use dogwatch_model::{
    Alert,
    canonical::sha256_hex,
    plan::Binding,
    ports::store::PlanState,
    record::{Record, SignedCheckpoint},
};
use serde::{Deserialize, Serialize};

use dogwatch_agent::recovery::{IncidentBody, PlanBody, Round};

use crate::{exit::CliError, wiring::chain};

/// Version of the file.
pub(crate) const SCHEMA: &str = "dogwatch.case/v1";

/// How the version of every case file begins.
const FAMILY: &str = "dogwatch.case/";

/// Bytes of a first line; that of a case file has a few hundred.
const MAX_SEAL: u64 = 16 * 1024;

/// Largest case file.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Seal {
    pub(crate) schema: String,
    /// SHA-256 of the second line.
    pub(crate) sha256: String,
    /// Signature over that hash, as the last hash of a checkpoint.
    pub(crate) signed: SignedCheckpoint,
}

/// The second line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) incident: CaseIncident,
    pub(crate) plans: Vec<CasePlan>,
    /// The audit records of the incident.
    pub(crate) records: Vec<Record>,
    /// What each round read.
    pub(crate) recordings: Vec<CaseRecording>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CaseIncident {
    pub(crate) id: String,
    pub(crate) cluster: String,
    pub(crate) title: String,
    pub(crate) state: String,
    pub(crate) body: IncidentBody,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CasePlan {
    pub(crate) id: String,
    pub(crate) letter: char,
    pub(crate) digest: String,
    pub(crate) state: PlanState,
    pub(crate) body: PlanBody,
    /// Decisions: identity, verdict, time, proof.
    pub(crate) decisions: Vec<[String; 4]>,
    /// Steps: number, state, outcome.
    pub(crate) steps: Vec<[String; 3]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CaseRecording {
    pub(crate) round: usize,
    pub(crate) sha256: String,
    /// The support bundle (.tar.gz), in base64.
    pub(crate) data: String,
}

impl Case {
    /// What a recorded round found.
    pub(crate) fn round(&self, number: usize) -> Result<&Round, CliError> {
        self.incident.body.rounds.get(number).ok_or_else(|| {
            CliError::failure(format!(
                "the case has a recording of round {number} and no such round"
            ))
        })
    }
}

impl CaseRecording {
    pub(crate) fn of(round: usize, bytes: &[u8]) -> Self {
        Self {
            round,
            sha256: sha256_hex(bytes),
            data: STANDARD.encode(bytes),
        }
    }

    /// What the round read.
    pub(crate) fn bundle(&self, path: &Path) -> Result<Bundle, CliError> {
        let bundle = Bundle::of_archive(path, &self.bytes()?);
        bundle.map_err(|error| CliError::failure(chain(&error)))
    }

    /// The bytes, when they are what the hash says.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, CliError> {
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

/// True for a file that says that it is a case file, whether it is a good one or not.
pub(crate) fn is_case(path: &Path) -> bool {
    #[derive(Deserialize)]
    struct Named {
        schema: String,
    }
    let is_file = fs::metadata(path).is_ok_and(|about| about.is_file());
    let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
        return false;
    };
    let mut first = Vec::new();
    let read = BufReader::new(file.take(MAX_SEAL)).read_until(b'\n', &mut first);
    let named = read
        .ok()
        .and_then(|_| serde_json::from_slice::<Named>(&first).ok());
    named.is_some_and(|named| named.schema.starts_with(FAMILY))
}

/// The newest recording in a case file that is what was signed, with the alerts of its round, and a
/// sentence that says which one it is.
pub(crate) fn recording(path: &Path) -> Result<(Bundle, String), CliError> {
    let (seal, case) = verified(path)?;
    let newest = case.recordings.iter().max_by_key(|known| known.round);
    let newest = newest.ok_or_else(|| {
        CliError::incomplete(format!("{} holds no recording to read", path.display()))
    })?;
    let (number, id) = (newest.round, &case.incident.id);
    let round = case.round(number)?;
    let alerts = round.alerts.iter().filter_map(Alert::from_file).collect();
    let bundle = newest.bundle(path)?.with_alerts(alerts);
    let words = format!(
        "{}: round {number} of {id}, signed with {} at {}",
        path.display(),
        seal.signed.public_key,
        seal.signed.checkpoint.at
    );
    Ok((bundle, words))
}

/// Reads a case file and checks everything in it: hash and signature, every record, digest and recording.
pub(crate) fn verified(path: &Path) -> Result<(Seal, Case), CliError> {
    let (seal, case) = read(path)?;
    for record in &case.records {
        check_record(record)?;
    }
    check_order(&case.records)?;
    check_plans(&case)?;
    for recording in &case.recordings {
        recording.bytes()?;
    }
    Ok((seal, case))
}

/// Reads a case file and checks hash and signature.
pub(crate) fn read(path: &Path) -> Result<(Seal, Case), CliError> {
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
