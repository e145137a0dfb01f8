//! `dogwatch incidents recheck`, and the reminder that it is due.

use std::time::Duration;

use dogwatch_agent::recovery::Rechecked;
use dogwatch_model::{
    plan::Outcome,
    ports::store::{Incident, Store},
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    args::{Common, Format, recovery::IncidentsRecheck},
    commands::plan,
    config::Config,
    exit::{CliError, Exit},
    progress::Shown,
    render,
    wiring::{chain, recovery},
};

/// Later looks that a reminder counts.
const MAX_COUNTED: u32 = 50;

/// Pause of a watch: looks are due after half an hour and a day, so that minutes are exact enough.
const PAUSE: Duration = Duration::from_mins(1);

pub(super) async fn run(args: &IncidentsRecheck, common: &Common) -> Result<Exit, CliError> {
    let done = once(args, common.quiet).await?;
    show(&done, args.output, !args.watch)?;
    if !args.watch {
        return Ok(exit(&done));
    }
    loop {
        tokio::time::sleep(PAUSE).await;
        match once(args, true).await {
            Ok(done) => show(&done, args.output, false)?,
            // What went well once and is wrong now may be right in a minute.
            Err(error) => {
                let _exit = error.report(args.output == Format::Json);
            }
        }
    }
}

/// Does what is due now. Everything is opened anew, so that a watch outlives rotated credentials.
async fn once(
    args: &IncidentsRecheck,
    quiet: bool,
) -> Result<Vec<(Incident, Rechecked)>, CliError> {
    let kit = recovery::kit(&args.recovery, false).await?;
    let shown = Shown::new(quiet);
    let done = Box::pin(kit.recovery().recheck(&shown)).await;
    drop(shown);
    done.map_err(plan::error)
}

/// Prints what was looked at; that it was nothing only where somebody waits for an answer.
fn show(done: &[(Incident, Rechecked)], output: Format, is_awaited: bool) -> Result<(), CliError> {
    if done.is_empty() && !is_awaited {
        return Ok(());
    }
    if output == Format::Json {
        let rows: Vec<_> = done
            .iter()
            .map(|(incident, result)| json!({"incident": incident.id, "result": result}))
            .collect();
        let machine = json!({"schema": "dogwatch.rechecks/v1", "rechecks": rows});
        render::print(&render::json(&machine)?);
    } else if done.is_empty() {
        render::print("nothing is due\n");
    } else {
        render::print(&done.iter().map(line).collect::<String>());
    }
    Ok(())
}

fn line((incident, result): &(Incident, Rechecked)) -> String {
    let opened = result.opened.as_ref();
    let opened = opened.map_or(String::new(), |id| format!(" (see {id})"));
    format!(
        "{} {}: {}{opened}\n",
        incident.id, result.plan, result.words
    )
}

/// What is not as promised any more is a finding; what cannot be told is incomplete.
fn exit(done: &[(Incident, Rechecked)]) -> Exit {
    let has = |outcome| {
        done.iter()
            .any(|(_, result)| result.outcome == Some(outcome))
    };
    if has(Outcome::Unmet) {
        Exit::Findings
    } else if has(Outcome::Undecided) {
        Exit::Incomplete
    } else {
        Exit::Ok
    }
}

/// Says on standard error that later looks are due.
pub(in crate::commands) async fn remind(
    config: &Config,
    store: &dyn Store,
) -> Result<(), CliError> {
    let settings = config.settings()?;
    let due = store.rechecks_due(&settings.cluster, Timestamp::now(), MAX_COUNTED);
    let due = due
        .await
        .map_err(|error| CliError::failure(chain(&error)))?;
    if !due.is_empty() {
        anstream::eprintln!(
            "{} later looks at plans that succeeded are due: dogwatch incidents recheck",
            due.len()
        );
    }
    Ok(())
}
