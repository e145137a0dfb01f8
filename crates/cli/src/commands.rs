//! One file per command; this one dispatches.

mod action;
mod ask;
mod audit;
mod capture;
mod case;
mod cluster;
mod demo;
mod diagnose;
mod doctor;
mod explain;
mod incidents;
mod inspect;
mod outcome;
mod pause;
mod plan;
mod replay;
mod report;
mod watch;

use std::process::ExitCode;

use clap::CommandFactory as _;
use serde_json::json;

use crate::{
    args::{Arguments, Command, Common, Format, recovery::PlanCommand},
    exit::{CliError, Exit},
    render, wiring,
};

/// Threads that decode while others wait for the network.
const WORKERS: usize = 2;

/// Runs the command and gives the exit code.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    render::set_colour(&arguments.common);
    let as_json = asks_for_json(&arguments.command);
    let done = start(arguments);
    done.unwrap_or_else(|error| error.report(as_json)).into()
}

fn asks_for_json(command: &Command) -> bool {
    match command {
        Command::Diagnose(args) => render::is_json(&args.output),
        Command::Inspect(args) => render::is_json(&args.output),
        Command::Report(args) => render::is_json(&args.output),
        Command::Demo(args) => render::is_json(&args.output),
        Command::Doctor(args) => args.output == Format::Json,
        Command::Plan(PlanCommand::Create(args)) => args.output == Format::Json,
        Command::Plan(PlanCommand::Show(args)) => args.output == Format::Json,
        Command::Plan(PlanCommand::Execute(args)) => args.output == Format::Json,
        Command::Action(_) => true,
        Command::Plan(_)
        | Command::Incidents(_)
        | Command::Audit(_)
        | Command::Case(_)
        | Command::Pause(_)
        | Command::Resume(_)
        | Command::Capture(_)
        | Command::Replay(_)
        | Command::Explain(_)
        | Command::Completion { .. }
        | Command::Version { .. } => false,
    }
}

fn start(arguments: Arguments) -> Result<Exit, CliError> {
    let common = arguments.common;
    match arguments.command {
        Command::Explain(args) => explain::run(&args),
        Command::Completion { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "dogwatch",
                &mut std::io::stdout(),
            );
            Ok(Exit::Ok)
        }
        Command::Version { output } => Ok(version(output)),
        command => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(WORKERS)
                .enable_all()
                .build()
                .map_err(|error| CliError::failure(error.to_string()))?;
            runtime.block_on(online(command, &common))
        }
    }
}

/// Commands that read a cluster or a recording, until done or interrupted.
async fn online(command: Command, common: &Common) -> Result<Exit, CliError> {
    wiring::install_tls();
    let work = async {
        match command {
            Command::Diagnose(args) => diagnose::run(&args, common).await,
            Command::Inspect(args) => inspect::run(&args, common).await,
            Command::Report(args) => report::run(&args, common).await,
            Command::Capture(args) => capture::run(&args, common).await,
            Command::Replay(args) => replay::run(&args, common).await,
            Command::Action(args) => action::run(&args.words).await,
            Command::Demo(args) => demo::run(&args, common).await,
            Command::Doctor(args) => doctor::run(&args).await,
            Command::Plan(command) => plan::run(&command, common).await,
            Command::Incidents(command) => incidents::run(&command, common).await,
            Command::Audit(command) => audit::run(&command).await,
            Command::Case(command) => case::run(&command).await,
            Command::Pause(args) => pause::pause(&args).await,
            Command::Resume(args) => pause::resume(&args).await,
            Command::Explain(_) | Command::Completion { .. } | Command::Version { .. } => {
                Ok(Exit::Ok)
            }
        }
    };
    tokio::select! {
        done = work => done,
        stopped = tokio::signal::ctrl_c() => {
            stopped.map_err(|error| CliError::failure(error.to_string()))?;
            Ok(Exit::Interrupted)
        }
    }
}

fn version(format: Format) -> Exit {
    let version = env!("CARGO_PKG_VERSION");
    let checks = dogwatch_engine::checks().len();
    match format {
        Format::Json => {
            render::print(&format!(
                "{}\n",
                json!({"version": version, "checks": checks})
            ));
        }
        _ => render::print(&format!("dogwatch {version} ({checks} checks)\n")),
    }
    Exit::Ok
}
