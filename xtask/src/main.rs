//! Automation of our own house.
//!
//! `cargo xtask help` lists the commands.

// A command line tool for developers: its output is the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod casebook;
mod docs;
mod e2e;
mod eval;
mod new_check;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Automation of our own house.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the scenarios against a real control plane on loopback.
    E2e(e2e::Options),
    /// Builds the control plane and helm of these scenarios into the cache.
    BuildControlplane,
    /// Scores the binary on folders of external cases.
    Eval(eval::Options),
    /// Begins a new check: its code and its casebook.
    NewCheck(new_check::Options),
    /// Checks the rules of the house.
    Tidy,
    /// Writes the generated pages.
    Docs(docs::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::E2e(options) => e2e::run(&options),
        Command::BuildControlplane => e2e::build(),
        Command::Eval(options) => eval::run(&options),
        Command::NewCheck(options) => new_check::run(&options),
        Command::Tidy => tidy::run(),
        Command::Docs(options) => docs::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
