//! Signed checkpoints of the audit chain, in a folder that is not where the store is.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use dogwatch_adapters::store::{CheckpointKey, SqlStore, verify_checkpoint};
use dogwatch_model::{
    ports::store::Store,
    record::{Checkpoint, SignedCheckpoint},
};
use jiff::{Timestamp, tz::TimeZone};

use super::chain;
use crate::{
    config::{Config, state_folder},
    exit::CliError,
};

/// Largest checkpoint that is read.
const MAX_BYTES: u64 = 16 * 1024;

/// Checkpoints that a folder may hold: one a day for a hundred years.
const MAX_FILES: usize = 36_525;

/// How the file of a checkpoint begins, and how it ends.
const PREFIX: &str = "checkpoint-";
const SUFFIX: &str = ".json";

/// The key that signs: beside the store, or in the state folder when that is on a server.
pub(crate) fn key(store: &SqlStore) -> Result<CheckpointKey, CliError> {
    let path = key_path(store)?;
    let key = CheckpointKey::open_or_create(&path);
    key.map_err(|error| CliError::failure(chain(&error)))
}

fn key_path(store: &SqlStore) -> Result<PathBuf, CliError> {
    if let Some(path) = store.key_path() {
        return Ok(path);
    }
    let folder = state_folder()?;
    fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error.to_string()))?;
    Ok(folder.join("checkpoint.key"))
}

/// Where a checkpoint goes.
pub(crate) enum Place<'a> {
    /// Into this folder, behind the newest one there.
    Folder {
        /// The folder.
        folder: &'a Path,
        /// The day, or the moment, in the name of the file.
        name: String,
    },
    /// Into this file.
    File(&'a Path),
}

/// Signs how the chain ends now; the file that says so. A file that is there is never written over.
pub(crate) async fn write(
    store: &SqlStore,
    place: Place<'_>,
) -> Result<(PathBuf, SignedCheckpoint), CliError> {
    let (path, previous) = match place {
        Place::File(file) => (file.to_owned(), None),
        Place::Folder { folder, name } => {
            fs::create_dir_all(folder).map_err(|error| unusable(folder, &error.to_string()))?;
            let known = read_all(folder)?;
            let newest = known.last().and_then(SignedCheckpoint::digest);
            (folder.join(format!("{PREFIX}{name}{SUFFIX}")), newest)
        }
    };
    let tip = store.tip().await;
    let tip = tip.map_err(|error| CliError::failure(chain(&error)))?;
    let checkpoint = Checkpoint {
        previous,
        ..Checkpoint::of(&tip, Timestamp::now())
    };
    let signed = key(store)?.sign(checkpoint);
    let signed = signed.map_err(|error| CliError::failure(chain(&error)))?;
    let text = serde_json::to_string(&signed);
    let text = text.map_err(|error| CliError::failure(error.to_string()))?;
    put(&path, &text)?;
    Ok((path, signed))
}

fn put(path: &Path, text: &str) -> Result<(), CliError> {
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).open(path);
    let written = opened.and_then(|mut file| {
        writeln!(file, "{text}")?;
        file.sync_all()
    });
    written.map_err(|error| unusable(path, &error.to_string()))
}

/// Writes the checkpoint of this UTC day, where the configuration wants one and there is none yet. It
/// counts what was recorded before the first act of the day. That it cannot be written is told and
/// stops nothing: the chain itself is whole.
pub(crate) async fn daily(config: &Config, store: &SqlStore) {
    let Some(folder) = &config.audit.checkpoint_dir else {
        return;
    };
    let name = Timestamp::now().strftime("%Y-%m-%d").to_string();
    if folder.join(format!("{PREFIX}{name}{SUFFIX}")).exists() {
        return;
    }
    let place = Place::Folder { folder, name };
    if let Err(error) = write(store, place).await {
        anstream::eprintln!("no checkpoint of the audit chain was written: {error}");
    }
}

/// The name of a checkpoint that is wanted now.
pub(crate) fn moment() -> String {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    now.strftime("%Y-%m-%dT%H-%M-%S%.6f").to_string()
}

/// The checkpoints of a folder, by what they count, each proven to be signed by the trusted key and to
/// follow another one of the folder.
pub(crate) fn trusted(folder: &Path, key: &str) -> Result<Vec<Checkpoint>, CliError> {
    let all = read_all(folder)?;
    let bad = |number: usize, why: &str| {
        CliError::failure(format!(
            "checkpoint {} of {} in {}: {why}",
            number + 1,
            all.len(),
            folder.display()
        ))
    };
    let mut digests: Vec<String> = Vec::new();
    for (number, signed) in all.iter().enumerate() {
        verify_checkpoint(signed, key).map_err(|error| bad(number, &chain(&error)))?;
        let follows = match &signed.checkpoint.previous {
            Some(previous) => digests.contains(previous),
            None => number == 0,
        };
        if !follows {
            return Err(bad(number, "the one that it follows is missing"));
        }
        digests.extend(signed.digest());
    }
    if all.is_empty() {
        let shown = folder.display();
        return Err(CliError::failure(format!("{shown} holds no checkpoint")));
    }
    Ok(all.into_iter().map(|signed| signed.checkpoint).collect())
}

/// The public key of this store, when it has signed anything.
pub(crate) fn own_key(store: &SqlStore) -> Result<String, CliError> {
    let path = key_path(store)?;
    if !path.exists() {
        return Err(CliError::usage(
            "there is no key beside the store: name the trusted one with --key",
        ));
    }
    Ok(key(store)?.public_key())
}

/// Every checkpoint of a folder, by count and time.
fn read_all(folder: &Path) -> Result<Vec<SignedCheckpoint>, CliError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) => return Err(unusable(folder, &error.to_string())),
    };
    let mut all = Vec::new();
    for entry in listed {
        let entry = entry.map_err(|error| unusable(folder, &error.to_string()))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        if all.len() >= MAX_FILES {
            return Err(unusable(folder, "there are too many checkpoints"));
        }
        all.extend(read(&entry.path())?);
    }
    all.sort_by_key(|signed| (signed.checkpoint.count, signed.checkpoint.at));
    Ok(all)
}

/// One checkpoint; `None` when the file went away meanwhile.
fn read(path: &Path) -> Result<Option<SignedCheckpoint>, CliError> {
    let bad = |why: &str| unusable(path, why);
    let size = match fs::metadata(path) {
        Ok(known) => known.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(bad(&error.to_string())),
    };
    if size > MAX_BYTES {
        return Err(bad("it is too large for a checkpoint"));
    }
    let text = fs::read_to_string(path).map_err(|error| bad(&error.to_string()))?;
    let signed = serde_json::from_str(&text);
    signed
        .map(Some)
        .map_err(|error| bad(&format!("it is no checkpoint: {error}")))
}

fn unusable(path: &Path, why: &str) -> CliError {
    CliError::failure(format!("{} cannot be used: {why}", path.display()))
}
