//! `dogwatch audit verify` and `audit export`.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use dogwatch_model::{
    ports::store::Store as _,
    record::{Break, ChainWalk, Record, Tip},
};

use crate::{
    args::recovery::{AuditCommand, AuditExport, AuditVerify},
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{chain, recovery},
};

/// Records that are read at a time.
const PAGE: u32 = 500;

pub(super) async fn run(command: &AuditCommand) -> Result<Exit, CliError> {
    match command {
        AuditCommand::Verify(args) => verify(args).await,
        AuditCommand::Export(args) => export(args).await,
    }
}

async fn verify(args: &AuditVerify) -> Result<Exit, CliError> {
    let walked = match &args.file {
        Some(file) => walk_file(file)?,
        None => walk_store(args).await?,
    };
    match walked {
        Ok(tip) => {
            render::print(&format!(
                "OK: {} records, the last hash is {}\n",
                tip.count, tip.last_hash
            ));
            Ok(Exit::Ok)
        }
        Err(broken) => Err(CliError::failure(format!(
            "the audit chain is broken: {broken}"
        ))),
    }
}

async fn walk_store(args: &AuditVerify) -> Result<Result<Tip, Break>, CliError> {
    let store = recovery::store(&Config::load(args.config.as_deref())?).await?;
    let mut walk = ChainWalk::new(None);
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

fn walk_file(file: &Path) -> Result<Result<Tip, Break>, CliError> {
    let shown = file.display();
    let bad = |what: String| CliError::failure(format!("{shown}: {what}"));
    let reader = BufReader::new(File::open(file).map_err(|error| bad(error.to_string()))?);
    let mut walk = ChainWalk::new(None);
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
