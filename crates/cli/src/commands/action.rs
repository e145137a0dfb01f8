//! `dogwatch action`: one JSON object on stdout, whatever happens.

mod output;

use std::{
    io::{IsTerminal as _, stdin},
    path::PathBuf,
};

use dogwatch_agent::actions::{
    ACTIONS, Action, Call, CallError, Context, Desk, Effect, Past, check, find, parse,
    run as run_action,
};
use dogwatch_model::ports::{AlarmReader, ClusterReader, History, MetricsReader, NodePoolReader};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    args::{SourceArgs, recovery::RecoveryArgs},
    commands::plan,
    config::Config,
    exit::{CliError, Exit},
    render,
    wiring::{self, recovery},
};

/// Parameters that say where the cluster is; they are ours and not the action's.
const SOURCE: &[&str] = &["from", "kubeconfig", "context", "server"];

/// The parameter that names a file for the answer; ours too.
const OUTPUT: &str = "output_file";

/// Parameters that name files of the past; they are ours as well.
const PAST: &[&str] = &["before", "audit_log"];

/// Parameters with a value from the environment when they are not given.
const FROM_ENVIRONMENT: &[(&str, &str)] = &[
    ("region", "HW_REGION_NAME"),
    ("cluster_id", "HW_CLUSTER_ID"),
];

const HELP: &str = "\
Call a public action. One JSON object goes to stdout.

Usage:
  dogwatch action --action NAME --params '{\"region\":\"...\",\"cluster_id\":\"...\"}'
  dogwatch action NAME region=... cluster_id=... key=value ...
  dogwatch action NAME --region ... --cluster-id ... --key value ...
  dogwatch action --list              names and what they answer
  dogwatch action --schema NAME       JSON Schemas of parameters and result

The cluster is that of the kubeconfig; kubeconfig=, context=, server= and from=PATH choose another.
before=PATH names an earlier recording and audit_log=FILE an audit log, for what changed between.
output_file=FILE keeps the report of the answer, or the whole of it, in a file that is not there yet.
HW_REGION_NAME and HW_CLUSTER_ID stand in for region and cluster_id; DOGWATCH_PROMETHEUS_URL names a
metrics source. Exit code 0 only when success is true, 2 for a call that cannot be made.
";

pub(super) async fn run(words: &[String]) -> Result<Exit, CliError> {
    let has = |flag: &str| words.iter().any(|word| word == flag);
    if words.is_empty() || has("--help") || has("-h") {
        render::print(HELP);
        return Ok(if words.is_empty() {
            Exit::Usage
        } else {
            Exit::Ok
        });
    }
    if has("--list") {
        list();
        return Ok(Exit::Ok);
    }
    if has("--schema") {
        return schema(words);
    }
    match call(words).await {
        Ok(document) => {
            let success = document
                .get("success")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            render::print(&render::json(&document)?);
            Ok(if success { Exit::Ok } else { Exit::Failure })
        }
        Err(Problem::Call(error)) => {
            render::print(&render::json(&error.to_json())?);
            Ok(Exit::Usage)
        }
        Err(Problem::Other(error)) => Err(error),
    }
}

/// Why a call gives no answer of its own.
enum Problem {
    Call(CallError),
    Other(CliError),
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<CliError> for Problem {
    fn from(error: CliError) -> Self {
        Self::Other(error)
    }
}

async fn call(words: &[String]) -> Result<Value, Problem> {
    let mut call = parse(words)?;
    // Unknown names and missing parameters are said before anything is connected.
    let action = find(&call.name)?;
    let file = take_output(&mut call);
    if let Some(file) = &file {
        output::check(file)?;
    }
    let mut answer = answered(action, call).await?;
    if let Some(file) = &file {
        output::keep(&mut answer, file)?;
    }
    Ok(answer)
}

fn take_output(call: &mut Call) -> Option<PathBuf> {
    let value = call.parameters.remove(OUTPUT)?;
    value.as_str().map(PathBuf::from)
}

async fn answered(action: &'static dyn Action, mut call: Call) -> Result<Value, Problem> {
    let source = take_source(&mut call);
    let past_files = take_past(&mut call);
    fill_from_environment(&mut call);
    check(action, &call)?;
    if action.meta().effect == Effect::Writes && source.from.is_none() {
        return changing(source, call).await;
    }
    let metrics = wiring::metrics()?;
    let alertmanager = wiring::alertmanager()?;
    let of_rules = metrics.iter().map(|source| source as &dyn AlarmReader);
    let held = alertmanager.iter().map(|source| source as &dyn AlarmReader);
    let alarms: Vec<&dyn AlarmReader> = of_rules.chain(held).collect();
    // A recording has no provider: what one says today is of another time.
    let pools = match &source.from {
        None => recovery::pools(&Config::load(None)?)?,
        Some(_) => None,
    };
    let source = wiring::open(&source).await?;
    let before = past_files[0]
        .as_deref()
        .map(wiring::open_bundle)
        .transpose()?;
    let history = match &past_files[1] {
        Some(path) => wiring::past::audit_log(path)?,
        None => History::default(),
    };
    let context = Context {
        reader: &source,
        metrics: metrics
            .as_ref()
            .map(|metrics| metrics as &dyn MetricsReader),
        alarms: &alarms,
        pools: pools.as_ref().map(|pools| pools as &dyn NodePoolReader),
        now: Timestamp::now(),
        past: Past {
            before: before.as_ref().map(|known| known as &dyn ClusterReader),
            history,
        },
        desk: None,
    };
    Ok(run_action(&context, call).await?)
}

/// An action that changes something goes through previews and approvals.
async fn changing(source: SourceArgs, call: Call) -> Result<Value, Problem> {
    let args = RecoveryArgs {
        config: None,
        source,
    };
    let kit = recovery::kit(&args, false).await?;
    let tools = if kit.settings.is_enabled {
        Some(recovery::tools(&args, &kit).await?)
    } else {
        None
    };
    let recovery = kit.recovery();
    let hands = tools.as_ref().map(recovery::Tools::hands);
    let caller = kit.whoami().await?;
    let by_flag = plan::approve::by_policy(&kit).await?;
    let context = Context {
        reader: recovery.reader,
        metrics: recovery.metrics,
        alarms: &recovery.alarms,
        pools: recovery.pools,
        now: Timestamp::now(),
        past: Past::default(),
        desk: Some(Desk {
            recovery: &recovery,
            hands: hands.as_ref(),
            caller,
            by_flag,
            node_password: recovery::node_password()
                .map(|known| known.map(drop).map_err(|error| error.to_string())),
        }),
    };
    let answer = run_action(&context, call.clone()).await?;
    let waits = answer["reason"] == "approval_required" && stdin().is_terminal();
    let Some(id) = answer["plan_id"].as_str().filter(|_| waits) else {
        return Ok(answer);
    };
    // Somebody is at the terminal: they can approve it here and now.
    plan::approve::ask(&kit, id).await?;
    Ok(run_action(&context, call).await?)
}

fn take_source(call: &mut Call) -> SourceArgs {
    let mut taken = SOURCE.iter().map(|key| {
        call.parameters
            .remove(*key)
            .and_then(|value| value.as_str().map(str::to_owned))
    });
    SourceArgs {
        from: taken.next().flatten().map(PathBuf::from),
        kubeconfig: taken.next().flatten().map(PathBuf::from),
        context: taken.next().flatten(),
        server: taken.next().flatten(),
        ..SourceArgs::default()
    }
}

/// The files of the past, in the order of [`PAST`].
fn take_past(call: &mut Call) -> Vec<Option<PathBuf>> {
    let mut taken = |key: &&str| {
        let value = call.parameters.remove(*key)?;
        value.as_str().map(PathBuf::from)
    };
    PAST.iter().map(&mut taken).collect()
}

fn fill_from_environment(call: &mut Call) {
    for (key, variable) in FROM_ENVIRONMENT {
        if let Ok(value) = std::env::var(variable)
            && !value.is_empty()
        {
            call.parameters
                .entry((*key).to_owned())
                .or_insert(Value::String(value));
        }
    }
}

fn list() {
    let lines: Vec<String> = ACTIONS
        .iter()
        .map(|action| format!("{:<40} {}\n", action.meta().name, action.meta().summary))
        .collect();
    render::print(&lines.concat());
}

fn schema(words: &[String]) -> Result<Exit, CliError> {
    let name = words.iter().find(|word| !word.starts_with("--"));
    let name = name.ok_or_else(|| CliError::usage("--schema needs the name of an action"))?;
    let action = find(name).map_err(|error| CliError::usage(error.to_string()))?;
    let document = json!({
        "name": action.meta().name,
        "parameters": action.parameters(),
        "result": action.result(),
    });
    render::print(&render::json(&document)?);
    Ok(Exit::Ok)
}
