//! `dogwatch audit`: verify, export, checkpoint.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use dogwatch_model::{
    ports::store::Store as _,
    record::{Break, ChainWalk, Checkpoint, Record, Tip},
};

use crate::{
    args::recovery::{AuditCheckpoint, AuditCommand, AuditExport, AuditVerify},
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{
        chain,
        checkpoints::{self, Place},
        recovery,
    },
};

/// Records that are read at a time.
const PAGE: u32 = 500;

pub(super) async fn run(command: &AuditCommand) -> Result<Exit, CliError> {
    match command {
        AuditCommand::Verify(args) => verify(args).await,
        AuditCommand::Export(args) => export(args).await,
        AuditCommand::Checkpoint(args) => checkpoint(args).await,
    }
}

async fn verify(args: &AuditVerify) -> Result<Exit, CliError> {
    let checkpoints = checkpoints_of(args).await?;
    let known = checkpoints.len();
    let walk = ChainWalk::new(checkpoints);
    let walked = match &args.file {
        Some(file) => walk_file(file, walk)?,
        None => walk_store(args, walk).await?,
    };
    match walked {
        Ok(tip) => {
            let agrees = match known {
                0 => String::new(),
                known => format!(", {known} signed checkpoints agree"),
            };
            render::print(&format!(
                "OK: {} records, the last hash is {}{agrees}\n",
                tip.count, tip.last_hash
            ));
            Ok(Exit::Ok)
        }
        Err(broken) => Err(CliError::failure(format!(
            "the audit chain is broken: {broken}"
        ))),
    }
}

/// The checkpoints that the chain has to agree with; none are asked for without a folder.
async fn checkpoints_of(args: &AuditVerify) -> Result<Vec<Checkpoint>, CliError> {
    let Some(folder) = &args.checkpoints else {
        return Ok(Vec::new());
    };
    let key = if let Some(key) = &args.key {
        key.clone()
    } else {
        let config = Config::load(args.config.as_deref())?;
        checkpoints::own_key(&recovery::store(&config).await?)?
    };
    checkpoints::trusted(folder, &key)
}

async fn checkpoint(args: &AuditCheckpoint) -> Result<Exit, CliError> {
    let store = recovery::store(&Config::load(args.config.as_deref())?).await?;
    let text = args.to.to_string_lossy();
    let place = if args.to.is_dir() || text.ends_with('/') {
        Place::Folder {
            folder: &args.to,
            name: checkpoints::moment(),
        }
    } else {
        Place::File(&args.to)
    };
    let (path, signed) = checkpoints::write(&store, place).await?;
    render::print(&format!(
        "{}: {} records, signed with key {}, whose public part is {}\n",
        path.display(),
        signed.checkpoint.count,
        signed.fingerprint(),
        signed.public_key
    ));
    Ok(Exit::Ok)
}

async fn walk_store(
    args: &AuditVerify,
    mut walk: ChainWalk,
) -> Result<Result<Tip, Break>, CliError> {
    let store = recovery::store(&Config::load(args.config.as_deref())?).await?;
    let mut after = 0;
    loop {
        let page = store.records(after, PAGE).await;
        let page = page.map_err(|error| CliError::failure(chain(&error)))?;
        let Some(last) = page.last() else {
            return Ok(walk.finish());
        };
        after = last.seq;
        for record in &page {
            if let Err(broken) = walk.take(record) {
                return Ok(Err(broken));
            }
        }
    }
}

fn walk_file(file: &Path, mut walk: ChainWalk) -> Result<Result<Tip, Break>, CliError> {
    let shown = file.display();
    let bad = |what: String| CliError::failure(format!("{shown}: {what}"));
    let reader = BufReader::new(File::open(file).map_err(|error| bad(error.to_string()))?);
    for (number, line) in (1..).zip(reader.lines()) {
        let line = line.map_err(|error| bad(error.to_string()))?;
        let record: Record = serde_json::from_str(&line)
            .map_err(|error| bad(format!("line {number} is no audit record: {error}")))?;
        if let Err(broken) = walk.take(&record) {
            return Ok(Err(broken));
        }
    }
    Ok(walk.finish())
}

async fn export(args: &AuditExport) -> Result<Exit, CliError> {
    let store = recovery::store(&Config::load(args.config.as_deref())?).await?;
    let failed = |error: dogwatch_model::ports::store::StoreError| CliError::failure(chain(&error));
    if let Some(incident) = &args.incident {
        print(&store.records_of_incident(incident).await.map_err(failed)?)?;
        return Ok(Exit::Ok);
    }
    let mut after = 0;
    loop {
        let page = store.records(after, PAGE).await.map_err(failed)?;
        let Some(last) = page.last() else {
            return Ok(Exit::Ok);
        };
        after = last.seq;
        print(&page)?;
    }
}

fn print(records: &[Record]) -> Result<(), CliError> {
    for record in records {
        let line = serde_json::to_string(record);
        let line = line.map_err(|error| CliError::failure(error.to_string()))?;
        render::print(&format!("{line}\n"));
    }
    Ok(())
}
